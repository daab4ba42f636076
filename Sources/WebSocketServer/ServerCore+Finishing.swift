// The end of a turn: the handler hears who is gone, and slots become free.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Tells the handler of connections that have ended, and frees those whose socket can go.
    /// What the handler does meanwhile may end others: they are seen to as well.
    mutating func finishConnections(_ call: HandlerCall) {
        var index = 0
        while index < io.finishing.count {
            let slot = io.finishing[index]
            index += 1
            io.connections[slot].flags.remove(.finishing)
            if !io.connections[slot].flags.isDisjoint(with: [.announced, .dialing]) {
                announceEnd(slot, call)
            }
            if io.connections[slot].phase == .dead { free(slot) }
        }
        io.finishing.removeAll(keepingCapacity: true)
    }

    private mutating func announceEnd(_ slot: UInt32, _ call: HandlerCall) {
        guard let cause = io.connections[slot].cause else {
            preconditionFailure("a connection ends for a cause")
        }
        io.leaveAllTopics(slot, delivering: io.connections[slot].phase != .dead)
        if io.connections[slot].flags.contains(.announced) { io.openCount -= 1 }
        io.connections[slot].flags.remove([.announced, .dialing])
        io.statistics.count(cause)
        let id = io.id(of: slot)
        do {
            try call(.error(cause), id, &io)
            try call(.close(cause), id, &io)
        } catch {
            preconditionFailure("a connection that has ended cannot be disconnected")
        }
    }

    private mutating func free(_ slot: UInt32) {
        io.leaveAllTopics(slot, delivering: false)
        io.wheel.cancel(slot)
        let exchange = io.connections[slot].exchange
        io.forgetCompression(slot)
        if exchange != UInt32.max {
            if io.connections[slot].flags.contains(.client) {
                io.dials.giveBack(exchange, leaving: Dial())
            } else {
                io.exchanges.giveBack(exchange, leaving: HTTPExchange())
            }
        }
        if io.connections[slot].flags.contains(.admitted) {
            admission.release(io.connections[slot].peer)
        }
        if io.connections[slot].refusal != nil { refusedCount -= 1 }
        if io.connections[slot].listener.isInternal { internalCount -= 1 }
        // Closing the descriptor takes it out of epoll(7) too: nobody else has a copy of it.
        if io.connections[slot].descriptor == .none {
            // It was given up before there was one.
        } else if io.connections[slot].flags.contains(.resets) {
            kernel.reset(io.connections[slot].descriptor)
        } else {
            kernel.close(io.connections[slot].descriptor)
        }
        io.connections.giveBack(slot, leaving: Connection())
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
        case .unresolved, .connectFailed, .handshakeRefused, .handshakeFailed, .handshakeTimedOut:
            self = .notConnected(cause)
        case .pingTimeout, .tooSlow: self = .unresponsive(cause)
        case .peerClosed, .endOfStream, .serverClosed, .stopping, .restarting: return nil
        }
    }
}
