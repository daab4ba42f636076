// The request target as text: percent-decoding and query items.

extension RequestHead {
    /// The percent-decoded path, or nil if the encoding is malformed, contains a NUL, or is not
    /// UTF-8. If an encoded slash matters, split the path into segments before decoding.
    public var decodedPath: String? { Self.percentDecoded(path) }

    /// The text with every `%XX` decoded (RFC 3986 §2.1), or nil if one is malformed or a NUL, or
    /// if the result is not UTF-8.
    public static func percentDecoded(_ text: String) -> String? {
        percentDecoded(text.utf8.span, plusIsSpace: false)
    }

    /// The decoded value of the first query item with this name, in the form encoding of URLs:
    /// `a=1&b=2`, with `+` for a space. An item without `=` has the value "". Nil if there is no
    /// such item, or if it can't be decoded.
    public func queryItem(_ name: String) -> String? {
        let span = bytes.span
        var start = queryRange.lowerBound
        while start < queryRange.upperBound {
            var end = start
            var equals: Int?
            while end < queryRange.upperBound, span[end] != UInt8(ascii: "&") {
                if equals == nil, span[end] == UInt8(ascii: "=") { equals = end }
                end += 1
            }
            let key = span.extracting(start..<(equals ?? end))
            if Self.percentDecoded(key, plusIsSpace: true) == name {
                let value = span.extracting((equals.map { $0 + 1 } ?? end)..<end)
                return Self.percentDecoded(value, plusIsSpace: true)
            }
            start = end + 1
        }
        return nil
    }

    private static func percentDecoded(_ text: Span<UInt8>, plusIsSpace: Bool) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            var byte = text[index]
            if byte == UInt8(ascii: "%") {
                guard index + 2 < text.count, let high = HTTPGrammar.hexValue(text[index + 1]),
                    let low = HTTPGrammar.hexValue(text[index + 2])
                else { return nil }
                byte = high << 4 | low
                if byte == 0 { return nil }
                index += 2
            } else if plusIsSpace && byte == UInt8(ascii: "+") {
                byte = 0x20
            }
            decoded.append(byte)
            index += 1
        }
        return String(validating: decoded, as: UTF8.self)
    }
}
