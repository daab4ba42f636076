// The opening handshake: what is agreed with a client, and the answer to it.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Answers a request to upgrade, and opens the connection.
    mutating func upgrade(
        _ slot: Slot, _ head: RequestHead, _ call: HandlerCall
    ) throws(HandshakeRejection) {
        let accept = try Handshake.validate(head)
        io.meter.spend(Work.call)
        let host = requestedHost(slot, head)
        guard io.settings.origin.admits(origin: head.header("Origin"), host: host) else {
            throw HandshakeRejection(
                .forbidden,
                reason: "Pages from this Origin may not connect here, unless the server's operator "
                    + "lists their host.")
        }
        let offers = try head.extensionOffers()
        var reply = UpgradeReply()
        var parameters: DeflateParameters?
        if io.connections.slots[slot].refusal == nil { admitWebSocket(slot) }
        if io.connections.slots[slot].refusal == nil {
            let decision = try callOnUpgrade(slot, head, call)
            parameters = upgrades.compression?.accept(offers)
            guard case .accept(let decided) = decision else {
                let waiting = WaitingUpgrade(
                    accept: accept, offered: head.subprotocols, parameters: parameters)
                return io.deferUpgrade(slot, waiting)
            }
            reply = decided
        }
        var subprotocol = reply.subprotocol ?? head.firstSubprotocol(of: upgrades.subprotocols)
        if subprotocol == nil, io.connections.slots[slot].refusal != nil {
            // The handler was not asked. A browser that has offered some and gets none fails the
            // handshake, and the page would never see why it was refused.
            subprotocol = head.subprotocols.first
        }
        if let flaw = reply.flaw(offered: head.subprotocols) { throw rejection(for: flaw) }
        let agreed = WaitingUpgrade(accept: accept, offered: [], parameters: parameters)
        completeUpgrade(slot, agreed, subprotocol, reply.headers, call)
    }

    /// Sends the answer that accepts, and opens the connection.
    mutating func completeUpgrade(
        _ slot: Slot, _ agreed: WaitingUpgrade, _ subprotocol: String?,
        _ headers: [(String, String)], _ call: HandlerCall
    ) {
        Handshake.appendSwitchingProtocols(
            to: &io.connections.slots[slot].delivery.outbox.bytes, accept: agreed.accept,
            subprotocol: subprotocol,
            extensions: agreed.parameters?.fieldValue, headers: headers)
        io.connections.queue(slot)
        if let parameters = agreed.parameters {
            io.negotiate(parameters, for: slot)
        }
        open(slot, call)
    }

    /// Asks the handler whether it wants this connection.
    private mutating func callOnUpgrade(
        _ slot: Slot, _ head: RequestHead, _ call: HandlerCall
    ) throws(HandshakeRejection) -> UpgradeDecision {
        prepareRequest(slot, head)
        do {
            try call(.upgrade, io.connections.id(of: slot), &io)
        } catch {
            preconditionFailure("the answer to an upgrade is a value")
        }
        guard let answer = io.http.upgradeAnswer else {
            preconditionFailure("an upgrade is always answered")
        }
        io.http.upgradeAnswer = nil
        return try answer.get()
    }

    /// The handler's answer can't be sent. The client learns that it is not at fault, and the log
    /// what is wrong.
    mutating func rejection(for flaw: String) -> HandshakeRejection {
        io.telemetry.logger.error("onUpgrade returned an answer that cannot be sent: \(flaw)")
        return HandshakeRejection(
            .internalServerError, reason: "The server's answer was faulty; its log says how.")
    }

    /// From here on the connection carries frames.
    private mutating func open(_ slot: Slot, _ call: HandlerCall) {
        io.http.exchanges.free(io.connections.slots[slot].exchange, leaving: HTTPExchange())
        io.connections.slots[slot].exchange = .none
        io.connections.slots[slot].advance(.upgraded)
        io.schedule(slot, in: io.settings.timeouts.ping)
        if let refusal = io.connections.slots[slot].refusal {
            io.close(slot, Disconnect(.tryAgainLater, refusal.reason))
        } else {
            notifyOpen(slot, call)
        }
        // A client may send frames directly after its request.
        if !io.connections.slots[slot].pendingInput.isEmpty { io.connections.resume(slot) }
    }
}
