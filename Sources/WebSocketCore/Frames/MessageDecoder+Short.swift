// UNSAFE: reads a short frame's header with two loads and unmasks its payload; the length of both
// is checked first.

/// The fast path for the most important case: a server is between messages and receives a complete,
/// unfragmented text or binary message of at most 125 bytes. The only rule that such a message can
/// still violate is UTF-8.
@frozen
public struct ShortMessage: BitwiseCopyable {
    @usableFromInline let payloadByteCount: Int
    /// Whether it is text, which must still be checked to be UTF-8 if it is not plain ASCII.
    public let isText: Bool
    /// Whether all its bytes are ASCII.
    public let isASCII: Bool

    /// Unmasks the short message at `position`, of at most `limit` bytes, in place. Returns nil,
    /// having changed nothing, if there is anything else at `position`.
    ///
    /// It is never inlined, and small enough for the registers: a loop over messages with this code
    /// inside keeps too many values alive, and is slower.
    @inline(never)
    public init?(unmasking bytes: inout MutableSpan<UInt8>, at position: Int, limit: Int) {
        let available = bytes.count &- position &- 6
        guard position >= 0, available >= 0 else { return nil }
        let most = min(limit, available)
        let found = unsafe bytes.withUnsafeMutableBytes { buffer in
            let frame = unsafe buffer.baseAddress.unsafelyUnwrapped + position
            let head = unsafe UInt16(littleEndian: frame.loadUnaligned(as: UInt16.self))
            // FIN, text and MASK are 0x8081; 0x8082 is the same with binary. For any other header
            // the rest has other bits set in its low byte, or is too large for a length.
            let rest = head &- 0x8081
            let byteCount = Int(rest >> 8)
            guard rest & 0xFE == 0, byteCount <= most else { return nil as Found? }
            let key = unsafe (frame + 2).loadUnaligned(as: UInt32.self)
            let isASCII = unsafe Masking.applyShort(key, to: frame + 6, byteCount)
            return (byteCount, rest & 1 == 0, isASCII)
        }
        guard let found else { return nil }
        (payloadByteCount, isText, isASCII) = found
    }

    private typealias Found = (byteCount: Int, isText: Bool, isASCII: Bool)

    /// The kind of the message.
    @inlinable @inline(__always)
    public var kind: MessageKind { MessageKind(isText ? .text : .binary) }

    /// The range of its payload. `position` must be where the message was found; it is moved to the
    /// end of the message.
    @inlinable @inline(__always)
    public func takePayload(_ position: inout Int) -> Range<Int> {
        let start = position &+ 6
        position = start &+ payloadByteCount
        return unsafe Range(uncheckedBounds: (start, position))
    }

    /// The most bytes that a short message may have; -1 if the rules allow no fast path.
    public static func limit(_ rules: DecoderRules) -> Int {
        rules.role == .server ? min(125, rules.messageByteLimit) : -1
    }
}

extension MessageDecoder {
    /// The event for a short message at `position`: the message, or a violation if a text is not
    /// UTF-8. Moves `position` past the message.
    @_lifetime(bytes: copy bytes)
    public mutating func event(
        of message: ShortMessage, _ bytes: inout MutableSpan<UInt8>, _ position: inout Int
    ) -> Event {
        let payload = message.takePayload(&position)
        if message.isText && !message.isASCII {
            guard UTF8Validator.isValid(bytes.span.extracting(payload)) else {
                return fail(.invalidUTF8, &position, bytes.count)
            }
        }
        return .message(message.kind, payload)
    }

    /// The fast path for a client, whose peer does not mask.
    @inline(__always)
    @_lifetime(bytes: copy bytes)
    mutating func shortUnmasked(
        _ bytes: inout MutableSpan<UInt8>, _ position: inout Int, _ rules: DecoderRules
    ) -> Event? {
        let available = bytes.count - position
        guard phase == .header, message == nil, available >= 2, position >= 0 else { return nil }
        let first = bytes[position]
        let payloadByteCount = Int(bytes[position + 1])
        guard first == 0x81 || first == 0x82, payloadByteCount <= 125,
            payloadByteCount <= available - 2, payloadByteCount <= rules.messageByteLimit
        else { return nil }
        let payload = position + 2..<position + 2 + payloadByteCount
        if first == 0x81 {
            guard UTF8Validator.isValid(bytes.span.extracting(payload)) else {
                return fail(.invalidUTF8, &position, bytes.count)
            }
        }
        position = payload.upperBound
        return .message(MessageKind(first == 0x81 ? .text : .binary), payload)
    }
}
