// From received bytes to messages: decoded in place, one after the other, as the handler asks for
// them.
import LinuxReactor
import Storage
import WebSocketCore

extension ServerContext {
    /// The next message, or nil when nothing more can be decoded now. All other frames are handled
    /// here.
    ///
    /// The common case is a short message of an open connection: it costs one look at the frame.
    @inline(__always)
    @_lifetime(bytes: copy bytes)
    mutating func nextMessage(in bytes: inout MutableSpan<UInt8>) -> FoundMessage? {
        guard inbound.reading.position < inbound.reading.end else { return nil }
        guard output.isOnFastPath || connections.slots[inbound.reading.slot].takesMessages,
            let short = inbound.nextShort(in: &bytes)
        else { return nextOfAnyKind(in: &bytes) }
        guard short.isASCII || !short.isText else { return checkText(short, in: &bytes) }
        telemetry.statistics.messagesReceivedCount &+= 1
        return .received(short.kind, short.takePayload(&inbound.reading.position))
    }

    /// A short text that is not plain ASCII.
    @inline(never)
    @_lifetime(bytes: copy bytes)
    private mutating func checkText(
        _ short: ShortMessage, in bytes: inout MutableSpan<UInt8>
    ) -> FoundMessage? {
        let slot = inbound.reading.slot
        var position = inbound.reading.position
        let event = connections.slots[slot].decoder.event(of: short, &bytes, &position)
        inbound.reading.position = position
        return found(event, in: bytes.span)
    }

    @inline(never)
    @_lifetime(bytes: copy bytes)
    private mutating func nextOfAnyKind(in bytes: inout MutableSpan<UInt8>) -> FoundMessage? {
        let slot = inbound.reading.slot
        let rules = connections.slots[slot].isPlain ? inbound.rules : rules(for: slot)
        var position = inbound.reading.position
        var message: FoundMessage?
        while message == nil, position < inbound.reading.end, connections.slots[slot].isDecoding {
            let event = connections.slots[slot].decode(&bytes, &position, rules)
            if case .needsMore = event { break }
            if connections.slots[slot].decoder.isBetweenMessages { connections.endPartial(slot) }
            message = found(event, in: bytes.span)
        }
        inbound.reading.position = position
        inbound.reading.shortLimit = connections.slots[slot].shortLimit(
            inbound.shortMessageByteLimit)
        return message
    }

    /// Handles an event; returns a message for the handler.
    private mutating func found(
        _ event: MessageDecoder.Event, in bytes: Span<UInt8>
    ) -> FoundMessage? {
        let slot = inbound.reading.slot
        // After our own Close, input is read only for the peer's Close.
        let delivers = connections.slots[slot].session.deliversMessages
        switch event {
        case .message(let kind, let range) where delivers:
            telemetry.statistics.messagesReceivedCount &+= 1
            if kind.isCompressed { return inflate(bytes.extracting(range), kind.opcode) }
            return .received(kind, range)
        case .assembled(let kind):
            // The handler may change the connection in any way while it reads the message.
            var message = ByteBuffer()
            swap(&message, &connections.slots[slot].assembly)
            guard delivers else { return nil }
            telemetry.statistics.messagesReceivedCount &+= 1
            if kind.isCompressed { return inflate(message.span, kind.opcode) }
            inbound.assembled = message
            return .assembled(kind)
        case .ping(let range):
            // After our Close nothing is sent (RFC 6455 §5.5.1).
            if connections.slots[slot].session.maySend {
                writeFrame(.pong, bytes.extracting(range), to: slot)
            }
        case .close(let code, _): receivedClose(slot, code)
        case .violation(let violation): fail(slot, violation)
        case .message, .pong, .needsMore: break
        }
        return nil
    }

    /// The rules for a connection that is compressed or outgoing.
    @inline(never)
    private func rules(for slot: Slot) -> DecoderRules {
        inbound.rules(for: connections.slots[slot])
    }
}

extension Connection {
    /// Decodes up to the next event; see `MessageDecoder.next`.
    @_lifetime(bytes: copy bytes)
    fileprivate mutating func decode(
        _ bytes: inout MutableSpan<UInt8>, _ position: inout Int, _ rules: DecoderRules
    ) -> MessageDecoder.Event {
        decoder.next(&bytes, from: &position, assembly: &assembly, rules: rules)
    }
}
