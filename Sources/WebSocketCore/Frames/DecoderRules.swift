// What a decoder holds its peer to.

/// The rules of one connection: which side we are, its limits, and what was negotiated.
@frozen
public struct DecoderRules: BitwiseCopyable, Sendable {
    /// Which side we are. A server requires masked frames, a client unmasked ones (RFC 6455 §5.1).
    public var role: Role
    /// Whether RSV1 may mark a message as compressed (RFC 7692 §6): permessage-deflate is in force.
    public var allowsCompression: Bool
    /// The most bytes that a message may have, over all its frames, as they travel; see
    /// ``compressedByteLimit`` for one that is compressed.
    public var messageByteLimit: Int
    /// The most frames that a message may come in.
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

    /// The most bytes that a compressed message may have as it travels: a sixteenth more than a
    /// plain one, since what can't be compressed becomes longer, and some peers send it so. What
    /// comes out has limits of its own: ``InflateLimits``.
    public var compressedByteLimit: Int {
        let (sum, overflows) = messageByteLimit.addingReportingOverflow(messageByteLimit / 16 + 64)
        return overflows ? Int.max : sum
    }
}
