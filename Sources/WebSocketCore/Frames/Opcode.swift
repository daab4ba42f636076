// The six frame types of RFC 6455 §5.2.

/// The type of a frame (RFC 6455 §5.2, §11.8). The other ten values of the field are reserved.
@frozen
public enum Opcode: UInt8, BitwiseCopyable, Sendable {
    /// Another fragment of a message that an earlier frame began (§5.4).
    case continuation = 0x0
    /// A message of UTF-8 text, or its first fragment (§5.6).
    case text = 0x1
    /// A message of arbitrary bytes, or its first fragment (§5.6).
    case binary = 0x2
    /// Begins or answers the closing handshake (§5.5.1).
    case close = 0x8
    /// Asks the peer for a Pong, to check that it is alive (§5.5.2).
    case ping = 0x9
    /// Answers a Ping, or is sent unasked as a sign of life (§5.5.3).
    case pong = 0xA

    /// Whether it is a control frame, which may come between the fragments of a message
    /// (RFC 6455 §5.5).
    @inlinable
    public var isControl: Bool { rawValue & 0x8 != 0 }
}

/// Which side of a connection we are: it decides which side masks (RFC 6455 §5.1) and which side
/// closes the transport first (§7.1.1).
@frozen
public enum Role: UInt8, BitwiseCopyable, Sendable {
    /// We accepted the connection: the peer masks, we don't.
    case server
    /// We opened the connection: we mask, the peer doesn't.
    case client
}
