// Which texts speak to somebody.
import Testing

@testable import ChatRooms

@Suite struct MentionTests {
    @Test(arguments: [
        ("@ann", true), ("hello @ann", true), ("@Ann!", true), ("(@ann)", true), ("@ann.", true),
        ("@ann...", true), ("@ann,@bob", true), (#"\n@ann\n"#, true), (#"\\n@ann"#, false),
        ("ann", false), ("@anna", false), ("@ann.b", false), ("@ann-b", false), ("x@ann", false),
        ("me@ann.example", false), ("@", false), ("@@ann", true), ("@ann@ann", true), ("", false),
        ("@ an", false), ("é@ann", false), ("@annß", false), ("@ann 👍", true), ("@ann👍", true),
        ("«@ann»", true), ("@ａｎｎ", true), ("-@ann", true),
    ])
    func `A name behind an @ is a mention`(text: String, isMention: Bool) {
        #expect(isMentioned("ann", in: Array(text.utf8)) == isMention)
    }

    @Test func `Every spelling of a name counts`() {
        for text in ["@straße", "@STRASSE", "hi @Strasse."] {
            #expect(isMentioned("Straße", in: Array(text.utf8)), "\(text)")
        }
    }

    @Test func `Any bytes can be looked at`() {
        var random = SeededGenerator(5)
        for _ in 0..<2_000 {
            let parts: [UInt8] = [0x40, 0x61, 0x6E, 0x2E, 0x5C, 0xC3, 0x9F, 0xF0]
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                bytes.append(parts.randomElement(using: &random)!)
            }
            _ = isMentioned("ann", in: bytes)
        }
    }
}

// `#expect` cannot expand spans.
private func isMentioned(_ name: String, in bytes: [UInt8]) -> Bool {
    Mention(of: name).isIn(bytes.span)
}
