// The rules that a decoder enforces.

/// The rules of one connection: which side we are, the limits, and what was negotiated.
@frozen
public struct DecoderRules: BitwiseCopyable, Sendable {
    /// Which side we are. A server requires masked frames, a client unmasked ones (RFC 6455 §5.1).
    public var role: Role
    /// Whether RSV1 may mark a message as compressed (RFC 7692 §6): permessage-deflate is in force.
    public var allowsCompression: Bool
    /// The most payload bytes that a message may have on the wire, over all its frames. For a
    /// compressed message see ``compressedByteLimit``.
    public var messageByteLimit: Int
    /// The most frames that a message may consist of.
    public var fragmentLimit: Int

    /// Rules for one connection.
    @inlinable
    public init(
        role: Role, messageByteLimit: Int, fragmentLimit: Int, allowsCompression: Bool = false
    ) {
        self.role = role
        self.messageByteLimit = messageByteLimit
        self.fragmentLimit = fragmentLimit
        self.allowsCompression = allowsCompression
    }

    /// The most bytes that a compressed message may have on the wire: a sixteenth (and 64 bytes)
    /// more than a plain one, since incompressible data becomes longer and some peers compress it
    /// anyway. The decompressed message has limits of its own, ``InflateLimits``.
    public var compressedByteLimit: Int {
        let (sum, overflows) = messageByteLimit.addingReportingOverflow(messageByteLimit / 16 + 64)
        return overflows ? Int.max : sum
    }
}
