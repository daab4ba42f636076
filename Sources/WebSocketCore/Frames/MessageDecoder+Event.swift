// The decoder's results: small values without references.

/// What kind of message it is: text or binary, and whether its payload is still compressed.
@frozen
public struct MessageKind: BitwiseCopyable, Equatable, Sendable {
    /// `.text` or `.binary`.
    public var opcode: Opcode
    /// Whether RSV1 was set: the payload must be decompressed (RFC 7692 §6.2), and the UTF-8 of a
    /// text has not been checked yet.
    public var isCompressed: Bool

    /// A kind of message; `opcode` is `.text` or `.binary`.
    @inlinable
    public init(_ opcode: Opcode, isCompressed: Bool = false) {
        self.opcode = opcode
        self.isCompressed = isCompressed
    }

    /// The kind of the message that begins with this data frame.
    @inline(__always)
    init(_ header: FrameHeader) {
        opcode = header.firstByte & 0xF == Opcode.text.rawValue ? .text : .binary
        isCompressed = header.firstByte & 0x40 != 0
    }

    /// Whether the payload itself must be UTF-8.
    @inlinable
    var isPlainText: Bool { opcode == .text && !isCompressed }
}

extension MessageDecoder {
    /// What `next` found. Ranges are positions in the bytes passed to it.
    @frozen
    public enum Event: Equatable, Sendable {
        /// Everything up to `position` is consumed; pass the rest again together with more bytes.
        case needsMore
        /// A message that is contiguous in the bytes passed: unmasked, and checked to be UTF-8 if
        /// it is an uncompressed text.
        case message(MessageKind, Range<Int>)
        /// A complete message in `assembly`, where it stays until the caller empties the buffer.
        case assembled(MessageKind)
        /// A Ping: answer with a Pong that carries the same bytes (RFC 6455 §5.5.2).
        case ping(Range<Int>)
        /// A Pong, which may be an answer to a Ping or not (RFC 6455 §5.5.3).
        case pong(Range<Int>)
        /// A Close with its code, if it has one, and its reason, which is UTF-8 (RFC 6455 §5.5.1).
        case close(CloseCode?, reason: Range<Int>)
        /// The peer violated a rule: fail the connection (RFC 6455 §7.1.7).
        case violation(ProtocolViolation)
    }
}
