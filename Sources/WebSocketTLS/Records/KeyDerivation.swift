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

    /// What is expanded with one secret: a label and how many bytes are derived.
    struct Output {
        let byteCount: Int
        fileprivate let info: [UInt8]

        init(label: String, byteCount: Int) {
            self.byteCount = byteCount
            let fullLabel = [UInt8]("tls13 ".utf8) + [UInt8](label.utf8)
            // No context, and the number of the first and only block.
            info = [0, UInt8(byteCount), UInt8(fullLabel.count)] + fullLabel + [0, 1]
        }
    }

    private static let (shortKey, longKey, vector) = (
        Output(label: "key", byteCount: 16), Output(label: "key", byteCount: 32),
        Output(label: "iv", byteCount: 12)
    )

    /// The first `byteCount` bytes of the result are the derived ones, and the others are zero.
    /// More than the suite's hash has, or a secret of another length, ends the process.
    static func expand(
        _ secret: Span<UInt8>, label: String, byteCount: Int, suite: CipherSuite
    ) -> InlineArray<48, UInt8> {
        let output = Output(label: label, byteCount: byteCount)
        return unsafe withKey(secret, suite) { context in unsafe derive(output, suite, context) }
    }

    /// The key and the IV of a traffic secret (RFC 8446 §7.3): the secret is laid out once for
    /// both.
    static func expandKey(
        _ secret: Span<UInt8>, suite: CipherSuite
    ) -> (key: InlineArray<48, UInt8>, vector: InlineArray<48, UInt8>) {
        let key = suite.keyByteCount == 16 ? shortKey : longKey
        return unsafe withKey(secret, suite) { context in
            let key = unsafe derive(key, suite, context)
            let isReady = unsafe EVP_MAC_init(context, nil, 0, nil) == 1
            guard isReady else { fatalError("libcrypto could not derive a key") }
            return (key, unsafe derive(vector, suite, context))
        }
    }

    /// Calls `body` with a context that has this secret and nothing else.
    private static func withKey<Result>(
        _ secret: Span<UInt8>, _ suite: CipherSuite, _ body: (OpaquePointer) -> Result
    ) -> Result {
        precondition(secret.count == suite.secretByteCount, "a secret has the length of the hash")
        return contexts.withLock { contexts in
            let context = suite == .aes256GCM ? unsafe contexts.sha384 : unsafe contexts.sha256
            let isReady = unsafe secret.withUnsafeBufferPointer { key in
                unsafe EVP_MAC_init(context, key.baseAddress, key.count, nil) == 1
            }
            guard isReady else { fatalError("libcrypto could not take a secret") }
            let result = unsafe body(context)
            // The context would keep what it has made of the secret.
            var nothing: UInt8 = 0
            guard unsafe EVP_MAC_init(context, &nothing, 1, nil) == 1 else {
                fatalError("libcrypto could not forget a secret")
            }
            return result
        }
    }

    private static func derive(
        _ output: Output, _ suite: CipherSuite, _ context: OpaquePointer
    ) -> InlineArray<48, UInt8> {
        precondition(output.byteCount <= suite.secretByteCount, "one HMAC derives no more")
        var digest = InlineArray<48, UInt8>(repeating: 0)
        var digestSpan = digest.mutableSpan
        let isDone = unsafe output.info.withUnsafeBufferPointer { info in
            unsafe digestSpan.withUnsafeMutableBufferPointer { target in
                var count = 0
                return unsafe EVP_MAC_update(context, info.baseAddress, info.count) == 1
                    && EVP_MAC_final(context, target.baseAddress, &count, target.count) == 1
            }
        }
        guard isDone else { fatalError("libcrypto could not derive a key") }
        for index in output.byteCount..<digest.count { digest[index] = 0 }
        return digest
    }
}
