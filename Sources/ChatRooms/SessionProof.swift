// What the server keeps of a session's secret: a hash of it, so that nobody who reads the store can
// pass for somebody else.
import Storage

/// The first 128 bits of the SHA-256 of a token's 16 bytes, the most significant one first.
public struct SessionProof: Sendable, Hashable {
    /// The 128 bits.
    public var bits: UInt128

    /// A proof with these bits.
    public init(bits: UInt128) {
        self.bits = bits
    }

    init(hashing token: SessionToken) {
        var bytes = InlineArray<16, UInt8>(repeating: 0)
        for index in 0..<16 {
            bytes[index] = UInt8(truncatingIfNeeded: token.bits >> (8 * (15 - index)))
        }
        self.init(hashing: bytes.span)
    }
}
