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
    /// The most frames that a message may consist of, beside one for each
    /// ``payloadBytesPerFragment`` bytes of its payload that have come before.
    public var fragmentLimit: Int

    /// A message in frames that carry as much on average may be in any number of them, up to
    /// ``messageByteLimit``. A frame's header alone has at least six bytes, so a message in shorter
    /// pieces is mostly header; and a text that is sent word by word, as it is made, is still in
    /// longer ones.
    public static let payloadBytesPerFragment = 4

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
