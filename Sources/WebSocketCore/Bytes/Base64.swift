// Base64 (RFC 4648 §4), for the two short values of the opening handshake.

enum Base64 {
    /// Writes the base64 of `source` to `text`. `text` must have exactly four characters for every
    /// three bytes, the last group padded with `=`; anything else ends the process.
    static func encode(_ source: Span<UInt8>, into text: inout MutableSpan<UInt8>) {
        precondition(text.count == (source.count + 2) / 3 * 4)
        for group in 0..<text.count / 4 {
            var bits: UInt32 = 0
            for place in 0..<3 {
                let index = group * 3 + place
                bits = bits << 8 | (index < source.count ? UInt32(source[index]) : 0)
            }
            let digitCount = min(3, source.count - group * 3) + 1
            for place in 0..<4 {
                let sextet = UInt8(truncatingIfNeeded: bits >> UInt32(18 - 6 * place)) & 63
                text[group * 4 + place] = place < digitCount ? digit(sextet) : UInt8(ascii: "=")
            }
        }
    }

    @inline(__always)
    private static func digit(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}
