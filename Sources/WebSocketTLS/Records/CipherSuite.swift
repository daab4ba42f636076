// The cipher suites whose records we seal and open ourselves.

/// A cipher suite of TLS 1.3 (RFC 8446 §B.4). Its raw value is the low byte of the suite's code;
/// the high byte is 0x13.
package enum CipherSuite: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    /// TLS_AES_128_GCM_SHA256.
    case aes128GCM = 1
    /// TLS_AES_256_GCM_SHA384.
    case aes256GCM = 2
    /// TLS_CHACHA20_POLY1305_SHA256.
    case chaCha20Poly1305 = 3

    /// The suite with this code on the wire; nil if it is another.
    package init?(code: UInt16) {
        guard code >> 8 == 0x13 else { return nil }
        self.init(rawValue: UInt8(truncatingIfNeeded: code))
    }

    /// How long a traffic secret is: the output of the suite's hash, in bytes.
    package var secretByteCount: Int { self == .aes256GCM ? 48 : 32 }

    /// How long a key is, in bytes.
    package var keyByteCount: Int { self == .aes128GCM ? 16 : 32 }
}
