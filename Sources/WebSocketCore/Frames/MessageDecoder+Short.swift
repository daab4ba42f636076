// UNSAFE: reads a short frame's header in two loads and unmasks its payload, within bytes that were
// counted before.

/// The case that matters most, ahead of all the others: to a server that is between messages, a
/// whole unfragmented text or binary message of at most 125 bytes. It breaks no rule but that on
/// UTF-8.
@frozen
public struct ShortMessage: BitwiseCopyable {
    @usableFromInline let payloadByteCount: Int
    /// Whether it is text, which must be UTF-8 if it is not plain ASCII.
    public let isText: Bool
    /// Whether all its bytes are ASCII.
    public let isASCII: Bool

    /// Unmasks the short message at `position`, of at most `limit` bytes, where it lies. Nil says
    /// that there is something else, and nothing was done.
    ///
    /// It is a function of its own, small enough for the registers: a loop over messages into which
    /// it is compiled has too much to remember, and is slower.
    @inline(never)
    public init?(unmasking bytes: inout MutableSpan<UInt8>, at position: Int, limit: Int) {
        let available = bytes.count &- position &- 6
        guard position >= 0, available >= 0 else { return nil }
        let most = min(limit, available)
        let found = unsafe bytes.withUnsafeMutableBytes { buffer in
            let frame = unsafe buffer.baseAddress.unsafelyUnwrapped + position
            let head = unsafe UInt16(littleEndian: frame.loadUnaligned(as: UInt16.self))
            // FIN, text and MASK are 0x8081, and 0x8082 is the same with binary. What is left of
            // the others is no length, or too large for one.
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

    /// What kind of message it is.
    @inlinable @inline(__always)
    public var kind: MessageKind { MessageKind(isText ? .text : .binary) }

    /// Where its payload lies; moves `position`, where it was found, behind it.
    @inlinable @inline(__always)
    public func takePayload(_ position: inout Int) -> Range<Int> {
        let start = position &+ 6
        position = start &+ payloadByteCount
        return unsafe Range(uncheckedBounds: (start, position))
    }

    /// The most bytes that such a message may have; -1 if there is none under these rules.
    public static func limit(_ rules: DecoderRules) -> Int {
        rules.role == .server ? min(125, rules.messageByteLimit) : -1
    }
}

extension MessageDecoder {
    /// What a short message at `position`, which moves behind it, comes to: itself, or a violation.
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

    /// A short message to a client, to whom nothing is masked.
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
