// The compressors of one reactor: one for nearly everything, and smaller ones for peers that ask.
import Storage

/// Compresses messages for any peer, each by itself, within the window that the peer allows.
///
/// A message that is no longer than the peer's window can't refer to anything outside of it, so
/// that the compressor with the largest window serves it. For longer ones there is a compressor for
/// each smaller window, which takes no memory before it is used. All of them together take at most
/// 420 KB at the default memory level. zlib has none for a window of 8 bits: to such a peer
/// messages of more than 256 bytes go plain.
public struct DeflaterPool: ~Copyable {
    /// Messages below this many bytes go plain: JSON of 64 bytes hardly ever becomes shorter, and
    /// to find that out takes 4 µs, two hundred times what a plain frame does.
    public static let smallestMessageByteCount = 64

    private var widest: Deflater
    /// For windows of 9 to 14 bits.
    private var narrower: InlineArray<6, Deflater>

    /// Compressors that have no memory yet; for the arguments see ``Deflater``.
    public init(
        level: Int = Deflater.defaultLevel, memoryLevel: Int = Deflater.defaultMemoryLevel
    ) {
        widest = Deflater(windowBits: 15, level: level, memoryLevel: memoryLevel)
        narrower = InlineArray { index in
            Deflater(windowBits: 9 + index, level: level, memoryLevel: memoryLevel)
        }
    }

    /// Appends a frame with the whole of `message` for a peer that allows a window of `windowBits`,
    /// see ``DeflateParameters/windowBits(from:)``. It is compressed if that makes it shorter, and
    /// the message has ``smallestMessageByteCount``; else it is plain. Returns whether it is
    /// compressed. For the other arguments see ``Deflater/appendFrame(_:_:maskingKey:to:)``.
    @discardableResult
    public mutating func appendFrame(
        _ opcode: Opcode, _ message: Span<UInt8>, windowBits: Int, maskingKey: UInt32? = nil,
        to output: inout ByteBuffer
    ) -> Bool {
        if message.count >= Self.smallestMessageByteCount {
            if windowBits == widest.windowBits || message.count <= 1 << windowBits {
                return widest.appendFrame(opcode, message, maskingKey: maskingKey, to: &output)
            }
            if windowBits > 8 {
                return narrower[windowBits - 9].appendFrame(
                    opcode, message, maskingKey: maskingKey, to: &output)
            }
        }
        if let maskingKey {
            output.appendMaskedFrame(opcode, message, maskingKey: maskingKey)
        } else {
            output.appendFrame(opcode, message)
        }
        return false
    }
}
