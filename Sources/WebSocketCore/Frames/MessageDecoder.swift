// The incremental decoder: it turns bytes into messages and control frames and allocates nothing.
import Storage

/// Decodes the frames of one connection (RFC 6455 §5) into messages, in place.
///
/// It is plain data and owns nothing: the caller passes the received bytes and lends a buffer for
/// messages that are not complete in them. A message that arrives complete and unfragmented is
/// unmasked in place and returned as a range. Everything else is unmasked into `assembly`, which
/// grows with the bytes received, never with a declared length.
///
/// A violation is reported at the first byte that shows it, in wire order, so that the result does
/// not depend on how the bytes were split.
@frozen
public struct MessageDecoder: BitwiseCopyable, Sendable {
    @usableFromInline @frozen
    enum Phase: UInt8, BitwiseCopyable {
        case header, payload, closed, failed
    }

    /// Payload bytes of the current data frame that have not arrived yet. After a Close frame: its
    /// code, or -1 for none.
    @usableFromInline var remaining = 0
    /// The key for the next payload byte.
    @usableFromInline var maskingKey: UInt32 = 0
    /// How many frames of the current message have begun.
    @usableFromInline var fragmentCount: UInt32 = 0
    @usableFromInline var phase = Phase.header
    @usableFromInline var frameIsFinal = false
    /// The message whose frames are being assembled.
    @usableFromInline var message: MessageKind?
    @usableFromInline var utf8 = UTF8Validator()
    @usableFromInline var failure = ProtocolViolation.Kind.reservedBits

    /// A decoder at the first byte after the handshake.
    public init() {}

    /// Whether there is no unfinished frame or message: the peer may end its stream here.
    @inlinable @inline(__always)
    public var isBetweenMessages: Bool { phase == .header && message == nil }

    /// Decodes from `position` to the next event, and moves `position` past the bytes that it has
    /// consumed.
    ///
    /// Call it until it returns `.needsMore`, `.close` or `.violation`. After `.needsMore`, pass
    /// the bytes from `position` on (fewer than 14 + 125: a partial header or control frame) again,
    /// in front of the next bytes. After `.close` or `.violation` the decoder is finished: it
    /// discards all further bytes (RFC 6455 §1.4, §7.1.7) and returns the same event (with an empty
    /// reason for a close).
    ///
    /// Ranges are positions in `bytes`. They are valid until the caller changes those bytes.
    @_lifetime(bytes: copy bytes)
    public mutating func next(
        _ bytes: inout MutableSpan<UInt8>, from position: inout Int, assembly: inout ByteBuffer,
        rules: DecoderRules
    ) -> Event {
        let limit = isBetweenMessages ? ShortMessage.limit(rules) : -1
        if let message = ShortMessage(unmasking: &bytes, at: position, limit: limit) {
            return event(of: message, &bytes, &position)
        }
        return anyEvent(&bytes, from: &position, assembly: &assembly, rules: rules)
    }

    @_lifetime(bytes: copy bytes)
    private mutating func anyEvent(
        _ bytes: inout MutableSpan<UInt8>, from position: inout Int, assembly: inout ByteBuffer,
        rules: DecoderRules
    ) -> Event {
        if rules.role == .client, let event = shortUnmasked(&bytes, &position, rules) {
            return event
        }
        while true {
            switch phase {
            case .header:
                guard let header = FrameHeader.parse(bytes.span.extracting(position...)) else {
                    let partial = bytes.span.extracting(position...)
                    if let kind = violation(inPartial: partial, assembly.count, rules) {
                        return fail(kind, &position, bytes.count)
                    }
                    return .needsMore
                }
                if let kind = violation(in: header, assembly.count, rules) {
                    return fail(kind, &position, bytes.count)
                }
                // The checks have limited the length to 125 or to the message limit.
                let start = position + header.byteCount
                let payloadByteCount = Int(truncatingIfNeeded: header.payloadByteCount)
                let isWhole = payloadByteCount <= bytes.count - start
                if header.firstByte & 0x8 != 0 {
                    if !isWhole { return .needsMore }
                    let payload = start..<start + payloadByteCount
                    return control(header, payload, &bytes, &position)
                }
                if isWhole && header.isFinal && message == nil {
                    let payload = start..<start + payloadByteCount
                    return whole(header, payload, &bytes, &position)
                }
                begin(header, payloadByteCount, &assembly)
                position = start
            case .payload:
                if let event = receivePayload(bytes.span, &position, &assembly) { return event }
            case .closed:
                position = bytes.count
                let code = remaining < 0 ? nil : CloseCode(rawValue: UInt16(remaining))
                return .close(code, reason: position..<position)
            case .failed:
                position = bytes.count
                return .violation(ProtocolViolation(failure))
            }
        }
    }

    /// Handles a message that is complete in `bytes`.
    @inline(__always)
    @_lifetime(bytes: copy bytes)
    private mutating func whole(
        _ header: FrameHeader, _ payload: Range<Int>, _ bytes: inout MutableSpan<UInt8>,
        _ position: inout Int
    ) -> Event {
        let isASCII = header.isMasked && bytes.unmask(payload, header.maskingKey)
        let kind = MessageKind(header)
        if kind.isPlainText && !isASCII {
            guard UTF8Validator.isValid(bytes.span.extracting(payload)) else {
                return fail(.invalidUTF8, &position, bytes.count)
            }
        }
        position = payload.upperBound
        return .message(kind, payload)
    }

    /// Begins a data frame whose payload goes into the assembly.
    private mutating func begin(
        _ header: FrameHeader, _ payloadByteCount: Int, _ assembly: inout ByteBuffer
    ) {
        if message == nil {
            message = MessageKind(header)
            fragmentCount = 0
            utf8 = UTF8Validator()
            if !assembly.isEmpty { assembly.removeAll(keepingCapacity: true) }
        }
        // Where any number is allowed, the count may reach its end.
        if fragmentCount < .max { fragmentCount += 1 }
        frameIsFinal = header.isFinal
        remaining = payloadByteCount
        maskingKey = header.maskingKey
        phase = .payload
    }

    /// Takes the part of the current frame's payload that has arrived. Returns nil when the frame
    /// is complete but the message is not.
    private mutating func receivePayload(
        _ bytes: Span<UInt8>, _ position: inout Int, _ assembly: inout ByteBuffer
    ) -> Event? {
        guard let kind = message else { preconditionFailure("a payload without a message") }
        let byteCount = min(remaining, bytes.count - position)
        if byteCount > 0 {
            let piece = bytes.extracting(position..<position + byteCount)
            let isASCII = assembly.append(unmasking: piece, maskingKey)
            if kind.isPlainText && !(isASCII && utf8.isComplete) {
                guard utf8.update(assembly.span.extracting(last: byteCount)) else {
                    return fail(.invalidUTF8, &position, bytes.count)
                }
            }
            maskingKey = Masking.rotated(maskingKey, by: byteCount)
            remaining -= byteCount
            position += byteCount
        }
        if remaining > 0 { return .needsMore }
        phase = .header
        if !frameIsFinal { return nil }
        if kind.isPlainText && !utf8.isComplete {
            return fail(.invalidUTF8, &position, bytes.count)
        }
        message = nil
        return .assembled(kind)
    }

    @usableFromInline @inline(never)
    mutating func fail(
        _ kind: ProtocolViolation.Kind, _ position: inout Int, _ end: Int
    ) -> Event {
        phase = .failed
        failure = kind
        position = end
        return .violation(ProtocolViolation(kind))
    }
}
