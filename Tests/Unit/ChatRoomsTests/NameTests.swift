// Which names are allowed, and which are the same.

import Storage
import Testing

@testable import ChatRooms

@Suite struct NameTests {
    @Test(arguments: [
        "a", "Z", "0", "ephp001", "a_b-c.d", "हिन्दी", "日本語", "Ünïcödé", "e\u{301}", "ﬁ", "Ⅷ", "½a",
        "ǅ", "ʰa",
        "naïve.user-1", "a\u{20DD}", "٣", "𝔘", "\u{1E921}",
    ])
    func allowed(_ name: String) {
        #expect(Name.isAllowed(name))
    }

    @Test(arguments: [
        "", "_a", "-a", ".a", "@a", "#a", "a b", " a", "a ", "a\t", "a\n", "a\u{0}", "a,b", "a@b",
        "a/b", "a\"",
        "a\\", "a<b", "😀", "a😀", "\u{301}a", "a\u{200B}", "a\u{200D}b", "a\u{AD}", "a\u{FE0F}",
        "a\u{115F}",
        "\u{3164}", "a\u{34F}", "a\u{202E}b", "a\u{E000}", "a€", "a+b", "a\u{2028}", "a\u{A0}b",
        "a\u{378}",
    ])
    func refused(_ name: String) {
        #expect(!Name.isAllowed(name))
    }

    @Test(arguments: [
        ("ann", "ANN"), ("É", "e\u{301}"), ("straße", "STRASSE"), ("\u{212A}elvin", "kelvin"),
        ("ﬁn", "FIN"),
        ("Ω", "\u{2126}"), ("ΣΑΣ", "σασ"), ("ǅ", "ǆ"), ("Å", "\u{212B}"),
    ])
    func same(_ one: String, _ other: String) {
        #expect(NameKey(one) == NameKey(other))
        let world = World()
        let key = world.login(0, one)
        #expect(
            world.send(world.open(1), #"{"type":"login","user":"\#(other)"}"#).map(\.code)
                == ["name_taken"])
        world.send(key, #"{"type":"join","room":"\#(one)"}"#)
        #expect(world.send(key, #"{"type":"who","room":"\#(other)"}"#).map(\.type) == ["who"])
        #expect(
            world.send(key, #"{"type":"message","text":"a","room":"\#(other)"}"#).last?.offset == 1)
    }

    @Test(arguments: [("ann", "anne"), ("a", "á"), ("a-b", "a_b"), ("o", "0"), ("2", "²")])
    func different(_ one: String, _ other: String) {
        #expect(NameKey(one) != NameKey(other))
    }

    @Test(arguments: ["a", "é", "𝔘"])
    func lengthsAreInScalars(_ scalar: String) {
        let world = World()
        let name = String(repeating: scalar, count: 32)
        #expect(
            world.send(world.open(1), #"{"type":"login","user":"\#(name)a"}"#).map(\.code)
                == ["bad_name"])
        let key = world.login(0, name)
        let room = name + name
        #expect(world.send(key, #"{"type":"join","room":"\#(room)"}"#).map(\.type) == ["joined"])
        #expect(
            world.send(key, #"{"type":"join","room":"\#(room)a"}"#).map(\.code) == ["bad_name"])
    }

    @Test func tokensReadWhatTheyWrite() {
        var random = SeededGenerator(5)
        var tokens = [SessionToken(bits: 0), SessionToken(bits: .max), SessionToken(bits: 1)]
        for _ in 0..<100 {
            let bits = UInt128(random.next()) << 64 | UInt128(random.next())
            tokens.append(SessionToken(bits: bits))
        }
        for token in tokens {
            var written = ByteBuffer()
            token.write(to: &written)
            let text = [UInt8](copying: written.span)
            #expect(text.count == 22)
            #expect(SessionToken(text) == token)
            #expect(SessionToken(text + [65]) == nil)
            #expect(SessionToken(Array(text.dropLast())) == nil)
            #expect(SessionToken([UInt8(ascii: "E")] + text.dropFirst()) == nil)
            #expect(SessionToken(text.dropLast() + [UInt8(ascii: "+")]) == nil)
        }
    }

    @Test func epochsReadWhatTheyWrite() {
        var texts = Set<String>()
        for counter in 1...1000 as ClosedRange<UInt64> {
            let epoch = Epoch(number: Epoch.number(seed: 3, counter: counter))
            texts.insert(epoch.text)
            #expect(Epoch(Array(epoch.text.utf8)) == epoch)
            #expect(
                Epoch(Array(epoch.text.uppercased().utf8)) != epoch
                    || epoch.text == epoch.text.uppercased())
        }
        #expect(texts.count == 1000)
        for text in ["", "-1", "+1", "01", "zzzzzzzzzzzzzzzzzzzz", "é", "Z"] {
            #expect(Epoch(Array(text.utf8)) == nil)
        }
    }
}
