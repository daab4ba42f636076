// The compressors of one reactor: one for nearly all messages, and smaller ones for peers that
// limit the window.
import Storage

/// Compresses messages for any peer, each independently, within the window that the peer allows.
///
/// A message that is no longer than the peer's window can't refer to anything outside of it, so the
/// compressor with the largest window serves it. For longer messages there is a compressor for each
/// smaller window, which uses no memory before its first message. All together they use at most
/// 420 KB at the default memory level. zlib can't compress with a window of 8 bits, so a peer with
/// this limit receives messages of more than 256 bytes uncompressed.
public struct DeflaterPool: ~Copyable {
    /// Messages of fewer bytes are sent uncompressed: JSON of 64 bytes hardly ever becomes shorter,
    /// and finding that out takes 4 µs, two hundred times as long as a plain frame.
    public static let smallestMessageByteCount = 64

    private var widest: Deflater
    /// For windows of 9 to 14 bits.
    private var narrower: InlineArray<6, Deflater>

    /// Compressors that have allocated nothing yet; for the arguments see ``Deflater``.
    public init(
        level: Int = Deflater.defaultLevel, memoryLevel: Int = Deflater.defaultMemoryLevel
    ) {
        widest = Deflater(windowBits: 15, level: level, memoryLevel: memoryLevel)
        narrower = InlineArray { index in
            Deflater(windowBits: 9 + index, level: level, memoryLevel: memoryLevel)
        }
    }

    /// Appends one frame with the whole `message` for a peer that allows a window of `windowBits`
    /// (see ``DeflateParameters/windowBits(from:)``). The message is compressed if it has at least
    /// ``smallestMessageByteCount`` bytes and becomes shorter. Returns whether it is compressed.
    /// For the other arguments see ``Deflater/appendFrame(_:_:maskingKey:to:)``.
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
