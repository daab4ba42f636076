// The end of a turn: the handler hears who is gone, and slots become free.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Tells the handler of connections that have ended, and frees those whose socket can go.
    /// What the handler does meanwhile may end others: they are seen to as well.
    mutating func reapConnections(_ call: HandlerCall) {
        var index = 0
        while index < io.connections.reapList.count {
            let slot = io.connections.reapList[index]
            index += 1
            io.connections.slots[slot].flags.remove(.reapList)
            if !io.connections.slots[slot].flags.isDisjoint(with: [.announced, .dialing]) {
                notifyClosed(slot, call)
            }
            if io.connections.slots[slot].phase == .dead { free(slot) }
        }
        io.connections.reapList.removeAll(keepingCapacity: true)
    }

    private mutating func notifyClosed(_ slot: UInt32, _ call: HandlerCall) {
        guard let cause = io.connections.slots[slot].cause else {
            preconditionFailure("a connection ends for a cause")
        }
        io.leaveAllTopics(slot, delivering: io.connections.slots[slot].phase != .dead)
        if io.connections.slots[slot].flags.contains(.announced) { io.connections.openCount -= 1 }
        io.connections.slots[slot].flags.remove([.announced, .dialing])
        io.statistics.count(cause)
        let id = io.connections.id(of: slot)
        do {
            try call(.error(cause), id, &io)
            try call(.close(cause), id, &io)
        } catch {
            preconditionFailure("a connection that has ended cannot be disconnected")
        }
    }

    private mutating func free(_ slot: UInt32) {
        io.leaveAllTopics(slot, delivering: false)
        io.connections.wheel.cancel(slot)
        let exchange = io.connections.slots[slot].exchange
        io.forgetCompression(slot)
        if exchange != UInt32.max {
            if io.connections.slots[slot].flags.contains(.client) {
                io.dials.free(exchange, leaving: Dial())
            } else {
                io.exchanges.free(exchange, leaving: HTTPExchange())
            }
        }
        if io.connections.slots[slot].flags.contains(.admitted) {
            admission.release(io.connections.slots[slot].peer)
        }
        if io.connections.slots[slot].refusal != nil { refusedCount -= 1 }
        if io.connections.slots[slot].listener.isInternal { internalCount -= 1 }
        // Closing the descriptor takes it out of epoll(7) too: nobody else has a copy of it.
        if io.connections.slots[slot].descriptor == .none {
            // It was given up before there was one.
        } else if io.connections.slots[slot].flags.contains(.resets) {
            kernel.reset(io.connections.slots[slot].descriptor)
        } else {
            kernel.close(io.connections.slots[slot].descriptor)
        }
        io.connections.slots.free(slot, leaving: Connection())
        if resumeListenersAt != nil { resumeListenersAt = io.now }
    }
}

extension ConnectionError {
    /// The trouble behind a cause; nil if the connection simply ended.
    package init?(_ cause: CloseCause) {
        switch cause {
        case .violation(let kind): self = .violation(kind)
        case .connectionLost(let number):
            self = .system(SystemError(number, "keep a connection"))
        case .nameResolutionFailed, .connectFailed, .handshakeRefused, .handshakeFailed, .handshakeTimedOut:
            self = .notConnected(cause)
        case .pingTimeout, .slowConsumer: self = .unresponsive(cause)
        case .peerClosed, .endOfStream, .serverClosed, .stopping, .restarting: return nil
        }
    }
}
