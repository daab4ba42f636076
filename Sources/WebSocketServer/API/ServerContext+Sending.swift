// Messages to one connection, and its end.
import LinuxReactor
import WebSocketCore

extension ServerContext {
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
        telemetry.statistics.directCount += 1
        // A short answer to what is being decoded, by a connection that takes the short way.
        if id.resourceID == output.fastPathResourceID,
            output.replyBuffer.appendShortFrame(opcode, payload)
        {
            return
        }
        sendAny(payload, as: opcode, to: id)
    }

    @inline(never)
    private mutating func sendAny(_ payload: Span<UInt8>, as opcode: Opcode, to id: ConnectionID) {
        guard Int(id.slot) < connections.slots.endIndex, connections.slots[id.slot].isOpen(id)
        else { return }
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
    /// unless it does not read and is further behind than ``Limits/outboxByteCount``. No more
    /// messages of it are delivered; `onClose` comes when the peer has answered, or after
    /// ``Limits/closeDeadline``. Closing twice is the same as once.
    ///
    /// - Parameters:
    ///   - id: the connection; nothing happens if it is gone.
    ///   - code: the code of the Close frame; a code that may not be sent becomes 1011.
    ///   - reason: a short sentence, cut to 123 bytes (RFC 6455 §5.5).
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
