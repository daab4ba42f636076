// Sending messages to one connection, and closing it.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// Sends a text message to one connection: after everything published to its topics before, and
    /// before everything published after. It is compressed if the peer negotiated that, see
    /// ``ServerConfiguration/compression``. Does nothing if the connection is closing or no longer
    /// exists. Unread output is bounded by ``Limits/outboxByteCount``, or by
    /// ``Limits/ownOutputByteCount`` for answers to the connection's own messages.
    public mutating func send(_ text: String, to id: ConnectionID) {
        var text = text
        text.makeContiguousUTF8()
        send(text.utf8.span, as: .text, to: id)
    }

    /// Sends a text message, with the same order and bounds. `text` must be UTF-8, which is not
    /// checked: a client fails the connection if it is not (RFC 6455 §8.1).
    public mutating func send(text: Span<UInt8>, to id: ConnectionID) {
        send(text, as: .text, to: id)
    }

    /// Sends a binary message, with the same order and bounds.
    public mutating func send(binary bytes: Span<UInt8>, to id: ConnectionID) {
        send(bytes, as: .binary, to: id)
    }

    /// Sends an array as a binary message, with the same order and bounds.
    public mutating func send(_ bytes: [UInt8], to id: ConnectionID) {
        send(bytes.span, as: .binary, to: id)
    }

    /// Sends a received message unchanged, text or binary, with one copy.
    public mutating func send(_ message: borrowing Message, to id: ConnectionID) {
        send(message.bytes, as: message.kind.opcode, to: id)
    }

    @inline(__always)
    private mutating func send(_ payload: Span<UInt8>, as opcode: Opcode, to id: ConnectionID) {
        telemetry.statistics.directCount += 1
        // A short reply to the connection whose messages are being decoded, on the fast path.
        if id.resourceID == output.fastPathResourceID,
            output.replyBuffer.appendShortFrame(opcode, payload)
        {
            return
        }
        sendAny(payload, as: opcode, to: id)
    }

    @inline(never)
    private mutating func sendAny(_ payload: Span<UInt8>, as opcode: Opcode, to id: ConnectionID) {
        guard connections.slots.contains(id.index), connections.slots[id.index].isOpen(id) else {
            return
        }
        if connections.slots[id.index].delivery.firstSubscription != .none {
            topics.insertOrderMarkers(&connections.slots[id.index].delivery)
        }
        if connections.slots[id.index].compression == .none {
            writeFrame(opcode, payload, to: id.index)
        } else {
            appendCompressed(opcode, payload, to: id.index)
        }
    }

    /// Closes a connection. Everything sent and published before arrives before the Close frame,
    /// unless the connection is blocked and further behind than ``Limits/outboxByteCount``. No more
    /// of its messages are delivered. `onClose` follows when the peer has answered, or after
    /// ``Limits/closeDeadline``. Closing twice is the same as once.
    ///
    /// - Parameters:
    ///   - id: the connection; nothing happens if it no longer exists.
    ///   - code: the code of the Close frame; a code that may not be sent becomes 1011.
    ///   - reason: a short sentence; cut to 123 bytes on the wire (RFC 6455 §5.5).
    public mutating func close(
        _ id: ConnectionID, code: CloseCode = .normal, reason: String = ""
    ) {
        guard let slot = connections.slot(of: id) else { return }
        let disconnect = Disconnect(code, reason)
        switch connections.slots[slot].phase {
        case .connecting, .awaitingAnswer:
            terminate(slot, .serverClosed(disconnect.code), reset: false)
        default: close(slot, disconnect)
        }
    }
}
