// Who is really there: what proxies say in front of a connection, or of a request.
import LinuxReactor
import Logging
import Storage
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Takes the PROXY header off the front of a connection. True if a request may follow.
    mutating func takeProxyHeader(_ slot: UInt32) -> Bool {
        var bytes = ByteBuffer()
        swap(&bytes, &io.connections.slots[slot].pendingInput)
        switch ProxyHeader.parse(bytes.span) {
        case .incomplete:
            swap(&bytes, &io.connections.slots[slot].pendingInput)
            return false
        case .malformed(let flaw):
            io.reject(slot, flaw.rejection, countedAs: .proxyHeader)
            return false
        case .complete(let byteCount, let source):
            bytes.removeFirst(byteCount)
            if !bytes.isEmpty { swap(&bytes, &io.connections.slots[slot].pendingInput) }
            io.connections.slots[slot].flags.remove(.awaitsProxyHeader)
            guard let source else { return true }
            if listening.proxies.contains(source) {
                io.connections.slots[slot].flags.insert(.proxied)
            }
            return admitProxiedClient(slot, as: source, pays: true)
        }
    }

    /// Looks up who is behind a request that a trusted proxy brings. False if they may not come in
    /// and have been told so.
    ///
    /// The connection counts for one client at a time, whose request was last; only a WebSocket is a
    /// new connection of that client, since a proxy opens its own as it likes.
    mutating func admitProxiedClient(_ slot: UInt32, _ head: RequestHead, isUpgrade: Bool) -> Bool {
        guard let client = listening.proxies.client(head),
            client != io.connections.slots[slot].peer || isUpgrade
        else { return true }
        return admitProxiedClient(slot, as: client, pays: isUpgrade)
    }

    private mutating func admitProxiedClient(
        _ slot: UInt32, as client: NetworkAddress, pays: Bool
    ) -> Bool {
        if io.connections.slots[slot].flags.contains(.admitted) {
            listening.admission.release(io.connections.slots[slot].peer)
            io.connections.slots[slot].flags.remove(.admitted)
        }
        io.connections.slots[slot].peer = client
        guard io.connections.slots[slot].refusal == nil, !listening.proxies.contains(client) else {
            return true
        }
        guard
            let refusal = listening.admission.admit(
                client, io.settings.limits, at: io.clock.now, pays: pays)
        else {
            io.connections.slots[slot].flags.insert(.admitted)
            return true
        }
        // It is told in its own protocol, as one that came without a proxy.
        guard listening.takeRefusedPlace() else {
            io.reject(slot, refusal.rejection, countedAs: refusal)
            return false
        }
        io.telemetry.record(refusal, of: client)
        io.connections.slots[slot].refusal = refusal
        return true
    }
}

extension ProxyHeader.Flaw {
    /// What is said to who is there instead of a proxy; the log has it too.
    var rejection: HandshakeRejection {
        let reason =
            switch self {
            case .missing:
                "This port is for a proxy that sends the PROXY protocol, and what came is none: "
                    + "have the proxy send it (haproxy: send-proxy-v2), or ask at another port."
            case .badLine: "The line of the PROXY protocol cannot be read."
            case .badCommand: "The PROXY protocol header is of an unknown version or command."
            case .badLength: "The PROXY protocol header is too short for its address, or too long."
            }
        return HandshakeRejection(.badRequest, reason: reason)
    }
}
