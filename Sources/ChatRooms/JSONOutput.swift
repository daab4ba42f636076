// Writes JSON by appending to a byte array: no tree, no intermediate strings.
import Storage

extension ByteBuffer {
    /// Appends a string with its quotes, escaping only what RFC 8259 §7 says must be.
    mutating func append(quoted text: borrowing String) {
        let bytes = text.utf8Span.span
        append(quoted: bytes, 0..<bytes.count)
    }

    /// Appends UTF-8 bytes as a JSON string with its quotes. Each string has exactly one such form,
    /// so two strings are equal exactly when their forms are.
    mutating func append(quoted bytes: Span<UInt8>, _ range: Range<Int>) {
        append(UInt8(ascii: "\""))
        append(escaped: bytes, range)
        append(UInt8(ascii: "\""))
    }

    /// The same without the quotes. Runs of bytes that need no escape are copied whole.
    mutating func append(escaped bytes: Span<UInt8>, _ range: Range<Int>) {
        var runStart = range.lowerBound
        for index in range {
            let byte = bytes[index]
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else {
                continue
            }
            append(bytes.extracting(runStart..<index))
            append(escapeOf: byte)
            runStart = index + 1
        }
        append(bytes.extracting(runStart..<range.upperBound))
    }

    private mutating func append(escapeOf byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case 0x0A: append("\\n")
        case 0x0D: append("\\r")
        case 0x09: append("\\t")
        default:
            append("\\u00")
            append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            append(hexDigit(byte & 15))
        }
    }
}

private func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
