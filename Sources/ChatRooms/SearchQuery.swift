// What somebody searches for: words, the beginnings of words, and phrases, all of which a text must
// have.
import Storage

/// A search, taken apart.
public struct SearchQuery: Sendable, Equatable {
    /// Words that stand one behind the other; most phrases have one.
    public struct Phrase: Sendable, Equatable {
        /// In the form of ``SearchWords``.
        public var words: [[UInt8]]
        /// The last word may go on.
        public var isPrefix = false
    }

    /// All of them must be in a text.
    public private(set) var phrases: [Phrase] = []

    /// The most characters of a search, and the most phrases.
    static var scalarLimit: Int { 200 }
    static var phraseLimit: Int { 10 }
    /// The fewest characters of a word that may go on.
    public static var prefixScalarCount: Int { 3 }

    /// Takes a search apart: what stands in quotation marks is a phrase, and so is what becomes
    /// several words without a blank between them ("well-known"). A word with `*` behind it may go
    /// on, if it has three characters. All other characters mean nothing. Without a word there are
    /// no phrases.
    init(_ text: String) {
        var part = ""
        var isQuoted = false
        for character in text.unicodeScalars {
            switch character {
            case "\"", "“", "”", "„":
                add(part, isQuoted: isQuoted)
                part = ""
                isQuoted.toggle()
            case " ", "\n", "\r", "\t", "\u{A0}", "\u{3000}":
                if isQuoted {
                    part.unicodeScalars.append(" ")
                } else {
                    add(part, isQuoted: false)
                    part = ""
                }
            default: part.unicodeScalars.append(character)
            }
        }
        add(part, isQuoted: isQuoted)
    }

    private mutating func add(_ part: String, isQuoted: Bool) {
        var words = SearchWords()
        words.read(part.utf8Span.span, isEscaped: false)
        guard let last = words.ranges.last else { return }
        var phrase = Phrase(words: words.ranges.map { Array(words.bytes[$0]) })
        let scalarCount = words.bytes[last].count { $0 & 0xC0 != 0x80 }
        phrase.isPrefix =
            !isQuoted && part.hasSuffix("*") && scalarCount >= Self.prefixScalarCount
        if !phrases.contains(phrase) { phrases.append(phrase) }
    }

    /// Whether a text with these words is found.
    public func matches(_ text: borrowing SearchWords) -> Bool {
        for phrase in phrases where !Self.has(text, phrase) { return false }
        return true
    }

    private static func has(_ text: borrowing SearchWords, _ phrase: Phrase) -> Bool {
        let count = phrase.words.count
        guard text.ranges.count >= count else { return false }
        starts: for start in 0...text.ranges.count - count {
            for index in 0..<count {
                let isOpen = phrase.isPrefix && index == count - 1
                guard isSame(text, start + index, phrase.words[index], isOpen: isOpen) else {
                    continue starts
                }
            }
            return true
        }
        return false
    }

    private static func isSame(
        _ text: borrowing SearchWords, _ index: Int, _ word: [UInt8], isOpen: Bool
    ) -> Bool {
        let range = text.ranges[index]
        guard range.count == word.count || (isOpen && range.count > word.count) else {
            return false
        }
        for offset in word.indices where text.bytes[range.lowerBound + offset] != word[offset] {
            return false
        }
        return true
    }
}
