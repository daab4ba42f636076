// The opening handshake: what is agreed on with a client, and the answer that says so.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Answers a request to upgrade, and opens the connection.
    mutating func upgrade(
        _ slot: UInt32, _ head: RequestHead, _ call: HandlerCall
    ) throws(HandshakeRejection) {
        let accept = try Handshake.validate(head)
        let isProxied = io.connections.slots[slot].flags.contains(.proxied)
        let host = (isProxied ? proxies.host(head) : nil) ?? head.header("Host") ?? ""
        guard origin.admits(origin: head.header("Origin"), host: host) else {
            throw HandshakeRejection(
                .forbidden,
                reason: "Pages from this Origin may not connect here. "
                    + "The server's --origin says which may.")
        }
        let offers = try head.extensionOffers()
        var reply = UpgradeReply()
        var parameters: DeflateParameters?
        if io.connections.slots[slot].refusal == nil {
            reply = try ask(slot, head, call)
            parameters = compression?.accept(offers)
        }
        let subprotocol = reply.subprotocol ?? head.firstSubprotocol(of: subprotocols)
        if let flaw = reply.flaw(inAnswerTo: head) { throw rejection(for: flaw) }
        Handshake.appendSwitchingProtocols(
            to: &io.connections.slots[slot].delivery.outbox.bytes, accept: accept, subprotocol: subprotocol,
            extensions: parameters?.fieldValue, headers: reply.headers)
        io.connections.queue(slot)
        if let parameters {
            io.compress(slot, parameters)
            io.statistics.compressedCount += 1
        }
        open(slot, call)
    }

    /// Asks the handler whether it wants this connection.
    private mutating func ask(
        _ slot: UInt32, _ head: RequestHead, _ call: HandlerCall
    ) throws(HandshakeRejection) -> UpgradeReply {
        prepareRequest(slot, head)
        do {
            try call(.upgrade, io.connections.id(of: slot), &io)
        } catch {
            preconditionFailure("the answer to an upgrade is a value")
        }
        guard let answer = io.upgradeAnswer else {
            preconditionFailure("an upgrade is always answered")
        }
        io.upgradeAnswer = nil
        return try answer.get()
    }

    /// The handler's answer can't be sent. The client is told that it is no fault of its own, and
    /// the log what is wrong.
    private mutating func rejection(for flaw: String) -> HandshakeRejection {
        io.logger.error("onUpgrade returned an answer that cannot be sent: \(flaw)")
        return HandshakeRejection(
            .internalServerError, reason: "The server's answer was faulty; its log says how.")
    }

    /// Frames from here on.
    private mutating func open(_ slot: UInt32, _ call: HandlerCall) {
        io.exchanges.free(io.connections.slots[slot].exchange, leaving: HTTPExchange())
        io.connections.slots[slot].exchange = UInt32.max
        io.connections.slots[slot].phase = .webSocket
        io.schedule(slot, in: io.timeouts.ping)
        if let refusal = io.connections.slots[slot].refusal {
            io.close(slot, .tryAgainLater, refusal.reason, .serverClosed(.tryAgainLater))
        } else {
            notifyOpen(slot, call)
        }
        // A client may send frames right behind its request.
        if !io.connections.slots[slot].pendingInput.isEmpty { io.connections.resume(slot) }
    }

    /// Tells the handler that a connection is open.
    mutating func notifyOpen(_ slot: UInt32, _ call: HandlerCall) {
        io.connections.slots[slot].flags.insert(.announced)
        io.connections.openCount += 1
        io.statistics.openedCount += 1
        do {
            try call(.open, io.connections.id(of: slot), &io)
        } catch {
            io.close(slot, error.code, error.reason, .serverClosed(error.code))
        }
        if io.isStopping { closeForStop(slot) }
    }
}
