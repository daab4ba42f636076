// A message as it came to the test's end of a WebSocket.

/// A message that the server has sent. Literals make one, so that a test can compare:
///
/// ```swift
/// #expect(ann.receive() == "hello")
/// #expect(ann.receiveAll() == ["hello", [0x01, 0x02]])
/// ```
public enum ReceivedMessage: Hashable, Sendable {
    /// A text message; bytes that are no UTF-8 were replaced by U+FFFD.
    case text(String)
    /// A binary message.
    case binary([UInt8])

    /// The text; nil of a binary message.
    public var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    /// The bytes of the message: of a text its UTF-8.
    public var bytes: [UInt8] {
        switch self {
        case .text(let text): Array(text.utf8)
        case .binary(let bytes): bytes
        }
    }
}

extension ReceivedMessage: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    /// A text message.
    public init(stringLiteral text: String) { self = .text(text) }
}

extension ReceivedMessage: ExpressibleByArrayLiteral {
    /// A binary message.
    public init(arrayLiteral bytes: UInt8...) { self = .binary(bytes) }
}

extension ReceivedMessage: CustomStringConvertible, CustomDebugStringConvertible {
    /// The text in quotation marks, or the list of bytes.
    public var description: String {
        switch self {
        case .text(let text): text.debugDescription
        case .binary(let bytes): "\(bytes)"
        }
    }

    /// The same as ``description``.
    public var debugDescription: String { description }
}
