// Messages to one connection, and the ways in which a connection is ended.
import LinuxReactor
import Storage
import WebSocketCore

extension Outbound {
    /// Sends a text message to one connection, after everything that was published to its topics
    /// before and before everything that is published after. It is compressed for a peer that
    /// negotiated that, see ``ServerConfiguration/compression``. Does nothing if the connection is
    /// gone or closing. What it does not read is bounded by ``Limits/outboxByteCount``, or
    /// ``Limits/ownOutputByteCount`` when this answers a message of its own.
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
        if id.resourceId == reading.answerable, answers.appendShortFrame(opcode, payload) { return }
        sendAny(payload, as: opcode, to: id)
    }

    @inline(never)
    private mutating func sendAny(_ payload: Span<UInt8>, as opcode: Opcode, to id: ConnectionID) {
        guard Int(id.slot) < connections.bound, connections[id.slot].isOpen(id) else { return }
        if connections[id.slot].firstSubscription != Subscription.none {
            keepPlaceInTopics(id.slot)
        }
        if connections[id.slot].compression == Compression.none {
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
        guard let slot = slot(of: id) else { return }
        let disconnect = Disconnect(code, reason)
        switch connections[slot].phase {
        case .connecting, .awaitingAnswer: giveUpDial(slot, .serverClosed(disconnect.code))
        default: close(slot, disconnect.code, reason, .serverClosed(disconnect.code))
        }
    }
}

// MARK: - Frames

extension Outbound {
    /// Appends a frame to the outbox. What a connection causes itself is sent when its bytes have
    /// been decoded; what others cause, before the turn ends.
    mutating func appendFrame(_ opcode: Opcode, _ payload: Span<UInt8>, to slot: UInt32) {
        endShortWay(slot)
        let isOwn = slot == reading.slot
        let limit = isOwn ? limits.ownOutputByteCount : Int.max
        if connections[slot].flags.contains(.client) {
            connections[slot].appendMaskedFrame(
                opcode, payload, nextMaskingKey(), limit: limit, &spareOutput)
        } else {
            connections[slot].appendFrame(opcode, payload, limit: limit, &spareOutput)
        }
        if !isOwn { queue(slot) }
    }

    /// An outbox that owns no memory takes the spare one; it comes back when it has been flushed,
    /// which for most is at once.
    mutating func borrowMemory(for slot: UInt32) {
        if connections[slot].outbox.bytes.capacity == 0 {
            swap(&connections[slot].outbox.bytes, &spareOutput)
        }
    }
}

extension Connection {
    /// Appends a frame. What a connection causes itself has a limit, beyond which it is not read.
    fileprivate mutating func appendFrame(
        _ opcode: Opcode, _ payload: Span<UInt8>, limit: Int, _ spare: inout ByteBuffer
    ) {
        if outbox.bytes.capacity == 0 { swap(&outbox.bytes, &spare) }
        outbox.bytes.appendFrame(opcode, payload)
        account(payload.count, limit)
    }

    /// Appends a frame of a client's, with the same limit.
    fileprivate mutating func appendMaskedFrame(
        _ opcode: Opcode, _ payload: Span<UInt8>, _ maskingKey: UInt32, limit: Int,
        _ spare: inout ByteBuffer
    ) {
        if outbox.bytes.capacity == 0 { swap(&outbox.bytes, &spare) }
        outbox.bytes.appendMaskedFrame(opcode, payload, maskingKey: maskingKey)
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
        if ownOutputByteCount > limit { holds.insert(.ownOutput) }
    }
}

// MARK: - Endings

extension Outbound {
    /// Begins the closing handshake (RFC 6455 §7.1.2), unless one is under way.
    mutating func close(_ slot: UInt32, _ code: CloseCode, _ reason: String, _ cause: CloseCause) {
        guard connections[slot].phase == .webSocket,
            connections[slot].session.handle(.sendClose) == .sendClose
        else { return }
        setCause(slot, cause)
        leaveAllTopics(slot, delivering: true)
        appendClose(slot, code, reason)
        expectPeerClose(slot)
    }

    /// Fails the connection (RFC 6455 §7.1.7): a Close frame after what is owed, and nothing more
    /// is listened to.
    mutating func fail(_ slot: UInt32, _ violation: ProtocolViolation) {
        guard connections[slot].phase == .webSocket else { return }
        let action = connections[slot].session.handle(.fail)
        setCause(slot, .violation(violation.kind))
        if action == .sendCloseAndFinish {
            leaveAllTopics(slot, delivering: true)
            appendClose(slot, violation.code, "\(violation.reason)")
        }
        end(slot)
    }

    /// The peer's Close frame is here: answer it with its own code (RFC 6455 §5.5.1).
    mutating func receivedClose(_ slot: UInt32, _ code: CloseCode?) {
        guard connections[slot].phase == .webSocket else { return }
        let action = connections[slot].session.handle(.receiveClose)
        setCause(slot, .peerClosed(code ?? .noStatus))
        if action == .sendCloseAndFinish {
            leaveAllTopics(slot, delivering: true)
            appendClose(slot, code, "")
        }
        end(slot)
    }

    /// A connection that does not read what others send it: it is told so behind what it is owed
    /// already, and reset when it does not take even that.
    mutating func endTooSlow(_ slot: UInt32) {
        guard connections[slot].isOpen, connections[slot].session.handle(.sendClose) == .sendClose
        else { return }
        setCause(slot, .tooSlow)
        leaveAllTopics(slot, delivering: false)
        appendClose(slot, .tooSlow, "You read too slowly and lost your place: reconnect.")
        expectPeerClose(slot)
    }

    private mutating func appendClose(_ slot: UInt32, _ code: CloseCode?, _ reason: String) {
        endShortWay(slot)
        borrowMemory(for: slot)
        if connections[slot].flags.contains(.client) {
            connections[slot].outbox.bytes.appendMaskedCloseFrame(
                code, reason: reason, maskingKey: nextMaskingKey())
        } else {
            connections[slot].outbox.bytes.appendCloseFrame(code, reason: reason)
        }
        queue(slot)
    }

    /// Gives the peer its time to answer our Close, and reads on for it.
    private mutating func expectPeerClose(_ slot: UInt32) {
        schedule(slot, in: times.close)
        connections[slot].assembly.removeAll()
        for reason in [Connection.Holds.handler, .congestion, .ownOutput] {
            release(slot, reason)
        }
    }

    /// For the handler the connection is over; only bytes are owed.
    private mutating func end(_ slot: UInt32) {
        schedule(slot, in: times.close)
        connections[slot].assembly.removeAll()
        connections[slot].leftover.removeAll()
        connections[slot].holds = []
        queue(slot)
        finish(slot)
    }
}
