// The closing handshake (RFC 6455 §7), whichever side begins it, and the end of HTTP connections.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// Begins the closing handshake (RFC 6455 §7.1.2), unless one is under way.
    mutating func close(_ slot: Slot, _ code: CloseCode, _ reason: String, _ cause: CloseCause) {
        guard connections.slots[slot].phase == .webSocket,
            connections.slots[slot].handle(.sendClose) == .sendClose
        else { return }
        connections.setCause(slot, cause)
        leaveAllTopics(slot, delivering: true)
        appendClose(slot, code, reason)
        expectPeerClose(slot)
    }

    /// Begins the closing handshake because a callback of the handler has thrown.
    mutating func close(_ slot: Slot, _ disconnect: Disconnect) {
        close(slot, disconnect.code, disconnect.reason, .serverClosed(disconnect.code))
    }

    /// Closes a connection that does not read what others send it, with a Close frame after the
    /// output that is waiting. It is reset if it does not take even that.
    mutating func closeSlowConsumer(_ slot: Slot) {
        if connections.slots[slot].phase == .streaming {
            return endStream(slot, .slowConsumer(.abnormal), delivering: false)
        }
        guard connections.slots[slot].isOpen,
            connections.slots[slot].handle(.sendClose) == .sendClose
        else { return }
        let code = settings.limits.slowConsumerCloseCode
        connections.setCause(slot, .slowConsumer(code))
        leaveAllTopics(slot, delivering: false)
        appendClose(slot, code, "You read too slowly and lost your place: reconnect.")
        expectPeerClose(slot)
    }

    /// Fails the connection (RFC 6455 §7.1.7): sends a Close frame after the output that is
    /// waiting, and reads nothing more.
    mutating func fail(_ slot: Slot, _ violation: ProtocolViolation) {
        guard connections.slots[slot].phase == .webSocket else { return }
        if connections.slots[slot].handle(.fail) == .sendCloseAndFinish {
            leaveAllTopics(slot, delivering: true)
            appendClose(slot, violation.code, "\(violation.reason)")
        }
        beginDraining(slot, .violation(violation.kind))
    }

    /// The peer's Close frame has come: answers it with the same code (RFC 6455 §5.5.1).
    mutating func receivedClose(_ slot: Slot, _ code: CloseCode?) {
        guard connections.slots[slot].phase == .webSocket else { return }
        if connections.slots[slot].handle(.receiveClose) == .sendCloseAndFinish {
            leaveAllTopics(slot, delivering: true)
            appendClose(slot, code, "")
        }
        beginDraining(slot, .peerClosed(code ?? .noStatus))
    }

    private mutating func appendClose(_ slot: Slot, _ code: CloseCode?, _ reason: String) {
        leaveFastPath(slot)
        acquireBuffer(for: slot)
        if connections.slots[slot].flags.contains(.client) {
            connections.slots[slot].delivery.outbox.bytes.appendMaskedCloseFrame(
                code, reason: reason, maskingKey: nextMaskingKey())
        } else {
            connections.slots[slot].delivery.outbox.bytes.appendCloseFrame(code, reason: reason)
        }
        connections.queue(slot)
    }

    /// Gives the peer time to answer our Close, and resumes reading until the answer comes.
    private mutating func expectPeerClose(_ slot: Slot) {
        schedule(slot, in: settings.timeouts.close)
        connections.slots[slot].assembly.removeAll()
        for reason in [Connection.ReadPauses.handler, .task, .congestion, .ownOutput, .budget] {
            resumeReading(slot, reason)
        }
    }

    /// For the handler the connection has ended; the outbox is still sent.
    private mutating func beginDraining(_ slot: Slot, _ cause: CloseCause) {
        schedule(slot, in: settings.timeouts.close)
        connections.slots[slot].assembly.removeAll()
        connections.slots[slot].pendingInput.removeAll()
        connections.slots[slot].readPauses = []
        connections.queue(slot)
        connections.scheduleReap(slot, cause)
    }
}

extension ServerContext {
    /// No further request is read: the HTTP connection ends when its output has gone out, what has
    /// been sealed for it included.
    mutating func drainAndEnd(_ slot: Slot) {
        guard !connections.slots[slot].delivery.outbox.isEmpty || hasSealedOutput(slot) else {
            return terminate(slot, .serverClosed(.normal), reset: false)
        }
        lastResponse(slot)
        connections.slots[slot].readPauses.insert(.responding)
    }

    /// The outbox is the last output of the HTTP connection.
    mutating func lastResponse(_ slot: Slot) {
        connections.slots[slot].advance(.lastResponse)
        connections.slots[slot].pendingInput.removeAll()
        connections.queue(slot)
    }
}
