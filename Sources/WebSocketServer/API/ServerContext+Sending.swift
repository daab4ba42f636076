// Messages to one connection, and the ways in which a connection is ended.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// Sends a text message to one connection, after everything that was published to its topics
    /// before and before everything that is published after. It is compressed for a peer that
    /// negotiated that, see ``ServerConfiguration/compression``. Does nothing if the connection is
    /// gone or closing. What it does not read is bounded by ``Limits/outboxByteCount``, or
    /// ``Limits/ownOutputByteCount`` when this replyBuffer a message of its own.
    public mutating func send(_ text: String, to id: ConnectionID) {
        var text = text
        text.makeContiguousUTF8()
        send(text.utf8.span, as: .text, to: id)
    }

    /// Sends a text message, in the same order and bounds; `text` must be UTF-8, which is not
    /// checked: a client fails the connection if it is not (RFC 6455 §8.1).
    public mutating func send(text: Span<UInt8>, to id: ConnectionID) {
        send(text, as: .text, to: id)
    }

    /// Sends a binary message, in the same order and bounds.
    public mutating func send(binary bytes: Span<UInt8>, to id: ConnectionID) {
        send(bytes, as: .binary, to: id)
    }

    /// Sends a received message on as it is, text or binary, with one copy.
    public mutating func send(_ message: borrowing Message, to id: ConnectionID) {
        send(message.bytes, as: message.kind.opcode, to: id)
    }

    @inline(__always)
    private mutating func send(_ payload: Span<UInt8>, as opcode: Opcode, to id: ConnectionID) {
        statistics.directCount += 1
        // A short answer to what is being decoded, by a connection that takes the short way.
        if id.resourceID == output.fastPathResourceID, output.replyBuffer.appendShortFrame(opcode, payload) { return }
        sendAny(payload, as: opcode, to: id)
    }

    @inline(never)
    private mutating func sendAny(_ payload: Span<UInt8>, as opcode: Opcode, to id: ConnectionID) {
        guard Int(id.slot) < connections.slots.endIndex, connections.slots[id.slot].isOpen(id) else { return }
        if connections.slots[id.slot].delivery.firstSubscription != Subscription.none {
            topics.insertOrderMarkers(&connections.slots[id.slot].delivery)
        }
        if connections.slots[id.slot].compression == Compression.none {
            appendFrame(opcode, payload, to: id.slot)
        } else {
            appendCompressed(opcode, payload, to: id.slot)
        }
    }

    /// Closes a connection: what was sent and published before arrives before the Close frame,
    /// unless it does not read and is further behind than ``Limits/outboxByteCount``. The
    /// reason is a short sentence, cut to 123 bytes (RFC 6455 §5.5); a code that may not be sent
    /// becomes 1011. No more messages of it are delivered; `onClose` comes when the peer has
    /// answered, or after ``Limits/closeDeadline``. Closing twice is the same as once.
    public mutating func close(
        _ id: ConnectionID, _ code: CloseCode = .normal, _ reason: String = ""
    ) {
        guard let slot = connections.slot(of: id) else { return }
        let disconnect = Disconnect(code, reason)
        switch connections.slots[slot].phase {
        case .connecting, .awaitingAnswer: connectFailed(slot, .serverClosed(disconnect.code))
        default: close(slot, disconnect.code, reason, .serverClosed(disconnect.code))
        }
    }
}

// MARK: - Frames

extension ServerContext {
    /// Appends a frame to the outbox. What a connection causes itself is sent when its bytes have
    /// been decoded; what others cause, before the turn ends.
    mutating func appendFrame(_ opcode: Opcode, _ payload: Span<UInt8>, to slot: UInt32) {
        leaveFastPath(slot)
        let isOwn = slot == inbound.reading.slot
        let limit = isOwn ? limits.ownOutputByteCount : Int.max
        if connections.slots[slot].flags.contains(.client) {
            connections.slots[slot].appendMaskedFrame(
                opcode, payload, nextMaskingKey(), limit: limit, &output.spare)
        } else {
            connections.slots[slot].appendFrame(opcode, payload, limit: limit, &output.spare)
        }
        if !isOwn { connections.queue(slot) }
    }

    /// An outbox that owns no memory takes the spare one; it comes back when it has been flushed,
    /// which for most is at once.
    mutating func acquireBuffer(for slot: UInt32) {
        if connections.slots[slot].delivery.outbox.bytes.capacity == 0 {
            swap(&connections.slots[slot].delivery.outbox.bytes, &output.spare)
        }
    }
}

extension Connection {
    /// Appends a frame. What a connection causes itself has a limit, beyond which it is not read.
    fileprivate mutating func appendFrame(
        _ opcode: Opcode, _ payload: Span<UInt8>, limit: Int, _ spare: inout ByteBuffer
    ) {
        if delivery.outbox.bytes.capacity == 0 { swap(&delivery.outbox.bytes, &spare) }
        delivery.outbox.bytes.appendFrame(opcode, payload)
        account(payload.count, limit)
    }

    /// Appends a frame of a client's, with the same limit.
    fileprivate mutating func appendMaskedFrame(
        _ opcode: Opcode, _ payload: Span<UInt8>, _ maskingKey: UInt32, limit: Int,
        _ spare: inout ByteBuffer
    ) {
        if delivery.outbox.bytes.capacity == 0 { swap(&delivery.outbox.bytes, &spare) }
        delivery.outbox.bytes.appendMaskedFrame(opcode, payload, maskingKey: maskingKey)
        account(payload.count, limit)
    }

    @inline(__always)
    private mutating func account(_ payloadByteCount: Int, _ limit: Int) {
        guard limit != Int.max else { return }
        // With the longest header that there is.
        countOwnOutput(payloadByteCount + 14, limit: limit)
    }

    @inline(__always)
    mutating func countOwnOutput(_ byteCount: Int, limit: Int) {
        ownOutputByteCount += byteCount
        if ownOutputByteCount > limit { readPauses.insert(.ownOutput) }
    }
}

// MARK: - Endings

extension ServerContext {
    /// Begins the closing handshake (RFC 6455 §7.1.2), unless one is under way.
    mutating func close(_ slot: UInt32, _ code: CloseCode, _ reason: String, _ cause: CloseCause) {
        guard connections.slots[slot].phase == .webSocket,
            connections.slots[slot].session.handle(.sendClose) == .sendClose
        else { return }
        connections.setCause(slot, cause)
        leaveAllTopics(slot, delivering: true)
        appendClose(slot, code, reason)
        expectPeerClose(slot)
    }

    /// Fails the connection (RFC 6455 §7.1.7): a Close frame after what is owed, and nothing more
    /// is listened to.
    mutating func fail(_ slot: UInt32, _ violation: ProtocolViolation) {
        guard connections.slots[slot].phase == .webSocket else { return }
        let action = connections.slots[slot].session.handle(.fail)
        connections.setCause(slot, .violation(violation.kind))
        if action == .sendCloseAndFinish {
            leaveAllTopics(slot, delivering: true)
            appendClose(slot, violation.code, "\(violation.reason)")
        }
        end(slot)
    }

    /// The peer's Close frame is here: answer it with its own code (RFC 6455 §5.5.1).
    mutating func receivedClose(_ slot: UInt32, _ code: CloseCode?) {
        guard connections.slots[slot].phase == .webSocket else { return }
        let action = connections.slots[slot].session.handle(.receiveClose)
        connections.setCause(slot, .peerClosed(code ?? .noStatus))
        if action == .sendCloseAndFinish {
            leaveAllTopics(slot, delivering: true)
            appendClose(slot, code, "")
        }
        end(slot)
    }

    /// A connection that does not read what others send it: it is told so behind what it is owed
    /// already, and reset when it does not take even that.
    mutating func closeSlowConsumer(_ slot: UInt32) {
        guard connections.slots[slot].isOpen, connections.slots[slot].session.handle(.sendClose) == .sendClose
        else { return }
        connections.setCause(slot, .slowConsumer)
        leaveAllTopics(slot, delivering: false)
        appendClose(slot, .slowConsumer, "You read too slowly and lost your place: reconnect.")
        expectPeerClose(slot)
    }

    private mutating func appendClose(_ slot: UInt32, _ code: CloseCode?, _ reason: String) {
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

    /// Gives the peer its time to answer our Close, and reads on for it.
    private mutating func expectPeerClose(_ slot: UInt32) {
        schedule(slot, in: timeouts.close)
        connections.slots[slot].assembly.removeAll()
        for reason in [Connection.ReadPauses.handler, .congestion, .ownOutput] {
            resumeReading(slot, reason)
        }
    }

    /// For the handler the connection is over; only bytes are owed.
    private mutating func end(_ slot: UInt32) {
        schedule(slot, in: timeouts.close)
        connections.slots[slot].assembly.removeAll()
        connections.slots[slot].pendingInput.removeAll()
        connections.slots[slot].readPauses = []
        connections.queue(slot)
        connections.scheduleReap(slot)
    }
}
