// Whether a message speaks to somebody: "@name" in its text.
import CUnicode
import Storage

/// Somebody's name, to look for in texts.
public struct Mention: Sendable {
    private let key: NameKey

    /// Looks for this name, however it is spelled.
    public init(of name: String) { key = NameKey(name) }

    /// Whether a text has `@name`, and not as a part of an address or of a longer name. The text is
    /// as it is in a frame, escaped.
    public func isIn(_ text: Span<UInt8>) -> Bool {
        var index = 0
        while index < text.count {
            guard text[index] == UInt8(ascii: "@") else {
                index += 1
                continue
            }
            let start = index + 1
            var end = start
            while end < text.count, end - start <= 4 * Name.userScalarLimit,
                Self.isPart(text[end])
            {
                end += 1
            }
            if !isInWord(text, index), names(text, start..<end) { return true }
            index = end
        }
        return false
    }

    /// Bytes of a name; what is beyond ASCII may be one.
    private static func isPart(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "."), 0x80...:
            true
        default: false
        }
    }

    /// As in an address: a character of a name stands before the @. Line breaks are escaped: the
    /// `n` of `\n` is none.
    private func isInWord(_ text: Span<UInt8>, _ at: Int) -> Bool {
        guard at > 0, Self.isPart(text[at - 1]), text[at - 1] != UInt8(ascii: "-"),
            text[at - 1] != UInt8(ascii: ".")
        else { return false }
        if text[at - 1] >= 0x80 {
            var start = at - 1
            while start > 0, text[start] & 0xC0 == 0x80 { start -= 1 }
            return text.string(start..<at).unicodeScalars.first.map(Self.isNameCharacter) ?? false
        }
        var escapes = 0
        while at - 2 - escapes >= 0, text[at - 2 - escapes] == UInt8(ascii: "\\") { escapes += 1 }
        return escapes % 2 == 0
    }

    /// Whether the longest name that begins here is the one looked for: `@ann.` at a sentence's end
    /// is, `@anna` and `@ann.b` are not. What no name may have ends it.
    private func names(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        var name = String.UnicodeScalarView()
        for scalar in text.string(range).unicodeScalars {
            guard scalar.value < 0x80 || Self.isNameCharacter(scalar) else { break }
            name.append(scalar)
        }
        while let last = name.last, last == "." || last == "-" { name.removeLast() }
        return !name.isEmpty && NameKey(String(name)) == key
    }

    private static func isNameCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch cunicode_look_up(scalar.value).kind {
        case CUNICODE_LETTER_OR_NUMBER, CUNICODE_SPACING_MARK, CUNICODE_MARK: true
        default: scalar == "\u{200C}" || scalar == "\u{200D}"
        }
    }
}
