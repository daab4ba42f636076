// What the scanner reports about one JSON value: its range, and facts found while scanning.

/// A value inside a command, as a range of the command's bytes.
struct JSONValue {
    enum Kind: UInt8 {
        case missing, null, `false`, `true`, number, string, array, object
    }

    var kind = Kind.missing
    /// The value is a string with at least one backslash: its bytes are not its text. Also set for
    /// DEL, the one control character that needs no escape.
    var hasEscapes = false
    /// The bytes of the value; for a string, the bytes between the quotes.
    var start: UInt32 = 0
    var end: UInt32 = 0
    /// For a string: the number of Unicode scalars of its unescaped text.
    var scalarCount: UInt32 = 0
    /// For a string: the number of UTF-8 bytes of its unescaped text.
    var textByteCount: UInt32 = 0

    /// Whether a string is printable ASCII: no escapes, no DEL, nothing beyond.
    @inline(__always)
    var isPrintable: Bool { !hasEscapes && scalarCount == end - start }

    var range: Range<Int> { Int(start)..<Int(end) }
}

extension JSONValue {
    /// The text of a scanned string, unescaped.
    func text(in bytes: Span<UInt8>) -> String {
        guard hasEscapes else { return bytes.string(range) }
        let unescaped = textBytes(in: bytes)
        return String(decoding: unescaped, as: UTF8.self)
    }

    /// The UTF-8 of a scanned string, unescaped. The scanner has checked every escape, so they are
    /// only decoded here.
    func textBytes(in bytes: Span<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Int(textByteCount))
        var index = Int(start)
        while index < Int(end) {
            let byte = bytes[index]
            guard byte == UInt8(ascii: "\\") else {
                result.append(byte)
                index += 1
                continue
            }
            switch bytes[index + 1] {
            case UInt8(ascii: "b"): result.append(0x08)
            case UInt8(ascii: "f"): result.append(0x0C)
            case UInt8(ascii: "n"): result.append(0x0A)
            case UInt8(ascii: "r"): result.append(0x0D)
            case UInt8(ascii: "t"): result.append(0x09)
            case UInt8(ascii: "u"):
                var value = JSONScanner.hexadecimal(bytes, at: index + 2) ?? 0xFFFD
                if value & 0xFC00 == 0xD800 {
                    let low = JSONScanner.hexadecimal(bytes, at: index + 8) ?? 0xDC00
                    value = 0x10000 + (value & 0x3FF) << 10 + low & 0x3FF
                    index += 6
                }
                let scalar = Unicode.Scalar(value) ?? "\u{FFFD}"
                result.append(contentsOf: UTF8.encode(scalar)!)
                index += 4
            case let plain: result.append(plain)
            }
            index += 2
        }
        return result
    }

    /// The value of a number without fraction or exponent that fits `Int`; nil for any other.
    func integer(in bytes: Span<UInt8>) -> Int? {
        var index = Int(start)
        let isNegative = bytes[index] == UInt8(ascii: "-")
        if isNegative {
            index += 1
        }
        var value = 0
        while index < Int(end) {
            let digit = Int(bytes[index]) - 0x30
            guard (0...9).contains(digit) else { return nil }
            let (shifted, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(digit)
            guard !overflow && !carry else { return nil }
            value = sum
            index += 1
        }
        return isNegative ? -value : value
    }
}
