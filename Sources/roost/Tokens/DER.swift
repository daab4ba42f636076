// The little of DER (ITU-T X.690) that turns keys and signatures of the JSON formats into those of
// libcrypto.

enum DER {
    static func sequence(_ parts: [UInt8]...) -> [UInt8] { element(0x30, parts.flatMap { $0 }) }

    /// A whole number that is not negative, its highest byte first.
    static func integer(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let digits = Array(bytes.drop { $0 == 0 })
        let isHigh = digits.first.map { $0 & 0x80 != 0 } ?? true
        return element(0x02, (isHigh ? [0] : []) + digits)
    }

    static func bitString(_ bytes: [UInt8]) -> [UInt8] { element(0x03, [0] + bytes) }

    private static func element(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        var rest = content.count
        while rest > 0 {
            length.insert(UInt8(truncatingIfNeeded: rest), at: 0)
            rest >>= 8
        }
        guard content.count >= 0x80 else { return [tag, UInt8(content.count)] + content }
        return [tag, 0x80 | UInt8(length.count)] + length + content
    }

    // MARK: Keys (SubjectPublicKeyInfo, RFC 5280 §4.1)

    private static let rsa: [UInt8] = [
        0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
    ]
    private static let p256: [UInt8] = [
        0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01,
        0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07,
    ]
    private static let ed25519: [UInt8] = [0x06, 0x03, 0x2B, 0x65, 0x70]

    static func rsaKey(modulus: [UInt8], exponent: [UInt8]) -> [UInt8] {
        sequence(sequence(rsa), bitString(sequence(integer(modulus), integer(exponent))))
    }

    static func p256Key(x: [UInt8], y: [UInt8]) -> [UInt8] {
        sequence(sequence(p256), bitString([0x04] + x + y))
    }

    static func ed25519Key(_ x: [UInt8]) -> [UInt8] {
        sequence(sequence(ed25519), bitString(x))
    }
}
