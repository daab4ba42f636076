// UNSAFE: derives keys with libcrypto's HMAC, which reads and writes arrays whose lengths are
// passed with them and which live for the whole call. Each context is used under the lock alone.

import CSSL
import Synchronization

/// HKDF-Expand-Label (RFC 8446 §7.1) with an empty context. All that we derive is at most as long
/// as the hash, so expanding is a single HMAC (RFC 5869 §2.3).
enum KeyDerivation {
    /// Contexts of libcrypto, which live as long as the process: it takes as long to make one as to
    /// derive five keys.
    @safe
    private struct Contexts: ~Copyable, @unchecked Sendable {
        let sha256: OpaquePointer
        let sha384: OpaquePointer

        init() {
            guard let sha256 = unsafe cssl_make_hmac("SHA256"),
                let sha384 = unsafe cssl_make_hmac("SHA384")
            else { fatalError("libcrypto does not have HMAC") }
            unsafe self.sha256 = sha256
            unsafe self.sha384 = sha384
        }
    }

    private static let contexts = Mutex(Contexts())

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
                    unsafe authenticate(data, key, into: target, suite)
                }
            }
        }
        for index in byteCount..<digest.count { digest[index] = 0 }
        return digest
    }

    private static func authenticate(
        _ data: UnsafeBufferPointer<UInt8>, _ key: UnsafeBufferPointer<UInt8>,
        into target: UnsafeMutableBufferPointer<UInt8>, _ suite: CipherSuite
    ) {
        let isDone = contexts.withLock { contexts in
            let context = suite == .aes256GCM ? unsafe contexts.sha384 : unsafe contexts.sha256
            var count = 0
            let isDone =
                unsafe EVP_MAC_init(context, key.baseAddress, key.count, nil) == 1
                && EVP_MAC_update(context, data.baseAddress, data.count) == 1
                && EVP_MAC_final(context, target.baseAddress, &count, target.count) == 1
            // The context would keep what it has made of the secret.
            var nothing: UInt8 = 0
            return unsafe EVP_MAC_init(context, &nothing, 1, nil) == 1 && isDone
        }
        guard isDone else { fatalError("libcrypto could not derive a key") }
    }
}
