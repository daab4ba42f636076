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
        while progress.closedCount < reach {
            io.closeForShutdown(Slot(rawValue: progress.closedCount))
            progress.closedCount += 1
        }
        if progress.closedCount < progress.slotCount {
            progress.nextStep = io.clock.now + .milliseconds(20)
        } else if io.clock.now < progress.deadline {
            progress.nextStep = progress.deadline
        } else {
            resetConnections()
            progress.nextStep = io.clock.now + .seconds(1)
        }
        io.shutdown.progress = progress
    }

    private mutating func beginShutdown(_ request: Shutdown.Request) {
        if !io.shutdown.isUnderWay {
            io.shutdown.cause = request.isRestart ? .restarting : .stopping
        }
        io.shutdown.isUnderWay = true
        closeListeners()
        // A thousand a second do no harm: few connections are closed at once, many over the grace.
        let spread = min(request.grace, .milliseconds(io.connections.slots.count))
        let deadline = io.clock.now + spread + io.settings.limits.closeDeadline
        // A second request may bring the end of a stop forward, but not delay it.
        if let progress = io.shutdown.progress, progress.deadline <= deadline { return }
        io.shutdown.progress = Shutdown.Progress(
            began: io.clock.now, spread: spread, deadline: deadline,
            slotCount: UInt32(io.connections.slots.endIndex), nextStep: io.clock.now)
    }

    private mutating func resetConnections() {
        for slot in io.connections.slots.indices
        where io.connections.slots[slot].phase != .free {
            io.terminate(slot, io.shutdown.cause, reset: true)
        }
    }
}
