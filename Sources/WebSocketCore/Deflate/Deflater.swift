// UNSAFE: lets zlib compress messages straight into a byte buffer. Invariants: `stream` is nil, or
// initialised by deflateInit2 and not shared; next_in and next_out are used only while the span and
// the buffer that they point into are lent to a call.

import CZlib
import Storage

/// Compresses messages, each independently (RFC 7692 §7.2.1): one compressor serves all
/// connections.
///
/// It uses no memory before its first message, and ``memoryByteCount`` after that (150 KiB by
/// default), whatever the size of the messages.
@safe
public struct Deflater: ~Copyable {
    /// The best level for chat messages: measured with JSON of 128 to 1,000 bytes, level 6 takes up
    /// to a quarter longer and saves at most one more byte in a hundred. For texts of 4 KB, level 1
    /// takes half the time of level 6 and the result is a tenth longer.
    public static let defaultLevel = 1
    /// The size of zlib's hash table and symbol buffer, from 1 to 9. 5 is as fast as zlib's own
    /// default of 8, with 150 KiB instead of 262; below 3 it is slower and compresses less.
    public static let defaultMemoryLevel = 5

    private var stream: UnsafeMutablePointer<z_stream>?
    /// The window: how far back a message may refer to itself, in bytes, as a power of two.
    public let windowBits: Int
    private let level: Int32
    private let memoryLevel: Int32

    /// A compressor that has allocated nothing yet. Arguments out of range end the process.
    ///
    /// - Parameters:
    ///   - windowBits: the window, 9 to 15. zlib can't compress with 8; see ``DeflaterPool``.
    ///   - level: 1 (fast) to 9 (small).
    ///   - memoryLevel: 1 to 9.
    public init(
        windowBits: Int = 15, level: Int = defaultLevel, memoryLevel: Int = defaultMemoryLevel
    ) {
        precondition((9...15).contains(windowBits), "zlib compresses with windows of 9 to 15 bits")
        precondition((1...9).contains(level) && (1...9).contains(memoryLevel))
        unsafe stream = nil
        self.windowBits = windowBits
        self.level = Int32(level)
        self.memoryLevel = Int32(memoryLevel)
    }

    deinit {
        guard let stream = unsafe stream else { return }
        unsafe deflateEnd(stream)
        unsafe stream.deallocate()
    }

    /// How much memory it uses after its first message, in bytes: zlib's window, chains, hash table
    /// and symbols, and its state of about 6 KB.
    public var memoryByteCount: Int {
        (1 << (windowBits + 2)) + (1 << (Int(memoryLevel) + 9)) + 6064
    }

    /// Appends the compressed form of `message` to `output`, without the final four bytes
    /// 00 00 FF FF, which the receiver adds (RFC 7692 §7.2.1). An empty message becomes one zero
    /// byte (§7.2.3.6).
    public mutating func deflate(_ message: Span<UInt8>, into output: inout ByteBuffer) {
        // Incompressible data grows by five bytes for each block, and a block has at least as many
        // bytes as the smallest symbol buffer has symbols.
        let isWhole = deflate(
            message, into: &output, limit: message.count + message.count / 16 + 64)
        precondition(isWhole, "a compressed message has a bound")
    }

    /// Does the same if the result has at most `limit` bytes; otherwise it leaves `output`
    /// unchanged and returns false.
    mutating func deflate(
        _ message: Span<UInt8>, into output: inout ByteBuffer, limit: Int
    ) -> Bool {
        // zlib counts in 32 bits.
        guard message.count < 1 << 30, limit >= 1, limit < 1 << 31 else { return false }
        let stream = unsafe startedStream()
        let isWhole = output.append(capacity: limit + Self.tailByteCount + 1) { room in
            unsafe message.withUnsafeBufferPointer { source in
                unsafe room.withUnsafeMutableBufferPointer { target, byteCount in
                    unsafe stream.pointee.next_in = UnsafeMutablePointer(
                        mutating: source.baseAddress)
                    unsafe stream.pointee.avail_in = UInt32(source.count)
                    unsafe stream.pointee.next_out = target.baseAddress
                    unsafe stream.pointee.avail_out = UInt32(target.count)
                    let status = unsafe CZlib.deflate(stream, Z_SYNC_FLUSH)
                    precondition(status == Z_OK, "zlib lost its state")
                    // If room is left, the flush is complete and ends with the four bytes.
                    guard unsafe stream.pointee.avail_out > 0 else { return false }
                    let written = unsafe target.count - Int(stream.pointee.avail_out)
                    byteCount = written - Self.tailByteCount
                    return true
                }
            }
        }
        unsafe deflateReset(stream)
        return isWhole
    }

    /// The size of 00 00 FF FF, which ends each flush and is not sent.
    private static var tailByteCount: Int { 4 }

    /// The stream, made when first needed. zlib keeps its address, so it must not move.
    private mutating func startedStream() -> UnsafeMutablePointer<z_stream> {
        if let stream = unsafe stream { return unsafe stream }
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        // A negative window means no zlib header and no checksum.
        let status = unsafe deflateInit2_(
            stream, level, Z_DEFLATED, Int32(-windowBits), memoryLevel, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        if status == Z_MEM_ERROR { fatalError("out of memory") }
        precondition(status == Z_OK, "zlib refused its parameters")
        unsafe self.stream = stream
        return unsafe stream
    }
}

/// The compressor has one owner and shares nothing, so it may move between threads with it.
extension Deflater: @unchecked Sendable {}
