// A text as a search sees it: its words in one form, whatever their case and their accents.
import CUnicode
import Storage

/// The words of a text, in order. One value is used for many texts, and keeps its memory.
///
/// A word is a run of what Unicode counts as L, N and M. Its form is NFKC_Casefold in
/// decomposed form, without accents and other marks that stand above or below. Scripts that write
/// no blanks between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese) have each character as a
/// word of its own. The rules are those of `CUnicode`, the same on every machine.
public struct SearchWords {
    /// The words' UTF-8, one behind the other.
    public private(set) var bytes: [UInt8] = []
    /// Where the words are.
    public private(set) var ranges: [Range<Int>] = []

    /// By which rules words are made: the version of Unicode, and the rules here. An index that
    /// was made by others is made anew.
    public static var rules: Int64 { Int64(NameCharacters.unicodeVersion << 8 | 1) }

    private var start = 0
    /// The word at hand is one character of a script without blanks, and what belongs to it.
    private var isCharacter = false
    private var decomposed: [UInt32] = []
    private var folded: [UInt32] = []

    /// No words yet.
    public init() {}

    /// Reads a text as it stands in a frame: an escape is a character that ends a word.
    public mutating func read(_ text: Span<UInt8>) { read(text, isEscaped: true) }

    /// Reads a text of UTF-8.
    mutating func read(_ text: Span<UInt8>, isEscaped: Bool) {
        bytes.removeAll(keepingCapacity: true)
        ranges.removeAll(keepingCapacity: true)
        start = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            switch byte {
            case 0x61...0x7A, 0x30...0x39:
                append(byte)
                index += 1
            case 0x41...0x5A:
                append(byte | 0x20)
                index += 1
            case 0x5C where isEscaped:
                endWord()
                let isLong = index + 1 < text.count && text[index + 1] == UInt8(ascii: "u")
                index += isLong ? 6 : 2
            case 0..<0x80:
                endWord()
                index += 1
            default: index = readScalar(text, at: index)
            }
        }
        endWord()
    }

    private mutating func append(_ byte: UInt8) {
        if isCharacter { endWord() }
        bytes.append(byte)
    }

    private mutating func endWord() {
        isCharacter = false
        if bytes.count > start { ranges.append(start..<bytes.count) }
        start = bytes.count
    }

    /// Returns the index behind it. What is no UTF-8 ends a word.
    private mutating func readScalar(_ text: Span<UInt8>, at index: Int) -> Int {
        let lead = text[index]
        let count = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        guard lead >= 0xC2, index + count <= text.count else {
            endWord()
            return index + 1
        }
        var scalar = UInt32(lead) & (0x7F >> UInt32(count))
        for next in index + 1..<index + count { scalar = scalar << 6 | UInt32(text[next] & 0x3F) }
        decomposed.removeAll(keepingCapacity: true)
        NameCharacters.appendDecomposition(scalar, to: &decomposed)
        folded.removeAll(keepingCapacity: true)
        for part in decomposed { NameCharacters.appendFold(part, to: &folded) }
        for part in folded { add(part) }
        return index + count
    }

    private mutating func add(_ scalar: UInt32) {
        if scalar < 0x80 {
            let isInWord = (0x61...0x7A).contains(scalar) || (0x30...0x39).contains(scalar)
            return isInWord ? append(UInt8(scalar)) : endWord()
        }
        let character = cunicode_look_up(scalar)
        switch character.kind {
        case CUNICODE_LETTER_OR_NUMBER:
            let stands = Self.standsAlone(scalar)
            if stands || isCharacter { endWord() }
            isCharacter = stands
        case CUNICODE_MARK, CUNICODE_SPACING_MARK:
            // Below 10 are marks that make something else of a character: が is not か.
            guard character.combining_class < 10, bytes.count > start else { return }
        default: return endWord()
        }
        guard let scalar = Unicode.Scalar(scalar) else { return }
        bytes.append(contentsOf: UTF8.encode(scalar)!)
    }

    /// Whether it is of a script that has no blanks between words.
    private static func standsAlone(_ scalar: UInt32) -> Bool {
        switch scalar {
        case ..<0xE00: false
        // Thai and Lao, Burmese, Khmer.
        case 0xE00...0xEFF, 0x1000...0x109F, 0x1780...0x17FF: true
        // Chinese characters, and both kinds of kana.
        case 0x3005...0x3007, 0x3040...0x30FF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
            0xF900...0xFAFF, 0x20000...0x3FFFF:
            true
        default: false
        }
    }
}
