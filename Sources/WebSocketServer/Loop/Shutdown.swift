// The orderly stop: no new connections, a Close for every open one, spread over a grace time.
import LinuxReactor
import WebSocketCore

/// Whether the server is on its way to its end, and how far it has come.
struct Shutdown {
    /// A stop that the handler or a signal asks for.
    struct Request {
        var grace: Duration
        var isRestart = false
    }

    struct Progress {
        let began: Instant
        /// Over which time the Closes are spread, so that not everybody reconnects in the same instant.
        let spread: Duration
        /// When connections that are still there are reset.
        let deadline: Instant
        /// Connections in slots below this have been closed.
        var closedCount: UInt32 = 0
        let slotCount: UInt32
        var nextStep: Instant
    }

    /// Set from the turn in which a request was first taken up.
    var isUnderWay = false
    var request: Request?
    var progress: Progress?
    /// Why connections are closed while the server stops.
    var cause = CloseCause.stopping

    /// Asks for a stop; a second request before the first is taken up may only shorten the grace.
    mutating func ask(grace: Duration, isRestart: Bool) {
        request = Request(
            grace: min(grace, request?.grace ?? grace), isRestart: request?.isRestart ?? isRestart)
    }
}

extension ServerCore where K: ~Copyable {
    /// Begins a stop that was asked for, and moves one on that has begun.
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
            io.closeForShutdown(progress.closedCount)
            progress.closedCount += 1
        }
        if progress.closedCount < progress.slotCount {
            progress.nextStep = io.clock.now + .milliseconds(20)
        } else if io.clock.now < progress.deadline {
            progress.nextStep = progress.deadline
        } else {
            resetEverybody()
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
        // A thousand a second are no storm: few connections are closed at once, many over the grace.
        let spread = min(request.grace, .milliseconds(io.connections.slots.count))
        let deadline = io.clock.now + spread + io.settings.limits.closeDeadline
        // A second request may hurry a stop along, and not put its end off.
        if let progress = io.shutdown.progress, progress.deadline <= deadline { return }
        io.shutdown.progress = Shutdown.Progress(
            began: io.clock.now, spread: spread, deadline: deadline,
            slotCount: UInt32(io.connections.slots.endIndex), nextStep: io.clock.now)
    }

    private mutating func resetEverybody() {
        for slot in 0..<UInt32(io.connections.slots.endIndex)
        where io.connections.slots[slot].phase != .free {
            io.terminate(slot, io.shutdown.cause, reset: true)
        }
    }
}

extension ServerContext {
    /// Ends one connection because the server stops.
    mutating func closeForShutdown(_ slot: UInt32) {
        let cause = shutdown.cause
        switch connections.slots[slot].phase {
        case .webSocket:
            // A server that we are the client of has nothing to come back to.
            guard connections.slots[slot].role == .server else {
                return close(slot, .goingAway, "", cause)
            }
            let reason = cause == .restarting ? "restarting" : "stopping"
            close(slot, cause.code, "The server is \(reason); reconnect soon.", cause)
        case .head, .body: drainAndEnd(slot)
        case .connecting, .awaitingAnswer: terminate(slot, cause, reset: false)
        case .free, .responding, .draining, .lingering, .terminated: return
        }
    }
}
