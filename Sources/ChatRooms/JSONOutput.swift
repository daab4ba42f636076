// Writes JSON by appending to a byte array: no tree, no intermediate strings.

extension ByteBuffer {
    /// Appends a whole number in decimal.
    mutating func put(number: Int) {
        if number < 0 {
            append(UInt8(ascii: "-"))
        }
        var rest = number.magnitude
        var digits = InlineArray<20, UInt8>(repeating: 0)
        var start = 20
        repeat {
            start -= 1
            digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        put(digits.span, start..<20)
    }

    /// Appends a string with its quotes, escaping only what RFC 8259 §7 says must be.
    mutating func put(quoted text: borrowing String) {
        let bytes = text.utf8Span.span
        put(quoted: bytes, 0..<bytes.count)
    }

    /// Appends UTF-8 bytes as a JSON string with its quotes. One string has one such form, so two
    /// of them are equal exactly when their bytes are.
    mutating func put(quoted bytes: Span<UInt8>, _ range: Range<Int>) {
        append(UInt8(ascii: "\""))
        put(escaped: bytes, range)
        append(UInt8(ascii: "\""))
    }

    /// The same without the quotes.
    mutating func put(escaped bytes: Span<UInt8>, _ range: Range<Int>) {
        for index in range {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\""): put("\\\"")
            case UInt8(ascii: "\\"): put("\\\\")
            case 0x0A: put("\\n")
            case 0x0D: put("\\r")
            case 0x09: put("\\t")
            case 0..<0x20:
                put("\\u00")
                append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
                append(hexDigit(byte & 15))
            default: append(byte)
            }
        }
    }
}

private func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
