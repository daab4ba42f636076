// The end of a turn: the handler hears which connections have ended, and slots become free.
import LinuxReactor
import WebSocketCore

/// A place that a connection has left, for those who count places.
struct VacatedPlace {
    let listener: ListenerKind
    let peer: NetworkAddress
    let wasAdmitted: Bool
    let wasRefused: Bool
}

extension ServerCore where K: ~Copyable {
    /// Tells the handler of connections that have ended, and frees those whose socket can go. What
    /// the handler does meanwhile may end others: they are reaped as well.
    mutating func reapConnections(_ call: HandlerCall) {
        var index = 0
        while index < io.connections.work.reaping.count {
            let slot = io.connections.work.reaping[index]
            index += 1
            io.connections.slots[slot].flags.remove(.reaping)
            if !io.connections.slots[slot].flags.isDisjoint(with: [.announced, .dialing]) {
                notifyClosed(slot, call)
            }
            if io.connections.slots[slot].phase == .terminated {
                let place = freeSlot(slot)
                listening.vacated(place, at: io.clock.now)
            }
        }
        io.connections.work.reaping.removeAll(keepingCapacity: true)
    }

    private mutating func notifyClosed(_ slot: UInt32, _ call: HandlerCall) {
        guard let cause = io.connections.slots[slot].cause else {
            preconditionFailure("what is reaped has a cause")
        }
        io.leaveAllTopics(slot, delivering: io.connections.slots[slot].phase != .terminated)
        if io.connections.slots[slot].flags.contains(.announced) { io.connections.openCount -= 1 }
        io.connections.slots[slot].flags.remove([.announced, .dialing])
        io.telemetry.statistics.count(cause)
        let id = io.connections.id(of: slot)
        do {
            try call(.error(cause), id, &io)
            try call(.close(cause), id, &io)
        } catch {
            preconditionFailure("a connection that has ended cannot be disconnected")
        }
    }

    /// Closes the socket, and gives back everything that the connection had.
    private mutating func freeSlot(_ slot: UInt32) -> VacatedPlace {
        let place = VacatedPlace(
            listener: io.connections.slots[slot].listener, peer: io.connections.slots[slot].peer,
            wasAdmitted: io.connections.slots[slot].flags.contains(.admitted),
            wasRefused: io.connections.slots[slot].refusal != nil)
        io.leaveAllTopics(slot, delivering: false)
        io.connections.wheel.cancel(slot)
        io.deflate.forget(&io.connections.slots[slot].compression)
        if io.connections.slots[slot].hasExchange {
            let exchange = io.connections.slots[slot].exchange
            if io.connections.slots[slot].flags.contains(.client) {
                io.outgoing.dials.free(exchange, leaving: Dial())
            } else {
                io.http.exchanges.free(exchange, leaving: HTTPExchange())
            }
        }
        // Closing the descriptor takes it out of epoll(7) too: nobody else has a copy of it.
        if io.connections.slots[slot].descriptor == .none {
            // It was given up before there was one.
        } else if io.connections.slots[slot].flags.contains(.resets) {
            kernel.reset(io.connections.slots[slot].descriptor)
        } else {
            kernel.close(io.connections.slots[slot].descriptor)
        }
        io.connections.slots[slot].advance(.reaped)
        io.connections.slots.free(slot, leaving: Connection())
        return place
    }
}
