// UNSAFE: lends zlib bytes with their count.
// Whether bytes are what was written: a checksum against damage, not against an attacker.
import CZlib

package enum Checksum {
    /// The CRC-32 of ISO 3309, as zlib computes it: about a gigabyte a second. `before` is that of
    /// the bytes in front of these.
    package static func crc32(_ bytes: Span<UInt8>, after before: UInt32 = 0) -> UInt32 {
        // Without an address, zlib would begin anew.
        guard !bytes.isEmpty else { return before }
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            UInt32(
                truncatingIfNeeded: unsafe crc32_z(
                    uLong(before), buffer.baseAddress, z_size_t(buffer.count)))
        }
    }
}
