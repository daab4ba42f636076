// A restored connection goes on: it is watched, counted, has a deadline, and its work is queued.
import LinuxReactor
import Storage
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// How long a request may wait for its answer that an earlier process has received. The handler
    /// may not know of it any more: a client should not wait for ever.
    private static var answerDeadline: Duration { .seconds(120) }

    /// Watches a restored connection, sets its deadline, and queues its remaining work.
    mutating func takeUp(_ slot: Slot) throws(StateError) {
        try watchRestored(slot)
        count(slot)
        io.connections.slots[slot].lastReceiveTick = io.clock.now.coarse
        setDeadline(slot)
        if io.connections.slots[slot].flags.contains(.announced) {
            io.connections.openCount += 1
            // It had ended, and the handler was about to be called about it.
            if let cause = io.connections.slots[slot].cause,
                io.connections.slots[slot].session != .closeSent
            {
                io.connections.scheduleReap(slot, cause)
            }
        }
        io.connections.queue(slot)
        // Its message has the whole time again: a hand-over is seldom.
        notePartialMessage(slot)
        if !io.connections.slots[slot].pendingInput.isEmpty { io.connections.resume(slot) }
        if io.connections.slots[slot].isEncrypted { io.remindOfEnd(slot) }
        endTaskOfBefore(slot)
    }

    /// Counts it among the connections of its kind and of its address.
    private mutating func count(_ slot: Slot) {
        let listener = io.connections.slots[slot].listener
        if listener.isInternal {
            listening.takeInternalPlace(slot, listener)
        } else if io.connections.slots[slot].flags.contains(.admitted) {
            restoreAdmission(slot)
        } else {
            switch io.connections.slots[slot].phase {
            case .head, .body, .responding, .deciding: recordArrival(slot)
            default: break
            }
        }
        if io.connections.slots[slot].phase == .streaming { io.connections.streamCount += 1 }
    }

    /// Deadlines begin anew.
    private mutating func setDeadline(_ slot: Slot) {
        let timeouts = io.settings.timeouts
        switch io.connections.slots[slot].phase {
        case .webSocket where io.connections.slots[slot].session == .open:
            io.schedule(slot, in: timeouts.ping)
            // A slow reader answers the Ping behind its backlog: what it takes meanwhile counts.
            if io.connections.slots[slot].flags.contains(.pinged) { measure(slot) }
        case .head, .body, .draining: io.schedule(slot, in: timeouts.handshake)
        case .responding:
            let exchange = io.connections.slots[slot].exchange
            guard io.http.exchanges[exchange].response == .none else { return }
            let deadline = io.clock.now + Self.answerDeadline
            io.http.exchanges[exchange].answerBy = deadline
            io.connections.schedule(slot, at: deadline)
        case .deciding:
            io.schedule(slot, in: timeouts.upgrade)
            let exchange = io.connections.slots[slot].exchange
            if io.http.exchanges[exchange].upgrade?.reply != nil {
                io.connections.work.decided.append(io.connections.id(of: slot))
            }
        case .streaming: io.schedule(slot, in: timeouts.comment)
        case .lingering:
            io.schedule(slot, in: timeouts.close)
            measure(slot)
        default: io.schedule(slot, in: timeouts.close)
        }
    }

    /// The answer of a task is lost with the process in which it ran: the client is asked to come
    /// back and to ask again.
    private mutating func endTaskOfBefore(_ slot: Slot) {
        guard io.connections.slots[slot].readPauses.contains(.task) else { return }
        io.resumeReading(slot, .task)
        switch io.connections.slots[slot].phase {
        case .responding: io.answerForHandler(slot)
        case .deciding: io.endUpgrade(slot, Refusal.restarting, .restarting)
        case .streaming: io.endStream(slot, .restarting, delivering: true)
        default:
            io.close(
                slot, .serviceRestart, "The server has restarted; ask again.",
                .serverClosed(.serviceRestart))
        }
    }
}
