// Text of others on a terminal: shown, and not obeyed.
import SystemdSupport
import Testing

@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("plain text, straße, 日本語, 👩‍👩‍👧, שלום", nil),
        ("a\tb\nc", "a\tb<U+000A>c"),
        // Clear the screen, the window's title (OSC), an answer into the keyboard's input (DSR).
        ("\u{1B}[2J\u{1B}[H", "<U+001B>[2J<U+001B>[H"),
        ("\u{1B}]0;owned\u{07}", "<U+001B>]0;owned<U+0007>"),
        ("\u{9B}6n", "<U+009B>6n"), ("\u{9D}0;x\u{9C}", "<U+009D>0;x<U+009C>"),
        ("a\u{8}\u{7F}\0", "a<U+0008><U+007F><U+0000>"),
        // A return would let the next characters overwrite the line.
        ("good\rbad", "good<U+000D>bad"), ("a\r", "a<U+000D>"), ("\r\r", "<U+000D><U+000D>"),
        ("\u{202E}txt.exe\u{202C}", "<U+202E>txt.exe<U+202C>"),
        ("\u{2066}a\u{2069}", "<U+2066>a<U+2069>"), ("a\u{2028}b", "a<U+2028>b"),
        // Characters that belong together with what follows.
        ("\u{1B}\u{301}[2J", "<U+001B>\u{301}[2J"), ("\r\u{200D}", "<U+000D>\u{200D}"),
        // Marks that right-to-left texts need order only themselves.
        ("a\u{200F}b", nil),
    ])
    func `What a terminal would obey is shown`(text: String, shown: String?) {
        #expect(TerminalText.line(text) == shown ?? text)
    }

    @Test func `Lines stay lines, with any line ends`() {
        #expect(TerminalText.lines("a\nb\tc\r\nd\re\u{1B}") == "a\nb\tc\nd<U+000D>e<U+001B>")
        #expect(TerminalText.line("a\r\nb") == "a<U+000D><U+000A>b")
    }

    @Test func `Nothing that is left is a control character`() {
        let all = (0...0x10FFFF).compactMap(Unicode.Scalar.init).filter {
            $0.properties.generalCategory == .control || (0x202A...0x202E).contains($0.value)
                || (0x2066...0x2069).contains($0.value)
        }
        #expect(all.count == 74)
        for scalar in all where scalar != "\t" {
            let shown = TerminalText.line("a\(scalar)b")
            #expect(shown.unicodeScalars.allSatisfy { $0.isASCII && $0.value >= 0x20 }, "\(shown)")
        }
    }
}
