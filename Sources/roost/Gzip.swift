// UNSAFE: lets zlib compress one array into another. Invariant: next_in and next_out are used only
// while both arrays are borrowed.

import CZlib

/// The gzip format (RFC 1952), for files that are compressed once and sent often.
enum Gzip {
    /// The bytes compressed as far as zlib can, without a name or a time: the same bytes always
    /// give the same result.
    static func compressed(_ bytes: [UInt8]) -> [UInt8] {
        var stream = unsafe z_stream()
        // A window of 15 bits, and 16 more for gzip's header and checksum.
        let status = unsafe deflateInit2_(
            &stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK, "zlib has no memory")
        defer { unsafe deflateEnd(&stream) }
        let bound = unsafe Int(deflateBound(&stream, UInt(bytes.count)))
        return unsafe bytes.withUnsafeBufferPointer { source in
            unsafe [UInt8](unsafeUninitializedCapacity: bound) { target, count in
                unsafe stream.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                unsafe stream.avail_in = UInt32(source.count)
                unsafe stream.next_out = target.baseAddress
                unsafe stream.avail_out = UInt32(target.count)
                let status = unsafe deflate(&stream, Z_FINISH)
                precondition(status == Z_STREAM_END, "a compressed file has a bound")
                count = unsafe target.count - Int(stream.avail_out)
            }
        }
    }
}
