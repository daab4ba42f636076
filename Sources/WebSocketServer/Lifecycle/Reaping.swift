// The end of a turn: the handler is called about connections that have ended, and slots are freed.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Tells the handler that a connection has ended, and frees its slot once the transport is
    /// terminated; returns the place that became free then.
    mutating func reap(_ slot: Slot, _ call: HandlerCall) -> VacatedPlace? {
        io.connections.slots[slot].flags.remove(.reaping)
        if !io.connections.slots[slot].flags.isDisjoint(with: [.announced, .attempting]) {
            notifyClosed(slot, call)
        }
        if io.connections.slots[slot].encoding == .eventStream { notifyStreamEnded(slot, call) }
        guard io.connections.slots[slot].phase == .terminated else { return nil }
        return freeSlot(slot)
    }

    private mutating func notifyClosed(_ slot: Slot, _ call: HandlerCall) {
        guard let cause = io.connections.slots[slot].cause else {
            preconditionFailure("what is reaped has a cause")
        }
        io.leaveAllTopics(slot, delivering: io.connections.slots[slot].phase != .terminated)
        if io.connections.slots[slot].flags.contains(.announced) { io.connections.openCount -= 1 }
        io.connections.slots[slot].flags.remove([.announced, .attempting])
        io.telemetry.statistics.count(cause)
        let id = io.connections.id(of: slot)
        do {
            try call(.error(cause), id, &io)
            try call(.close(cause), id, &io)
        } catch {
            preconditionFailure("a connection that has ended cannot be disconnected")
        }
    }

    /// Tells the handler that an event stream has ended.
    private mutating func notifyStreamEnded(_ slot: Slot, _ call: HandlerCall) {
        guard let cause = io.connections.slots[slot].cause else {
            preconditionFailure("what is reaped has a cause")
        }
        io.leaveAllTopics(slot, delivering: false)
        io.connections.slots[slot].encoding = .plain
        io.connections.streamCount -= 1
        do {
            try call(.streamEnd(cause), io.connections.id(of: slot), &io)
        } catch {
            preconditionFailure("a stream that has ended cannot be disconnected")
        }
    }

    /// Closes the socket, and frees everything that the connection had.
    private mutating func freeSlot(_ slot: Slot) -> VacatedPlace {
        let place = VacatedPlace(
            slot: slot, listener: io.connections.slots[slot].listener,
            peer: io.connections.slots[slot].peer,
            wasAdmitted: io.connections.slots[slot].flags.contains(.admitted),
            isWebSocket: io.connections.slots[slot].flags.contains(.webSocket),
            wasRefused: io.connections.slots[slot].hasRefusedPlace)
        if !stalls.isEmpty { stalls[io.connections.id(of: slot)] = nil }
        io.leaveAllTopics(slot, delivering: false)
        io.connections.cancelDeadline(of: slot)
        io.connections.endPartial(slot)
        io.deflate.forget(&io.connections.slots[slot].compression)
        if io.connections.slots[slot].flags.contains(.client) {
            let attempt = io.connections.slots[slot].attempt
            if attempt != .none { io.outgoing.attempts.free(attempt, leaving: ConnectAttempt()) }
        } else {
            let exchange = io.connections.slots[slot].exchange
            if exchange != .none { io.http.exchanges.free(exchange, leaving: HTTPExchange()) }
        }
        if !io.connections.slots[slot].flags.contains(.resets) { sendCloseNotify(slot) }
        io.encryption.forget(&io.connections.slots[slot].encryption)
        if !io.recovery.owing.isEmpty { io.recovery.owing.remove(io.connections.id(of: slot)) }
        // Closing the descriptor also removes it from epoll(7), where there is no copy of it.
        if io.connections.slots[slot].descriptor == .none {
            // The attempt ended before there was a socket, or it was lost in a crash.
        } else if io.connections.records.isParked(slot)
            || io.recovery.wasParked(io.connections.id(of: slot))
        {
            endParked(slot)
        } else if io.connections.slots[slot].flags.contains(.resets) {
            kernel.reset(io.connections.slots[slot].descriptor)
        } else {
            kernel.close(io.connections.slots[slot].descriptor)
        }
        precondition(
            io.connections.slots[slot].delivery.firstSubscription == .none,
            "a slot that is freed has no subscriptions")
        io.connections.records.end(slot)
        io.connections.slots[slot].advance(.reaped)
        io.connections.slots.free(slot, leaving: Connection())
        return place
    }

    /// Ends the transport of a connection of which a copy may be parked: closing its descriptor
    /// alone would neither reach the peer nor take it out of epoll(7).
    private mutating func endParked(_ slot: Slot) {
        let descriptor = io.connections.slots[slot].descriptor
        _ = poller.forget(descriptor, &kernel)
        kernel.endCopies(of: descriptor, reset: io.connections.slots[slot].flags.contains(.resets))
        kernel.close(descriptor)
        guard io.connections.records.isParked(slot) else { return }
        io.recovery.park?.ended(slot: slot.rawValue)
        io.recovery.parkedCount -= 1
    }
}
