// Scans numbers (RFC 8259 §6) and strings (§7) with their UTF-8 (RFC 3629 §4).

extension JSONScanner {
    mutating func number(_ bytes: Span<UInt8>) throws(Malformed) -> JSONValue {
        let start = position
        if peek(bytes) == UInt8(ascii: "-") {
            position += 1
        }
        if peek(bytes) == UInt8(ascii: "0") {
            position += 1
        } else {
            try digits(bytes)
        }
        if peek(bytes) == UInt8(ascii: ".") {
            position += 1
            try digits(bytes)
        }
        if peek(bytes) | 0x20 == UInt8(ascii: "e") {
            position += 1
            if peek(bytes) == UInt8(ascii: "+") || peek(bytes) == UInt8(ascii: "-") {
                position += 1
            }
            try digits(bytes)
        }
        return JSONValue(kind: .number, start: UInt32(start), end: UInt32(position))
    }

    /// Scans one digit or more.
    private mutating func digits(_ bytes: Span<UInt8>) throws(Malformed) {
        let start = position
        while peek(bytes) &- 0x30 < 10 {
            position += 1
        }
        guard position > start else { throw Malformed() }
    }

    /// Scans a string, from its opening quote to after its closing quote. Lone surrogates, as
    /// escapes or as encoded bytes, are refused: they are not text.
    mutating func string(_ bytes: Span<UInt8>) throws(Malformed) -> JSONValue {
        let start = position + 1
        // How far escapes and multi-byte sequences make the text shorter than its bytes here.
        var surplusScalars = 0
        var surplusBytes = 0
        var hasEscapes = false
        var index = start
        while true {
            index = bytes.skippingPlainText(from: index)
            guard index < bytes.count else { throw Malformed() }
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                let (length, textByteCount) = try escape(bytes, at: index)
                hasEscapes = true
                index += length
                surplusScalars += length - 1
                surplusBytes += length - textByteCount
            } else if byte >= 0x80 {
                let length = try multiByte(bytes, at: index)
                index += length
                surplusScalars += length - 1
            } else if byte >= 0x20 {
                hasEscapes = hasEscapes || byte == 0x7F
                index += 1
            } else {
                throw Malformed()
            }
        }
        position = index + 1
        return JSONValue(
            kind: .string, hasEscapes: hasEscapes, start: UInt32(start), end: UInt32(index),
            scalarCount: UInt32(index - start - surplusScalars),
            textByteCount: UInt32(index - start - surplusBytes))
    }

    /// Checks the escape at `index`. Returns its length, and the length of the UTF-8 it encodes.
    private func escape(
        _ bytes: Span<UInt8>, at index: Int
    ) throws(Malformed) -> (length: Int, textByteCount: Int) {
        guard index + 1 < bytes.count else { throw Malformed() }
        switch bytes[index + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return (2, 1)
        case UInt8(ascii: "u"):
            guard let unit = Self.hexadecimal(bytes, at: index + 2) else { throw Malformed() }
            if unit & 0xF800 != 0xD800 {
                return (6, unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3)
            }
            guard unit < 0xDC00, index + 7 < bytes.count,
                bytes[index + 6] == UInt8(ascii: "\\"), bytes[index + 7] == UInt8(ascii: "u"),
                let low = Self.hexadecimal(bytes, at: index + 8), low & 0xFC00 == 0xDC00
            else { throw Malformed() }
            return (12, 4)
        default: throw Malformed()
        }
    }

    /// The value of four hexadecimal digits; nil if there are not four.
    static func hexadecimal(_ bytes: Span<UInt8>, at index: Int) -> UInt32? {
        guard index + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for offset in 0..<4 {
            let digit: UInt8
            switch bytes[index + offset] {
            case let byte where byte &- 0x30 < 10: digit = byte - 0x30
            case let byte where (byte | 0x20) &- 0x61 < 6: digit = (byte | 0x20) - 0x61 + 10
            default: return nil
            }
            value = value << 4 | UInt32(digit)
        }
        return value
    }

    /// The length of the well-formed sequence at `index`, which begins with a byte from 0x80 up.
    /// The ranges are from table 3-7 of the Unicode Standard.
    private func multiByte(_ bytes: Span<UInt8>, at index: Int) throws(Malformed) -> Int {
        let first = bytes[index]
        let length: Int
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch first {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        case 0xF1...0xF3: length = 4
        default: throw Malformed()
        }
        guard index + length <= bytes.count, second.contains(bytes[index + 1]) else {
            throw Malformed()
        }
        for offset in 2..<max(length, 2) where bytes[index + offset] & 0xC0 != 0x80 {
            throw Malformed()
        }
        return length
    }
}
