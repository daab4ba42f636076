// What may be said: texts that show something, without control characters.

import Foundation
import Testing

@testable import ChatRooms

@Suite struct MessageTextTests {
    /// Texts as JSON strings without their quotes.
    static let unseen = [
        " ", "   ", #"\n"#, #"\t\n \r\n"#, "\u{A0}", "\u{3000}", "\u{200B}", "\u{FEFF}", "\u{2060}",
        "\u{AD}", "\u{34F}", "\u{115F}\u{1160}", "\u{3164}", "\u{FFA0}", "\u{2800}", "\u{16FE4}",
        "\u{200E}\u{200F}", "\u{202E}", "\u{2066}\u{2069}", "\u{FE0F}", "\u{E0061}\u{E007F}",
        "\u{2028}\u{2029}", "\u{180E}", "\u{1D159}", #"\u200b"#, #"\u00a0 \ud834\udd59"#,
        "\u{1D173}", "\u{13441}\u{13442}", "\u{FFF9}\u{FFFB}", "\u{61C}", " \u{200D} ",
    ]

    @Test(arguments: unseen)
    func `A text that shows nothing is refused`(text: String) {
        refuses(text, "The text has nothing in it that can be seen.")
    }

    @Test(arguments: [
        (#"a\u0000"#, "U+0000"), (#"a\u001b[31mred"#, "U+001B"), (#"\b"#, "U+0008"),
        (#"page\f"#, "U+000C"), (#"a\u000bb"#, "U+000B"), ("a\u{7F}", "U+007F"),
        ("\u{7F}", "U+007F"), ("longer than eight bytes\u{7F}", "U+007F"), ("é\u{7F}", "U+007F"),
        ("a\u{85}b", "U+0085"), ("a\u{80}", "U+0080"), ("caf\u{9F}", "U+009F"),
        (#"a\u009b31m"#, "U+009B"), (#"é\u0007"#, "U+0007"), (#"\ud83d\ude00\u0001"#, "U+0001"),
    ])
    func `A control character is refused, by its name`(text: String, character: String) {
        refuses(
            text,
            "The text has a control character in it: \(character)."
                + " Only line breaks and tabs are allowed.")
    }

    private func refuses(_ text: String, _ sentence: String) {
        let world = World()
        let ann = world.login(0, "ann")
        let body = #"{"type":"message","text":"\#(text)"}"#
        let reply = world.send(ann, body)[0]
        #expect(reply.code == "bad_request" && reply["text"] as? String == sentence, "\(reply)")
        let (answer, isNew) = world.publish("lobby", body)
        #expect(answer.code == "bad_request" && answer["text"] as? String == sentence && !isNew)
        #expect(world.page("lobby").0.offset == 0)
    }

    @Test(arguments: [
        ("hello", "hello"), (" a", " a"), (#"\n\na\n\n"#, "\n\na\n\n"), (#"a\tb"#, "a\tb"),
        (#"one\r\ntwo"#, "one\ntwo"), (#"one\rtwo"#, "one\ntwo"), (#"\r\r\n\n\r"#, ""),
        (#"a\r"#, "a\n"), (#"a\r\r\nb"#, "a\n\nb"), (#"a\n\rb"#, "a\n\nb"),
        (#"a\u000d\u000ab"#, "a\nb"),
        (#"\"C:\\\\r\"\r\n"#, "\"C:\\\\r\"\n"), (#"é\r\n😀"#, "é\n😀"), ("\u{301}", "\u{301}"),
        ("👩‍👩‍👧", "👩‍👩‍👧"), ("علی\u{200C}رضا", "علی\u{200C}رضا"), ("\u{202E}abc", "\u{202E}abc"),
        ("‏שלום", "‏שלום"), (".", "."), ("a\u{2028}b", "a\u{2028}b"), ("\u{E000}", "\u{E000}"),
        (#"\u0041\r\n"#, "A\n"), ("~~~~~~~~~", "~~~~~~~~~"), ("        x", "        x"),
    ])
    func `Any other text is passed on, with one kind of line break`(sent: String, shown: String) {
        guard !shown.isEmpty else {
            return refuses(sent, "The text has nothing in it that can be seen.")
        }
        let world = World()
        let ann = world.login(0, "ann")
        let replies = world.send(ann, #"{"type":"message","text":"\#(sent)","id":"1"}"#)
        #expect(replies.count == 2)
        // Scalar by scalar: Swift takes CR LF for one character.
        #expect(
            Array((replies[0]["text"] as! String).unicodeScalars) == Array(shown.unicodeScalars))
        // The same again is the same message.
        #expect(world.send(ann, #"{"type":"message","text":"\#(sent)","id":"1"}"#)[0].offset == 1)
        world.publish("other", #"{"text":"\#(sent)"}"#)
        let kept = (world.page("other").0["messages"] as! [JSON])[0]["text"] as! String
        #expect(Array(kept.unicodeScalars) == Array(shown.unicodeScalars))
    }

    @Test func `Every character is refused, shown or not enough alone, and never lost`() {
        let world = World()
        let ann = world.login(0, "ann")
        for value in UInt32(0)...0x2FFF where !(0xD800...0xDFFF).contains(value) {
            let scalar = Unicode.Scalar(value)!
            let isControl = scalar.properties.generalCategory == .control
            let isKept = !isControl || [0x09, 0x0A, 0x0D].contains(value)
            let escape = String(value, radix: 16)
            let padded = String(repeating: "0", count: 4 - escape.count) + escape
            let replies = world.send(ann, #"{"type":"message","text":"x\u\#(padded)"}"#)
            #expect((replies.last?.type == "ok") == isKept, "U+\(padded)")
            guard isKept else { continue }
            let text = replies[0]["text"] as! String
            #expect(text.unicodeScalars.last!.value == (value == 0x0D ? 0x0A : value))
        }
    }

    /// What the scanner says of a text while it passes over eight bytes at a time.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `What is not printable is found at every place`(seed: UInt64) {
        var random = SeededGenerator(seed)
        for _ in 0..<4_000 {
            var text = String.UnicodeScalarView()
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                let value = UInt32.random(in: 0x20...0x7E, using: &random)
                text.append(value == 0x22 || value == 0x5C ? "x" : Unicode.Scalar(value)!)
            }
            let isPrintable = Bool.random(using: &random)
            if !isPrintable {
                let place = text.indices.randomElement(using: &random)!
                let odd: [Unicode.Scalar] = ["\u{7F}", "\u{80}", "é", "\u{FF}", "😀"]
                text.insert(odd.randomElement(using: &random)!, at: place)
            }
            let bytes = Array(("\"" + String(text) + "\"").utf8)
            var scanner = JSONScanner()
            let value = try? scanner.value(bytes.span, depth: 0)
            #expect(value?.isPrintable == isPrintable)
            #expect(value.map { Int($0.scalarCount) } == text.count)
        }
    }
}
