// Which words a text has, and which searches find it.
import Storage
import Testing

@testable import ChatRooms

@Suite struct SearchWordTests {
    private func words(_ text: String) -> [String] {
        var words = SearchWords()
        words.read(Array(text.utf8).span)
        return words.ranges.map { String(decoding: words.bytes[$0], as: UTF8.self) }
    }

    /// Whether a search finds a text, which is escaped.
    private func finds(_ query: String, in text: String) -> Bool {
        var words = SearchWords()
        words.read(Array(text.utf8).span)
        return SearchQuery(query).matches(words)
    }

    @Test(arguments: [
        ("Hello, World-wide web_2!", ["hello", "world", "wide", "web", "2"]),
        (#"one\ntwo\tthree\\four \"five\""#, ["one", "two", "three", "four", "five"]),
        (#"a\u0001b\"#, ["a", "b"]), ("", []), ("…!? 👍", []),
        ("Café ÉCOLE naïve", ["cafe", "ecole", "naive"]), ("e\u{301}te\u{301}", ["ete"]),
        ("Straße STRASSE", ["strasse", "strasse"]), ("ﬁne Ａｎｎ", ["fine", "ann"]),
        ("Привет МИР", ["привет", "мир"]), ("שָׁלוֹם", ["שלום"]), ("مُحَمَّد", ["محمد"]),
        ("東京 2x", ["東", "京", "2x"]), ("が", ["か\u{3099}"]), ("a東b", ["a", "東", "b"]),
        ("ไทย", ["ไ", "ท", "ย"]), ("नमस्ते", ["नमस्ते"]),
    ])
    func `Words have one form, and scripts without blanks a word for each character`(
        text: String, expected: [String]
    ) {
        // Equal in bytes, not only canonically.
        #expect(words(text).map { Array($0.utf8) } == expected.map { Array($0.utf8) })
    }

    @Test(arguments: [
        ("hello", "Hello, you", true), ("hello you", "you hello", true), ("hello", "hell", false),
        (#""hello you""#, "you hello", false), (#""hello you""#, "hello, YOU", true),
        ("“hello you”", "you hello", false), ("hel*", "hello", true), ("he*", "hello", false),
        ("he*", "he", true), ("well-known", "it is well known", true),
        ("well-known", "known well", false), ("京", "東京", true), ("東京", "京東", false),
        ("東京", "東京都", true), ("東京", "東大京", false), ("cafe", "Café", true),
        ("CAFÉ", "cafe", true), ("NOT x", "x", false), ("not OR x", "x or not", true),
        ("text:x", "text x", true), ("text:x", "x", false), ("NEAR(a b)", "near a b", true),
        (#"a "b c"#, "c b a", false), (#"a "b c"#, "a b c", true), ("学校*", "学校", true),
        ("학교*", "학교에서", true), ("хор*", "Хорошо", true), ("-x", "x", true), ("^x", "x", true),
    ])
    func `A search finds what has all of its words`(query: String, text: String, isFound: Bool) {
        #expect(finds(query, in: text) == isFound)
    }

    @Test(arguments: ["", " ", "*", "\"\"", "\"", "👍", "--- ()", "\u{0}"])
    func `What has no word is no search`(text: String) {
        #expect(SearchQuery(text).phrases.isEmpty)
    }

    /// Whatever the bytes are, the words are valid, and in order.
    @Test func `Any bytes have words`() {
        var random = SeededGenerator(4)
        var words = SearchWords()
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                let kinds: [ClosedRange<UInt8>] = [0...255, 0x5C...0x5C, 0xC0...0xFF, 0x20...0x7E]
                return UInt8.random(in: kinds.randomElement(using: &random)!, using: &random)
            }
            words.read(bytes.span)
            var end = 0
            for range in words.ranges {
                #expect(range.lowerBound == end && !range.isEmpty)
                end = range.upperBound
            }
            #expect(end == words.bytes.count)
            #expect(String(validating: words.bytes, as: UTF8.self) != nil)
        }
    }
}
