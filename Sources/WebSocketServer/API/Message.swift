// One received message, lent for the time of one call.
import WebSocketCore

/// A complete message: a view of the bytes where they were received, nothing copied.
///
/// It cannot outlive the call that it was given to; the compiler sees to that. What is to be kept
/// is copied by ``text`` or ``copiedBytes()``.
public struct Message: ~Copyable, ~Escapable {
    /// The payload, unmasked; UTF-8 if the message is text (RFC 6455 §8.1).
    public let bytes: Span<UInt8>
    /// `.text` or `.binary`.
    public let kind: MessageKind

    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>, kind: MessageKind) {
        self.bytes = bytes
        self.kind = kind
    }

    /// Whether it is a text message, as opposed to a binary one.
    public var isText: Bool { kind.opcode == .text }

    /// The payload as a string of its own: each access copies. A binary message that is no UTF-8 is
    /// repaired with U+FFFD; a text message is always valid.
    public var text: String { String(copying: bytes) }

    /// The payload as an array of its own.
    public func copiedBytes() -> [UInt8] { [UInt8](copying: bytes) }
}
