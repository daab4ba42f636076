// The percent encoding of URIs (RFC 3986 §2.1), and the normal form of a path (§6.2.2).

enum PercentEncoding {
    /// The byte that "%XX" at `index` stands for; nil if that is malformed.
    static func byte(in text: Span<UInt8>, at index: Int) -> UInt8? {
        guard index + 2 < text.count, let high = HTTPGrammar.hexValue(text[index + 1]),
            let low = HTTPGrammar.hexValue(text[index + 2])
        else { return nil }
        return high << 4 | low
    }

    /// Whether every percent sign is followed by two hexadecimal digits.
    static func isValid(_ text: Span<UInt8>) -> Bool {
        var index = 0
        while let percent = text.firstIndex(of: UInt8(ascii: "%"), from: index) {
            if byte(in: text, at: percent) == nil { return false }
            index = percent + 3
        }
        return true
    }

    /// The decoded text; nil if an encoding is malformed or that of a NUL, or if the result is not
    /// UTF-8.
    static func decoded(_ text: Span<UInt8>, plusIsSpace: Bool) -> String? {
        var decoded: [UInt8] = []
        decoded.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            var next = text[index]
            if next == UInt8(ascii: "%") {
                guard let byte = byte(in: text, at: index), byte != 0 else { return nil }
                next = byte
                index += 2
            } else if plusIsSpace && next == UInt8(ascii: "+") {
                next = 0x20
            }
            decoded.append(next)
            index += 1
        }
        return String(validating: decoded, as: UTF8.self)
    }

    // MARK: The normal form of a path

    /// Whether a path may differ from its normal form: it has a percent sign or a segment that
    /// begins with a dot.
    static func needsNormalizing(_ path: Span<UInt8>) -> Bool {
        if path.firstIndex(of: UInt8(ascii: "%"), from: 0) != nil { return true }
        var index = 0
        while let slash = path.firstIndex(of: UInt8(ascii: "/"), from: index) {
            index = slash + 1
            if index < path.count, path[index] == UInt8(ascii: ".") { return true }
        }
        return false
    }

    /// The normal form of a valid path that begins with a slash: unreserved characters are not
    /// encoded, the digits of all others are upper case, and there are no segments "." and "..".
    static func normalPath(_ path: Span<UInt8>) -> String {
        var plain: [UInt8] = []
        plain.reserveCapacity(path.count)
        var index = 0
        while index < path.count {
            guard path[index] == UInt8(ascii: "%"), let byte = byte(in: path, at: index) else {
                plain.append(path[index])
                index += 1
                continue
            }
            if HTTPGrammar.isUnreserved(byte) {
                plain.append(byte)
            } else {
                plain.append(path[index])
                plain.append(HTTPGrammar.uppercased(path[index + 1]))
                plain.append(HTTPGrammar.uppercased(path[index + 2]))
            }
            index += 3
        }
        return withoutDotSegments(plain).span.text
    }

    /// RFC 3986 §5.2.4, for a path that begins with a slash.
    private static func withoutDotSegments(_ path: [UInt8]) -> [UInt8] {
        let segments = path.dropFirst().split(
            separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        var kept: [ArraySlice<UInt8>] = []
        for (index, segment) in segments.enumerated() {
            let isParent = segment.elementsEqual("..".utf8)
            guard isParent || segment.elementsEqual(".".utf8) else {
                kept.append(segment)
                continue
            }
            if isParent { _ = kept.popLast() }
            // "/a/." and "/a/b/.." mean the folder, "/a/".
            if index == segments.count - 1 { kept.append([]) }
        }
        return Array(kept.map { [UInt8(ascii: "/")] + $0 }.joined())
    }
}
