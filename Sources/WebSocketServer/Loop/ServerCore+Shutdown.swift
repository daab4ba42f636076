// The orderly stop: no new connections, a Close for everybody, spread over a grace time.
import LinuxReactor
import WebSocketCore

/// A stop that the handler or a signal asks for.
struct StopRequest {
    var grace: Duration
    var isRestart = false
}

/// How far a stop has come.
struct Stop {
    let began: Instant
    /// Over which time the closes are spread, so that not everybody reconnects in the same instant.
    let spread: Duration
    /// When whoever is still there is cut off.
    let deadline: Instant
    /// Connections in slots below this have been told.
    var toldCount: UInt32 = 0
    let slotCount: UInt32
    var nextStep: Instant
}

extension ServerCore where K: ~Copyable {
    /// Whether the server has stopped and nobody is connected any more.
    package var isDone: Bool { stop != nil && io.connections.slots.count == 0 }

    /// Begins a stop that was asked for, and moves one on that has begun.
    mutating func moveStop(_ call: HandlerCall) {
        if let request = io.stopRequest {
            io.stopRequest = nil
            let isFirst = !io.isStopping
            beginStop(request)
            if isFirst { emit(.stop, call) }
        }
        guard var stop else { return }
        guard io.now >= stop.nextStep else { return }
        let elapsed = io.now.since(stop.began)
        let reach =
            elapsed >= stop.spread
            ? stop.slotCount
            : UInt32(Double(stop.slotCount) * (elapsed / stop.spread))
        while stop.toldCount < reach {
            closeForStop(stop.toldCount)
            stop.toldCount += 1
        }
        if stop.toldCount < stop.slotCount {
            stop.nextStep = io.now + .milliseconds(20)
        } else if io.now < stop.deadline {
            stop.nextStep = stop.deadline
        } else {
            cutOffEverybody()
            stop.nextStep = io.now + .seconds(1)
        }
        self.stop = stop
    }

    private mutating func beginStop(_ request: StopRequest) {
        if !io.isStopping { stopCause = request.isRestart ? .restarting : .stopping }
        io.isStopping = true
        closeListeners()
        // A thousand a second are no storm: few connections are told at once, many over the grace.
        let spread = min(request.grace, .milliseconds(io.connections.slots.count))
        let deadline = io.now + spread + io.limits.closeDeadline
        // Who asks again may hurry a stop along, and not put its end off.
        if let stop, stop.deadline <= deadline { return }
        stop = Stop(
            began: io.now, spread: spread, deadline: deadline,
            slotCount: UInt32(io.connections.slots.endIndex), nextStep: io.now)
    }

    mutating func closeForStop(_ slot: UInt32) {
        switch io.connections.slots[slot].phase {
        case .webSocket:
            // A server that we are the client of has nothing to come back to.
            guard io.connections.slots[slot].role == .server else {
                return io.close(slot, .goingAway, "", stopCause)
            }
            let reason = stopCause == .restarting ? "restarting" : "stopping"
            io.close(slot, stopCause.code, "The server is \(reason); reconnect soon.", stopCause)
        case .head, .body:
            if !io.connections.slots[slot].flags.contains(.endsAfterFlush) { io.endAfterOutput(slot) }
        case .connecting, .awaitingAnswer: io.connectFailed(slot, stopCause)
        case .free, .responding, .lingering, .dead: return
        }
    }

    private mutating func cutOffEverybody() {
        for slot in 0..<UInt32(io.connections.slots.endIndex)
        where io.connections.slots[slot].phase != .free && io.connections.slots[slot].phase != .dead {
            io.connections.setCause(slot, stopCause)
            io.die(slot, resetting: true)
        }
    }
}
