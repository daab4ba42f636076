// The client behind a proxy: named by a header before the connection, or by fields of a request.
import LinuxReactor
import Logging
import Storage
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// What a proxy says about a client, and whether that client is admitted.
    enum ProxyOutcome {
        /// More bytes are needed.
        case incomplete
        /// A request may follow.
        case goesOn
        case rejected(HandshakeRejection, Refusal)
    }

    /// Reads the PROXY header from the front of a connection's bytes.
    mutating func takeProxyHeader(_ slot: Slot) -> ProxyOutcome {
        var bytes = ByteBuffer()
        swap(&bytes, &io.connections.slots[slot].pendingInput)
        switch ProxyHeader.parse(bytes.span) {
        case .incomplete:
            swap(&bytes, &io.connections.slots[slot].pendingInput)
            return .incomplete
        case .malformed(let flaw): return .rejected(flaw.rejection, .proxyHeader)
        case .complete(let byteCount, let source):
            bytes.removeFirst(byteCount)
            if !bytes.isEmpty { swap(&bytes, &io.connections.slots[slot].pendingInput) }
            io.connections.slots[slot].flags.remove(.awaitsProxyHeader)
            guard let source else { return .goesOn }
            if listening.proxies.contains(source) {
                io.connections.slots[slot].flags.insert(.proxied)
            }
            return admitProxiedClient(slot, as: source, pays: true)
        }
    }

    /// Takes the client's address from a request that a trusted proxy forwards.
    ///
    /// The connection counts for one client at a time, that of its latest request. It is not a new
    /// connection of that client, since a proxy opens connections as it likes.
    mutating func admitProxiedClient(_ slot: Slot, _ head: RequestHead) -> ProxyOutcome {
        switch listening.proxies.client(head) {
        case .missing: return .goesOn
        case .unreadable:
            return .rejected(
                HandshakeRejection(
                    .badRequest,
                    reason: "The proxy's X-Forwarded-For does not name the client by its address: "
                        + "have the proxy append it (nginx: $proxy_add_x_forwarded_for)."),
                .proxyHeader)
        case .client(let client):
            // A client that is counted already needs no other place.
            if client == io.connections.slots[slot].peer,
                !client.isLoopback || io.connections.slots[slot].flags.contains(.admitted)
            {
                return .goesOn
            }
            return admitProxiedClient(slot, as: client, pays: false)
        }
    }

    /// Logs once that X-Forwarded-For comes from a peer that is not trusted: behind a proxy that
    /// nobody has named, all clients count as one address, or as loopback, which has no limits.
    mutating func reportUnnamedProxy(_ slot: Slot, _ head: RequestHead) {
        guard [.public, .tls].contains(io.connections.slots[slot].listener),
            head.header("X-Forwarded-For") != nil
        else { return }
        listening.hasReportedProxy = true
        let peer = io.connections.slots[slot].peer
        let name = peer.family == .local ? "unix" : peer.host
        io.telemetry.logger.warning(
            """
            X-Forwarded-For from \(name) is ignored, since that is no trusted proxy: if it is your \
            proxy, all its clients count as one address. Then name it: --trusted-proxy \(name). \
            Any client can send the field: name only your own.
            """,
            metadata: ["event": "unnamed-proxy", "peer": .string(name)])
    }

    private mutating func admitProxiedClient(
        _ slot: Slot, as client: NetworkAddress, pays: Bool
    ) -> ProxyOutcome {
        leaveAdmission(slot)
        io.connections.slots[slot].peer = client
        guard io.connections.slots[slot].refusal == nil else { return .goesOn }
        // A proxy's own connection has no limits. A field that names the proxy itself as the
        // client, on loopback, does not lift them.
        if listening.proxies.contains(client), pays || !client.isLoopback { return .goesOn }
        guard let refusal = refusal(ofPlain: client, pays: pays) else {
            io.connections.slots[slot].flags.insert(.admitted)
            listening.admission.enter(slot, of: client, io.settings.limits, at: io.clock.now)
            return .goesOn
        }
        // It is refused in its own protocol, like a client that came without a proxy.
        guard listening.takeRefusedPlace() else { return .rejected(refusal.rejection, refusal) }
        io.telemetry.record(refusal, of: client)
        io.connections.slots[slot].refusal = refusal
        return .goesOn
    }
}

extension ProxyHeader.Flaw {
    /// The answer to a peer that is no proxy or sends a bad header; its reason also goes to the
    /// log.
    var rejection: HandshakeRejection {
        let reason =
            switch self {
            case .missing:
                "This port is for a proxy that sends the PROXY protocol, and the connection did not "
                    + "begin with its header: have the proxy send it (haproxy: send-proxy-v2), or ask at another port."
            case .badLine: "The line of the PROXY protocol cannot be read."
            case .badCommand: "The PROXY protocol header is of an unknown version or command."
            case .badLength: "The PROXY protocol header is too short for its address, or too long."
            }
        return HandshakeRejection(.badRequest, reason: reason)
    }
}
