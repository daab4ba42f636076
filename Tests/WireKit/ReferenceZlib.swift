// zlib as an independent peer would use it: the reference for our messages.

import CZlib

/// A peer's compressor, which keeps its context from message to message until it is reset.
package final class ReferenceDeflater {
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    package init(windowBits: Int = 15, level: Int = 6) {
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream, Int32(level), Z_DEFLATED, Int32(-windowBits), 8, Z_DEFAULT_STRATEGY,
            ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(status == Z_OK)
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Forgets the earlier messages.
    package func reset() { deflateReset(stream) }

    /// A message as it is sent (RFC 7692 §7.2.1).
    package func message(_ bytes: [UInt8]) -> [UInt8] {
        // zlib produces no output for no input.
        if bytes.isEmpty { return [0] }
        let flushed = compress(bytes, Z_SYNC_FLUSH)
        precondition(Array(flushed.suffix(4)) == [0, 0, 0xFF, 0xFF])
        return flushed.dropLast(4)
    }

    package func compress(_ bytes: [UInt8], _ flush: Int32) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: bytes.count * 2 + 1024)
        let written = bytes.withUnsafeBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                stream.pointee.next_in = UnsafeMutablePointer(mutating: source.baseAddress)
                stream.pointee.avail_in = UInt32(source.count)
                stream.pointee.next_out = target.baseAddress
                stream.pointee.avail_out = UInt32(target.count)
                let status = deflate(stream, flush)
                precondition(status == Z_OK || status == Z_STREAM_END)
                precondition(stream.pointee.avail_out > 0)
                return target.count - Int(stream.pointee.avail_out)
            }
        }
        if flush == Z_FINISH { deflateReset(stream) }
        return Array(output[..<written])
    }
}

/// A message decompressed by a peer with a window of this size; nil if it can't. The output is
/// taken a byte at a time, so that only the window can be referred to.
package func referenceInflate(_ payload: [UInt8], windowBits: Int = 15) -> [UInt8]? {
    var stream = z_stream()
    let status = inflateInit2_(
        &stream, Int32(-windowBits), ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    precondition(status == Z_OK)
    defer { inflateEnd(&stream) }
    var input = payload + [0, 0, 0xFF, 0xFF]
    var output: [UInt8] = []
    return input.withUnsafeMutableBufferPointer { source in
        stream.next_in = source.baseAddress
        stream.avail_in = UInt32(source.count)
        // At the end of a block and at a whole byte. zlib reports this only once.
        var isBetweenBlocks = false
        while true {
            var byte: UInt8 = 0
            let consumed = stream.avail_in
            let (status, isThere) = withUnsafeMutablePointer(to: &byte) { target in
                stream.next_out = target
                stream.avail_out = 1
                let status = inflate(&stream, Z_SYNC_FLUSH)
                return (status, stream.avail_out == 0)
            }
            guard status == Z_OK || status == Z_BUF_ERROR else { return nil }
            if isThere || stream.avail_in < consumed {
                isBetweenBlocks = stream.data_type == 128
            }
            guard isThere else { return isBetweenBlocks ? output : nil }
            output.append(byte)
        }
    }
}
