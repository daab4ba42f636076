// A received message that may be kept: its bytes were copied out once.
import WebSocketServer

/// A complete message, text or binary, with a copy of its payload.
public enum WebSocketMessage: Hashable, Sendable {
    /// A text message; its UTF-8 has been checked (RFC 6455 §8.1).
    case text(String)
    /// A binary message.
    case binary([UInt8])

    init(_ message: borrowing Message) {
        self = message.isText ? .text(message.text) : .binary(message.copiedBytes())
    }

    /// The payload as a string. In a binary message, invalid UTF-8 is replaced with U+FFFD.
    public var text: String {
        switch self {
        case .text(let text): text
        case .binary(let bytes): String(decoding: bytes, as: UTF8.self)
        }
    }

    /// The payload as bytes, which a text is copied to at each access.
    public var bytes: [UInt8] {
        switch self {
        case .text(let text): [UInt8](text.utf8)
        case .binary(let bytes): bytes
        }
    }

    /// The length of the payload in bytes.
    public var byteCount: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .binary(let bytes): bytes.count
        }
    }
}
