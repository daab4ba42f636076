// The request target as text: percent-decoding and query items.

extension RequestHead {
    /// The percent-decoded ``path``, or nil if it contains a NUL or is not UTF-8. If an encoded
    /// slash matters, split the path into segments before decoding.
    public var decodedPath: String? { Self.percentDecoded(path) }

    /// The text with every `%XX` decoded (RFC 3986 §2.1), or nil if one is malformed or a NUL, or
    /// if the result is not UTF-8.
    public static func percentDecoded(_ text: String) -> String? {
        PercentEncoding.decoded(text.utf8.span, plusIsSpace: false)
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
            if PercentEncoding.decoded(key, plusIsSpace: true) == name {
                let value = span.extracting((equals.map { $0 + 1 } ?? end)..<end)
                return PercentEncoding.decoded(value, plusIsSpace: true)
            }
            start = end + 1
        }
        return nil
    }
}
