// UNSAFE: libcrypto reads and writes arrays through pointers that are used only inside the closure
// that they are valid in.
//
// A secret with which tokens are signed and checked: HMAC with SHA-256 (RFC 7518 §3.2).
import CCrypto

/// A secret of 32 bytes or more: with fewer, it could be found by trying (RFC 7518 §3.2).
struct SecretKey: Sendable, Equatable {
    static var leastByteCount: Int { 32 }

    let bytes: [UInt8]

    /// Nil if it is too short.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= Self.leastByteCount else { return nil }
        self.bytes = bytes
    }

    /// A new one, from the system's source of randomness.
    static func random() -> SecretKey {
        var source = SystemRandomNumberGenerator()
        return SecretKey(
            (0..<leastByteCount).map { _ in UInt8.random(in: .min ... .max, using: &source) })!
    }

    func signature(of text: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 32)
        var count = 0
        let isDone = unsafe result.withUnsafeMutableBufferPointer { out in
            unsafe text.withUnsafeBufferPointer { text in
                unsafe bytes.withUnsafeBufferPointer { key in
                    unsafe EVP_Q_mac(
                        nil, "HMAC", nil, "SHA256", nil, key.baseAddress, key.count,
                        text.baseAddress, text.count, out.baseAddress, out.count, &count) != nil
                }
            }
        }
        precondition(isDone && count == 32, "libcrypto cannot sign")
        return result
    }

    /// Whether it has signed this text. The time does not depend on how much of it is right.
    func hasSigned(_ text: [UInt8], _ signature: [UInt8]) -> Bool {
        let own = self.signature(of: text)
        return unsafe own.withUnsafeBytes { one in
            unsafe signature.withUnsafeBytes { two in
                unsafe one.count == two.count
                    && CRYPTO_memcmp(one.baseAddress, two.baseAddress, one.count) == 0
            }
        }
    }
}
