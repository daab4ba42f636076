// Files as people write them: the line ends, marks and encodings of all editors.
import CommandLineOptions
import Testing

@testable import roost

@Suite struct TextLinesTests {
    private static let wanted = ["--max-message=1K", "--origin=a.org", "--reuse-port"]

    private func arguments(_ bytes: [UInt8]) throws -> [String] {
        try ConfigurationFile(bytes, path: "F").arguments(
            for: Serve.self, excluding: Settings.commandLineOnly)
    }

    private func sentences(_ bytes: [UInt8]) -> [String] {
        do {
            _ = try arguments(bytes)
            return []
        } catch {
            return (error as? ConfigurationError)?.sentences ?? ["\(error)"]
        }
    }

    @Test(arguments: [
        "# é\nmax-message = 1K\n\norigin = a.org\nreuse-port = yes\n",
        "# é\r\nmax-message = 1K\r\n\r\norigin = a.org\r\nreuse-port = yes\r\n",
        "# é\rmax-message = 1K\r\rorigin = a.org\rreuse-port = yes\r",
        // Mixed, and without an end of the last line.
        "# é\r\nmax-message = 1K\n\rorigin = a.org\r\r\nreuse-port = yes",
        "max-message = 1K\rorigin = a.org\nreuse-port = yes\r",
        // Byte order marks: of the file, and of files that were put together.
        "\u{FEFF}max-message = 1K\r\norigin = a.org\r\nreuse-port = yes\r\n",
        "\u{FEFF}# é\rmax-message = 1K\n\u{FEFF}origin = a.org\n\u{FEFF}\nreuse-port = yes",
        // Tabs, and blanks that look like any other.
        "\tmax-message\t=\t1K\t\n \u{A0}origin\u{A0}=\u{A0}a.org\u{A0} \n\u{3000}reuse-port=yes\u{200B}",
        "max-message = 1K \u{B}\u{C}\norigin = a.org\u{85}\nreuse-port = yes\u{2028}",
    ])
    func `A file reads the same with the line ends of any editor`(text: String) throws {
        #expect(try arguments(Array(text.utf8)) == Self.wanted)
    }

    @Test func `Errors count lines as an editor does`() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["# a", "", "nonsense", "max-message = 1K", "more"].joined(separator: end)
            let said = sentences(Array(text.utf8))
            #expect(said.count == 2 && said[0].hasPrefix("F:3:") && said[1].hasPrefix("F:5:"))
        }
    }

    @Test(
        arguments: [
            (
                [0xFF, 0xFE] + "max-message = 1K\n".utf16.flatMap { [UInt8($0), 0] },
                "F is in UTF-16"
            ),
            (
                [0xFE, 0xFF] + "max-message = 1K\n".utf16.flatMap { [0, UInt8($0)] },
                "F is in UTF-16"
            ),
            ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], "F is in UTF-16"),
            ([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x61], "F is in UTF-16"),
            // UTF-16 without a mark; and what a file system leaves after a power cut.
            (
                "# a\nmax-message = 1K\n".utf16.flatMap { [UInt8($0), 0] },
                "F:1: There is a NUL byte"
            ),
            (Array("max-message = 1K\n".utf8) + [0, 0, 0], "F:2: There is a NUL byte"),
            ([0x1F, 0x8B, 8, 0, 0], "F:1: There is a NUL byte"),
            // Latin-1.
            (
                Array("\norigin = caf".utf8) + [0xE9] + Array(".org".utf8),
                "F:2: This line is not in"
            ),
        ] as [([UInt8], String)])
    func `What is no text in UTF-8 is an error with its place`(bytes: [UInt8], sentence: String) {
        let said = sentences(bytes)
        #expect(said.count == 1 && said.first?.hasPrefix(sentence) == true, "\(said)")
    }

    @Test func `A comment may be in any encoding`() throws {
        let bytes = Array("# caf".utf8) + [0xE9, 0x0D, 0x0A] + Array("max-message = 1K".utf8)
        #expect(try arguments(bytes) == ["--max-message=1K"])
    }

    @Test(arguments: [
        ("max\u{200B}message = 1K", "F:1: There is no setting 'max<U+200B>message'. Is it 'max-m"),
        ("m\u{430}x-message = 1K", "F:1: There is no setting 'm<U+0430>x-message'. Is it 'max-m"),
        ("max\u{2011}message = 1K", "F:1: There is no setting 'max<U+2011>message'. Is it 'max-m"),
        (
            "max-message = 1\u{A0}K",
            "F:1: 'max-message' takes a number of bytes such as 65536, 64K "
                + "or 1M, not '1<U+00A0>K'."
        ),
        (
            "max-message = \u{1B}[2J",
            "F:1: 'max-message' takes a number of bytes such as 65536, 64K "
                + "or 1M, not '<U+001B>[2J'."
        ),
    ])
    func `What cannot be seen is named in an error`(text: String, sentence: String) {
        let said = sentences(Array(text.utf8))
        #expect(said.count == 1 && said.first?.hasPrefix(sentence) == true, "\(said)")
    }

    @Test func `A file that is none has 20 mistakes and no more, each of them short`() {
        let said = sentences(Array(String(repeating: "nonsense\n", count: 50_000).utf8))
        #expect(said.count == 21 && said.last == "There are 49980 more mistakes.")
        let long = String(repeating: "x", count: 500_000)
        for text in ["max-message = \(long)", "\(long) = 1", "no-limits = \(long)"] {
            let said = sentences(Array(text.utf8))
            #expect(
                said.count == 1 && said[0].utf8.count < 300 && said[0].contains("xx…'"), "\(said)")
        }
    }

    /// No text is passed over in silence: a line is empty, a comment, a setting or an error.
    @Test func `Every line with text that is no comment is a setting or an error`() {
        var generator = SystemRandomNumberGenerator()
        let pieces = [
            "\n", "\r", "\r\n", " ", "\t", "#", "=", "max-message", "1K", "é", "\u{301}",
            "\u{FEFF}", "\u{A0}", "\u{2028}", "x",
        ]
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0...12)).map { _ in
                pieces.randomElement(using: &generator)!
            }.joined()
            // Cut by hand, byte by byte.
            let lines = text.replacing("\r\n", with: "\n").unicodeScalars
                .split { $0 == "\n" || $0 == "\r" }.map { String($0).trimmed }
            let meant = lines.filter { !$0.isEmpty && $0.unicodeScalars.first != "#" }
            let read = try? ConfigurationFile(text, path: "F")
            let count = read.map { $0.settingCount + $0.faults.count }
            #expect(count == meant.count, "\(text.debugDescription)")
            if meant.isEmpty { #expect(read?.settingCount == 0) }
        }
    }

    @Test(arguments: ["\n", "\r\n", "\r"])
    func `A token file reads the same with any line ends`(end: String) throws {
        let text = "\u{FEFF}# shop\(end)0123456789abcdef\(end)\(end)fedcba9876543210\u{A0}\(end)"
        #expect(
            try PublishTokens.parse(Array(text.utf8), "f")
                == ["0123456789abcdef", "fedcba9876543210"])
        let bad = "# shop\(end)0123456789abcdef\(end)short"
        let error = #expect(throws: (any Error).self) {
            try PublishTokens.parse(Array(bad.utf8), "f")
        }
        #expect(error.map { "\($0)".contains("f, line 3: ") } == true)
    }

    @Test(arguments: [
        ("line 1\r\nline 2\r\n\r\n", "line 1\nline 2"), ("a\rb\r", "a\nb"), ("a", "a"),
        ("\u{FEFF}a\tb\n\n\n", "a\tb"), ("", ""), ("\n", ""), ("\n\na", "\n\na"),
        (" a \n b ", " a \n b "),
    ])
    func `A piped message has line feeds, and none at its end`(text: String, message: String) throws
    {
        #expect(try StandardInput.text(Array(text.utf8)) == message)
    }
}
