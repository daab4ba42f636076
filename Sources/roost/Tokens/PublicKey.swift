// UNSAFE: libcrypto's keys are owned here, and freed with their owner; arrays are read through
// pointers that are used only inside the closure that they are valid in.
//
// A public key with which tokens are checked: RSA, the curve P-256, or Ed25519.
import CCrypto

/// A key of libcrypto. It is only read after its making, from any thread.
@safe final class PublicKey: @unchecked Sendable {
    /// What it checks, as a token's `alg` has it (RFC 7518 §3.1, RFC 8037 §3.1).
    enum Algorithm: String {
        case rs256 = "RS256"
        case es256 = "ES256"
        case edDSA = "EdDSA"
    }

    let algorithm: Algorithm
    private let key: OpaquePointer

    /// Reads a SubjectPublicKeyInfo in DER. Nil if it is none, or a key of another kind, or an RSA
    /// key with less than 2,048 bits (RFC 7518 §3.3).
    init?(der: [UInt8]) {
        let read = unsafe der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var start = bytes.baseAddress
            guard let key = unsafe d2i_PUBKEY(nil, &start, bytes.count) else { return nil }
            // Nothing may stand behind the key.
            if unsafe start == bytes.baseAddress.map({ unsafe $0 + bytes.count }) {
                return unsafe key
            }
            unsafe EVP_PKEY_free(key)
            return nil
        }
        guard let read = unsafe read else {
            ERR_clear_error()
            return nil
        }
        guard let algorithm = unsafe Self.algorithm(of: read) else {
            unsafe EVP_PKEY_free(read)
            return nil
        }
        self.algorithm = algorithm
        unsafe key = read
    }

    deinit { unsafe EVP_PKEY_free(key) }

    private static func algorithm(of key: OpaquePointer) -> Algorithm? {
        switch unsafe EVP_PKEY_get_id(key) {
        case EVP_PKEY_RSA: return unsafe EVP_PKEY_get_bits(key) >= 2048 ? .rs256 : nil
        case EVP_PKEY_ED25519: return .edDSA
        case EVP_PKEY_EC:
            var name = [CChar](repeating: 0, count: 64)
            var count = 0
            let isNamed = unsafe name.withUnsafeMutableBufferPointer { name in
                unsafe EVP_PKEY_get_group_name(key, name.baseAddress, name.count, &count) == 1
            }
            let text = String(
                decoding: name.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return isNamed && text == "prime256v1" ? .es256 : nil
        default: return nil
        }
    }

    /// Whether its private half has signed this text. The signature has the form of RFC 7518 §3.
    func hasSigned(_ text: [UInt8], _ signature: [UInt8]) -> Bool {
        guard algorithm == .es256 else { return verify(text, signature) }
        guard signature.count == 64 else { return false }
        return verify(
            text, DER.sequence(DER.integer(signature[..<32]), DER.integer(signature[32...])))
    }

    private func verify(_ text: [UInt8], _ signature: [UInt8]) -> Bool {
        guard let context = unsafe EVP_MD_CTX_new() else { return false }
        defer {
            unsafe EVP_MD_CTX_free(context)
            // A wrong signature is no news to anybody.
            ERR_clear_error()
        }
        let hash = unsafe algorithm == .edDSA ? nil : EVP_sha256()
        guard unsafe EVP_DigestVerifyInit(context, nil, hash, nil, key) == 1 else { return false }
        return unsafe text.withUnsafeBufferPointer { text in
            unsafe signature.withUnsafeBufferPointer { signature in
                unsafe EVP_DigestVerify(
                    context, signature.baseAddress, signature.count, text.baseAddress, text.count)
                    == 1
            }
        }
    }
}
