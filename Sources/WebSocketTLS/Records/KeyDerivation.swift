// UNSAFE: derives keys with libcrypto's HMAC, which reads and writes arrays whose lengths are
// passed with them and which live for the whole call.

import CSSL

/// HKDF-Expand-Label (RFC 8446 §7.1) with an empty context. All that we derive is at most as long
/// as the hash, so expanding is a single HMAC (RFC 5869 §2.3).
enum KeyDerivation {
    /// The first `byteCount` bytes of the result are the derived ones, and the others are zero.
    /// More than the suite's hash has, or a secret of another length, ends the process.
    static func expand(
        _ secret: Span<UInt8>, label: String, byteCount: Int, suite: CipherSuite
    ) -> InlineArray<48, UInt8> {
        precondition(secret.count == suite.secretByteCount, "a secret has the length of the hash")
        precondition(byteCount <= suite.secretByteCount, "one HMAC derives no more")
        let fullLabel = [UInt8]("tls13 ".utf8) + [UInt8](label.utf8)
        var info = [0, UInt8(byteCount), UInt8(fullLabel.count)] + fullLabel
        // No context, and the number of the first and only block.
        info += [0, 1]
        var digest = InlineArray<48, UInt8>(repeating: 0)
        var digestSpan = digest.mutableSpan
        unsafe secret.withUnsafeBufferPointer { key in
            unsafe info.withUnsafeBufferPointer { data in
                unsafe digestSpan.withUnsafeMutableBufferPointer { target in
                    let result = unsafe HMAC(
                        suite == .aes256GCM ? EVP_sha384() : EVP_sha256(), key.baseAddress,
                        Int32(key.count), data.baseAddress, data.count, target.baseAddress, nil)
                    guard unsafe result != nil else {
                        fatalError("libcrypto could not derive a key")
                    }
                }
            }
        }
        for index in byteCount..<digest.count { digest[index] = 0 }
        return digest
    }
}
