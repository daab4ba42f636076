// The TLS handshake of a connection that we make, before its request.
import LinuxReactor
import WebSocketCore
import WebSocketTLS

extension ServerContext {
    /// Whether an outgoing connection has resumed an earlier TLS session.
    package func hasResumedSession(_ id: ConnectionID) -> Bool {
        guard let slot = connections.slot(of: id), connections.slots[slot].isEncrypted else {
            return false
        }
        return encryption.connections[connections.slots[slot].encryption].session.hasResumed
    }
}

extension ServerCore where K: ~Copyable {
    /// Begins the TLS of a connection to a `wss` URL.
    mutating func encrypt(_ slot: Slot, _ request: ConnectRequest) {
        guard let tls = request.tls ?? ClientTLS.usual else {
            return failHandshake(slot, .encryption(ClientTLS.noAuthorities))
        }
        let index = io.encryption.add()
        io.connections.slots[slot].encryption = index
        io.encryption.connections[index].session = TLSSession(
            tls.context, serverName: request.url.host, port: request.url.port)
        io.encryption.start(index)
        flushSealed(slot)
        updateInterest(slot)
    }

    /// The transport has failed before the answer. With TLS 1.3 a client has sent its certificate,
    /// and its request, before it learns that the server refuses that.
    mutating func answerFailed(_ slot: Slot, _ number: Int32) {
        let index = io.connections.slots[slot].encryption
        guard index != .none, let end = io.encryption.connections[index].session.end else {
            return io.transportFailed(slot, number)
        }
        failHandshake(slot, .encryption("\(end)"))
    }

    /// One receive during the TLS handshake.
    mutating func shakeHands(_ slot: Slot) {
        switch receiveRecords(slot, atMost: Self.headReceiveByteCount) {
        // A server says nothing before our request.
        case .received: break
        case .wouldBlock: return
        case .endOfStream:
            return failHandshake(
                slot, .encryption("The server ended the connection during the TLS handshake."))
        case .failed(let number): return io.transportFailed(slot, number)
        }
        io.meter.spend(Work.tlsHandshake)
        let index = io.connections.slots[slot].encryption
        if let end = io.encryption.connections[index].session.end {
            failHandshake(slot, .encryption("\(end)"))
        } else if isEncryptionReady(slot) {
            sendHandshakeRequest(slot)
        }
    }
}
