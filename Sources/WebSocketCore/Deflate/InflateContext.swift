// What a connection keeps between compressed messages, as plain bytes.
import Storage

/// The last bytes of a peer's messages so far, to which its next message may refer if it compresses
/// with context (RFC 7692 §7.1.1).
///
/// It grows with the messages received, up to 2^``windowBits`` bytes; before the first message it
/// uses no memory. It can be saved and continued in another process.
public struct InflateContext: ~Copyable {
    /// How far back a message may refer, in bytes, as a power of two: 8 to 15.
    public let windowBits: Int
    /// The last bytes of the earlier messages, decompressed: at most 2^``windowBits``.
    public private(set) var bytes = ByteBuffer()

    /// A context before the first message, or with the `bytes` of a saved context. A window other
    /// than 8 to 15 ends the process.
    public init(windowBits: Int, bytes: Span<UInt8> = Span()) {
        precondition(
            DeflateParameters.windowBits.contains(windowBits), "a window has 8 to 15 bits")
        self.windowBits = windowBits
        append(bytes)
    }

    /// Adds a complete message.
    mutating func append(_ message: Span<UInt8>) {
        bytes.append(message, keepingLast: 1 << windowBits)
    }
}

extension DeflateParameters {
    /// The context to keep for the messages of `sender`; nil if each is compressed independently.
    public func context(for sender: Role) -> InflateContext? {
        keepsContext(from: sender) ? InflateContext(windowBits: windowBits(from: sender)) : nil
    }
}
