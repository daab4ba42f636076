// base64url without padding (RFC 4648 §5), as tokens and keys are written (RFC 7515 §2).

enum Base64URL {
    static func encode(_ bytes: some Sequence<UInt8>) -> String {
        var text = ""
        var (bits, count): (UInt32, Int) = (0, 0)
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(digit(bits >> UInt32(count) & 63))
            }
        }
        if count > 0 { text.append(digit(bits << UInt32(6 - count) & 63)) }
        return text
    }

    /// Reads the one written form of some bytes; nil for anything else: padding, other characters,
    /// or bits that are left over and not zero.
    static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var bytes: [UInt8] = []
        var (bits, count): (UInt32, Int) = (0, 0)
        for byte in text.utf8 {
            guard let value = value(of: byte) else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        // What is left over is less than a character's bits, and zero.
        guard count < 6, bits & (1 << UInt32(count) - 1) == 0 else { return nil }
        return bytes
    }

    private static func digit(_ value: UInt32) -> Character {
        switch value {
        case 0..<26: Character(UnicodeScalar(UInt8(value) + UInt8(ascii: "A")))
        case 26..<52: Character(UnicodeScalar(UInt8(value - 26) + UInt8(ascii: "a")))
        case 52..<62: Character(UnicodeScalar(UInt8(value - 52) + UInt8(ascii: "0")))
        case 62: "-"
        default: "_"
        }
    }

    private static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case 0x41...0x5A: byte - 0x41
        case 0x61...0x7A: byte - 0x61 + 26
        case 0x30...0x39: byte - 0x30 + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
