// The six frame types of RFC 6455 §5.2.

/// What a frame is (RFC 6455 §5.2, §11.8). The other ten values of the field are reserved.
@frozen
public enum Opcode: UInt8, BitwiseCopyable, Sendable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    /// Control frames may stand between the fragments of a message (RFC 6455 §5.5).
    @inlinable
    public var isControl: Bool { rawValue & 0x8 != 0 }
}

/// Which side of a connection we are: it decides who masks (RFC 6455 §5.1) and who closes the
/// transport first (§7.1.1).
@frozen
public enum Role: UInt8, BitwiseCopyable, Sendable {
    case server
    case client
}
