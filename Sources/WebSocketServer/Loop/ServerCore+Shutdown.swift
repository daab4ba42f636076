// The orderly stop: no new connections, a Close for every open one, spread over a grace time.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Begins a requested stop, and advances a stop that is under way.
    mutating func moveShutdown(_ call: HandlerCall) {
        if let request = io.shutdown.request {
            io.shutdown.request = nil
            let isFirst = !io.shutdown.isUnderWay
            beginShutdown(request)
            if isFirst { emit(.stop, call) }
        }
        guard var progress = io.shutdown.progress else { return }
        guard io.clock.now >= progress.nextStep else { return }
        let elapsed = io.clock.now.since(progress.began)
        let reach =
            elapsed >= progress.spread
            ? progress.slotCount
            : UInt32(Double(progress.slotCount) * (elapsed / progress.spread))
        let wasClosing = progress.closedCount < progress.slotCount
        let last = min(reach, progress.closedCount + Self.closesPerTurn)
        while progress.closedCount < last {
            closeForShutdown(Slot(rawValue: progress.closedCount))
            progress.closedCount += 1
        }
        if progress.closedCount < reach {
            progress.nextStep = io.clock.now
        } else if progress.closedCount < progress.slotCount {
            progress.nextStep = io.clock.now + .milliseconds(20)
        } else if wasClosing || io.clock.now < progress.deadline {
            // A million Closes take longer than their peers have for an answer.
            let wait = io.shutdown.closeWait(io.settings.limits)
            if wasClosing { progress.deadline = max(progress.deadline, io.clock.now + wait) }
            progress.nextStep = progress.deadline
        } else {
            endConnections()
            progress.nextStep = io.clock.now + .seconds(1)
        }
        io.shutdown.progress = progress
    }

    /// Closes of one turn, so that answers are read meanwhile: some 10 ms.
    private static var closesPerTurn: UInt32 { 1024 }

    private mutating func closeForShutdown(_ slot: Slot) {
        switch io.connections.slots[slot].phase {
        case .deciding: io.endUpgrade(slot, Refusal.stopping, io.shutdown.cause)
        default: io.closeForShutdown(slot)
        }
    }

    private mutating func beginShutdown(_ request: Shutdown.Request) {
        if !io.shutdown.isUnderWay {
            io.shutdown.cause = request.isRestart ? .restarting : .stopping
        }
        io.shutdown.isUnderWay = true
        closeListeners()
        // A thousand a second do no harm: few connections are closed at once, many over the grace.
        let spread = min(request.grace, .milliseconds(io.connections.slots.count))
        let deadline = io.clock.now + spread + io.shutdown.closeWait(io.settings.limits)
        // A second request may bring the end of a stop forward, but not delay it.
        if let progress = io.shutdown.progress, progress.deadline <= deadline { return }
        io.shutdown.progress = Shutdown.Progress(
            began: io.clock.now, spread: spread, deadline: deadline,
            slotCount: UInt32(io.connections.slots.endIndex), nextStep: io.clock.now)
    }

    /// Ends what is left. At a restart the kernel may go on sending the Close to peers that are
    /// slow, or away for a moment: a reset would look like a failure to them.
    private mutating func endConnections() {
        let resets = io.shutdown.cause != .restarting
        for slot in io.connections.slots.indices
        where io.connections.slots[slot].phase != .free {
            io.terminate(slot, io.shutdown.cause, reset: resets)
        }
    }

    /// Closes the sockets of connections, of which the next process has copies.
    mutating func closeConnections() {
        for slot in io.connections.slots.indices
        where io.connections.slots[slot].phase != .free
            && io.connections.slots[slot].descriptor != .none
        {
            kernel.close(io.connections.slots[slot].descriptor)
        }
    }
}
