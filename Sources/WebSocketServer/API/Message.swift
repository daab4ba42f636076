// One received message, lent to one call.
import WebSocketCore

/// A complete message: a view of the received bytes, without a copy.
///
/// It cannot outlive the call that it is passed to; the compiler enforces that. To keep it, copy it
/// with ``text`` or ``copiedBytes()``.
public struct Message: ~Copyable, ~Escapable {
    /// The payload, unmasked; UTF-8 if the message is text (RFC 6455 §8.1).
    public let bytes: Span<UInt8>
    /// What the peer sent it as.
    public let kind: Kind

    /// The two kinds of messages (RFC 6455 §5.6).
    public enum Kind: Sendable {
        /// UTF-8.
        case text
        /// Any bytes.
        case binary
    }

    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>, kind: MessageKind) {
        self.bytes = bytes
        self.kind = kind.opcode == .text ? .text : .binary
    }

    /// Whether it is a text message, as opposed to a binary one.
    public var isText: Bool { kind == .text }

    /// The payload copied to a string; each access copies. In a binary message, invalid UTF-8 is
    /// replaced with U+FFFD; a text message is always valid.
    public var text: String { String(copying: bytes) }

    /// The payload copied to an array.
    public func copiedBytes() -> [UInt8] { [UInt8](copying: bytes) }
}

extension Message.Kind {
    /// The opcode of its first frame.
    @inline(__always)
    var opcode: Opcode { self == .text ? .text : .binary }
}
