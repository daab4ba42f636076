// The TLS handshake of a connection that was accepted, before its first request.
import LinuxReactor
import WebSocketCore
import WebSocketTLS

extension ServerCore where K: ~Copyable {
    /// How many steps of handshakes a turn takes for its events. The other connections wait for
    /// their turn, among connections that have used their share of work: a crowd that comes at once
    /// delays nobody who is there.
    private static var stepBudget: Int { 2 }

    /// One receive of a connection whose TLS handshake is not over. `hasWaited` says that it is its
    /// turn.
    @inline(never)
    mutating func shakeHands(_ slot: Slot, hasWaited: Bool, _ call: HandlerCall) {
        io.meter.beginServing()
        guard hasWaited || io.meter.takesStep(of: Self.stepBudget) else {
            io.connections.slots[slot].readPauses.insert(.budget)
            return account(slot, receivedByteCount: 0)
        }
        var count = 0
        // Tickets go with the answer to a request that has come with the end of the handshake.
        switch receiveRecords(slot, atMost: Self.headReceiveByteCount, keepsOutput: true) {
        case .received(let received): count = received
        case .wouldBlock: return
        case .endOfStream:
            io.telemetry.recordFailedHandshake(of: io.connections.slots[slot].peer, nil)
            return io.terminate(slot, .endOfStream, reset: false)
        case .failed(let number): return io.transportFailed(slot, number)
        }
        let index = io.connections.slots[slot].encryption
        if !io.encryption.connections[index].session.hasBegun {
            guard beginHandshake(slot) else { return }
            count = takeRecords(slot, count)
        }
        // A hello that came in part was only kept.
        let isStep =
            io.encryption.hasAnswered || io.encryption.connections[index].isEstablished
            || io.encryption.connections[index].hasEnded
        io.meter.spend(isStep ? Work.tlsHandshake : Work.request)
        if io.encryption.connections[index].isEstablished { handshakeEnded(slot) }
        if io.encryption.connections[index].hasEnded {
            guard count > 0 else { return endedBeforeRequest(slot) }
            io.encryption.ended.append(io.connections.id(of: slot))
        }
        guard count > 0 else { return account(slot, receivedByteCount: 0) }
        takePendingInput(slot, count)
        proceedHTTP(slot, call)
        if isBackedUp(slot), !io.connections.slots[slot].delivery.isBlocked { flush(slot) }
    }

    /// The first bytes have come: begins a session, or answers a client that does not speak TLS.
    private mutating func beginHandshake(_ slot: Slot) -> Bool {
        let first = ReceiveBuffer.headroomByteCount - TLSSession.plaintextOffset
        let byte = io.inbound.receiveBuffer.span[first]
        let isPlain = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
        guard !isPlain, let contexts = io.settings.tls?.contexts else {
            io.encryption.forget(&io.connections.slots[slot].encryption)
            io.reject(
                slot,
                HandshakeRejection(
                    .badRequest,
                    reason: "This port speaks TLS: use https:// or wss:// in the address."))
            return false
        }
        io.encryption.begin(
            io.connections.slots[slot].encryption, contexts, of: io.connections.id(of: slot))
        while let id = io.encryption.nextToGiveUp() { giveUpHandshake(id) }
        return true
    }

    /// Too many handshakes are under way: this one began before all others.
    private mutating func giveUpHandshake(_ id: ConnectionID) {
        guard let slot = io.connections.slot(of: id), io.connections.slots[slot].isEncrypted,
            io.encryption.connections[io.connections.slots[slot].encryption].isShakingHands
        else { return }
        io.encryption.endHandshake(io.connections.slots[slot].encryption)
        io.telemetry.record(.tooManyHandshakes, of: io.connections.slots[slot].peer)
        io.terminate(slot, .serverClosed(.tryAgainLater), reset: true)
    }

    private mutating func handshakeEnded(_ slot: Slot) {
        let index = io.connections.slots[slot].encryption
        io.encryption.endHandshake(index)
        let summary = io.encryption.connections[index].session.takeSummary()
        if let summary { io.telemetry.statistics.tls.count(summary) }
    }

    /// The TLS has ended, and there is no request.
    private mutating func endedBeforeRequest(_ slot: Slot) {
        let index = io.connections.slots[slot].encryption
        let isInOrder =
            io.encryption.connections[index].isEstablished
            && io.encryption.connections[index].isClosedByPeer
        if isInOrder { reachedEnd(slot) } else { handshakeFailed(slot) }
    }

    /// The handshake has failed. An alert may be under way to the peer, which is given time to read
    /// it.
    private mutating func handshakeFailed(_ slot: Slot) {
        let index = io.connections.slots[slot].encryption
        io.encryption.endHandshake(index)
        io.telemetry.recordFailedHandshake(
            of: io.connections.slots[slot].peer, io.encryption.connections[index].session.end)
        io.connections.setCause(slot, .serverClosed(.normal))
        io.connections.slots[slot].advance(.lastResponse)
        io.connections.slots[slot].readPauses = []
        flush(slot)
        updateInterest(slot)
    }
}

extension Telemetry {
    /// Counts a TLS handshake that has failed, or was ended by the peer, and queues it for the
    /// handler.
    fileprivate mutating func recordFailedHandshake(of peer: NetworkAddress, _ end: SessionEnd?) {
        var reason = "The client has closed before the TLS handshake was over."
        var kind = HandshakeFailure.Kind.endedByPeer
        if case .handshakeFailed(let failure) = end {
            reason = failure.description
            kind = failure.kind
        } else if let end {
            reason = "\(end)"
        }
        statistics.tls.count(kind)
        record(RefusedConnection(refusal: .tlsHandshake, peer: peer, status: nil, reason: reason))
    }
}
