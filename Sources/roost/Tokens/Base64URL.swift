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
        var decoder = Decoder(digitCount: text.utf8.count)
        for digit in text.utf8 { guard decoder.take(digit) else { return nil } }
        return decoder.isWhole ? decoder.bytes : nil
    }

    /// The same from bytes that are no string.
    static func decode(digits: Span<UInt8>) -> [UInt8]? {
        var decoder = Decoder(digitCount: digits.count)
        for index in digits.indices { guard decoder.take(digits[index]) else { return nil } }
        return decoder.isWhole ? decoder.bytes : nil
    }

    private struct Decoder {
        private(set) var bytes: [UInt8] = []
        private var bits: UInt32 = 0
        private var count = 0

        init(digitCount: Int) { bytes.reserveCapacity(digitCount * 3 / 4) }

        /// Takes the next digit; false if it is none.
        mutating func take(_ digit: UInt8) -> Bool {
            guard let value = Base64URL.value(of: digit) else { return false }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
            return true
        }

        /// What is left over is less than a digit's bits, and zero.
        var isWhole: Bool { count < 6 && bits & (1 << UInt32(count) - 1) == 0 }
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
