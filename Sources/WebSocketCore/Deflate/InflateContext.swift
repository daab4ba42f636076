// What a connection keeps between compressed messages, as plain bytes.
import Storage

/// The end of what a peer has said so far: what its next message may refer to, when it compresses
/// with context (RFC 7692 §7.1.1).
///
/// It grows with the messages received to 2^``windowBits`` bytes and no further; before the first
/// one it has no memory. It can be saved and taken up by another process.
public struct InflateContext: ~Copyable {
    /// How far back a message may refer, as a power of two: 8 to 15.
    public let windowBits: Int
    /// The last bytes of the messages before, decompressed: at most 2^``windowBits``.
    public private(set) var bytes = ByteBuffer()

    /// A context before the first message, or with the `bytes` of one that was saved.
    public init(windowBits: Int, bytes: Span<UInt8> = Span()) {
        precondition(
            DeflateParameters.windowBits.contains(windowBits), "a window has 8 to 15 bits")
        self.windowBits = windowBits
        append(bytes)
    }

    /// Takes up a whole message.
    mutating func append(_ message: Span<UInt8>) {
        bytes.append(message, keepingLast: 1 << windowBits)
    }
}

extension DeflateParameters {
    /// The context to keep for the messages of `sender`; nil if each of them stands for itself.
    public func context(for sender: Role) -> InflateContext? {
        keepsContext(from: sender) ? InflateContext(windowBits: windowBits(from: sender)) : nil
    }
}
