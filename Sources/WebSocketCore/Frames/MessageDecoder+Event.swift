// What the decoder says: a handful of words, nothing to retain.

/// What a message is: text or binary, and whether its payload is still deflated.
@frozen
public struct MessageKind: BitwiseCopyable, Equatable, Sendable {
    /// `.text` or `.binary`.
    public var opcode: Opcode
    /// Whether RSV1 was set: the payload must be inflated (RFC 7692 §6.2), and a text's UTF-8 has
    /// not been checked yet.
    public var isCompressed: Bool

    /// A kind of message; `opcode` is `.text` or `.binary`.
    @inlinable
    public init(_ opcode: Opcode, isCompressed: Bool = false) {
        self.opcode = opcode
        self.isCompressed = isCompressed
    }

    /// The kind of the message that begins with a data frame.
    @inline(__always)
    init(_ header: FrameHeader) {
        opcode = header.firstByte & 0xF == Opcode.text.rawValue ? .text : .binary
        isCompressed = header.firstByte & 0x40 != 0
    }

    /// Whether the payload must be UTF-8 as it stands.
    @inlinable
    var isPlainText: Bool { opcode == .text && !isCompressed }
}

extension MessageDecoder {
    /// What `next` found. Ranges are positions in the bytes presented.
    @frozen
    public enum Event: Equatable, Sendable {
        /// Everything up to `position` is consumed; the rest must be presented again, with more.
        case needsMore
        /// A message that lies contiguous in the bytes presented: unmasked, and UTF-8 if it is
        /// text.
        case message(MessageKind, Range<Int>)
        /// A message that lies in `assembly`, whole, until the caller empties it.
        case assembled(MessageKind)
        /// A Ping: answer with a Pong that carries the same bytes (RFC 6455 §5.5.2).
        case ping(Range<Int>)
        /// A Pong, asked for or not (RFC 6455 §5.5.3).
        case pong(Range<Int>)
        /// A Close with its code, if it had one, and reason: UTF-8 (RFC 6455 §5.5.1).
        case close(CloseCode?, reason: Range<Int>)
        /// The peer broke a rule: fail the connection (RFC 6455 §7.1.7).
        case violation(ProtocolViolation)
    }
}
