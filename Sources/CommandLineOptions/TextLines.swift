// Text that people have written, in lines: with the line ends of any editor, with or without a byte
// order mark.

/// The lines of a file that a person has edited.
///
/// A line ends with LF, CRLF or CR, also mixed in one file. A byte order mark of UTF-8 is skipped.
/// Swift's own `split(separator: "\n")` does not do: `"\r\n"` is one `Character`, and another one.
public struct TextLines: Sendable {
    /// One line, without its end.
    public struct Line: Equatable, Sendable {
        /// The line's number, from 1.
        public let number: Int
        /// Its text; bytes that are not UTF-8 are replaced by U+FFFD.
        public let text: String
        /// Whether it is valid UTF-8.
        public let isUTF8: Bool
    }

    /// All lines, empty ones included.
    public let lines: [Line]

    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    /// Takes a file's bytes apart. `path` names the file in errors. Throws if it is not text in
    /// UTF-8 at all: if it begins with a byte order mark of UTF-16 or UTF-32, or has a NUL byte.
    public init(_ bytes: [UInt8], path: String) throws(ConfigurationError) {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF])
            || bytes.starts(with: [0x00, 0x00, 0xFE, 0xFF])
        {
            throw ConfigurationError(sentences: [
                "\(path) is in UTF-16 or UTF-32. Save it in UTF-8."
            ])
        }
        var rest = bytes[...]
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest = rest.dropFirst(3) }
        var lines: [Line] = []
        while true {
            let end = rest.firstIndex { $0 == Self.lineFeed || $0 == Self.carriageReturn }
            let line = rest[..<(end ?? rest.endIndex)]
            if line.contains(0) {
                throw ConfigurationError(sentences: [
                    "\(path):\(lines.count + 1): There is a NUL byte: the file is damaged, or is no "
                        + "text in UTF-8."
                ])
            }
            let valid = String(validating: line, as: UTF8.self)
            lines.append(
                Line(
                    number: lines.count + 1, text: valid ?? String(decoding: line, as: UTF8.self),
                    isUTF8: valid != nil))
            guard let end else { break }
            let isPair =
                rest[end] == Self.carriageReturn && end + 1 < rest.endIndex
                && rest[end + 1] == Self.lineFeed
            rest = rest[(end + (isPair ? 2 : 1))...]
        }
        self.lines = lines
    }
}

extension StringProtocol {
    /// The text without white space at its ends: blanks of all kinds, such as the no-break space,
    /// and invisible marks that editors and web pages leave behind (U+200B, U+2060, U+FEFF).
    public var trimmed: Substring {
        let scalars = Substring(self).unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.isBlank }),
            let last = scalars.lastIndex(where: { !$0.isBlank })
        else { return "" }
        return Substring(scalars[first...last])
    }
}

extension Unicode.Scalar {
    fileprivate var isBlank: Bool {
        properties.isWhitespace || [0x200B, 0x2060, 0xFEFF].contains(value)
    }
}
