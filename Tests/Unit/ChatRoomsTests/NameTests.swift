// Which names are allowed, and which are the same.

import Testing

@testable import ChatRooms

@Suite struct NameTests {
    @Test(arguments: [
        "a", "Z", "0", "ephp001", "a_b-c.d", "हिन्दी", "日本語", "Ünïcödé", "e\u{301}", "ﬁ", "Ⅷ", "½a",
        "ǅ", "ʰa", "naïve.user-1", "a\u{20DD}", "٣", "𝔘", "\u{1E921}",
    ])
    func allowed(_ name: String) {
        #expect(Name.fault(in: name, .user) == nil)
        #expect(Name.fault(in: name, .room) == nil)
    }

    @Test(arguments: [
        "a", "ephp001", "a_b-c.d", "@person7", "Z", "aB", "A", "z[", "@[", "हिन्दी", "ünïcödé", "ｆ",
        "person123456-and-more-than-fits-into-a-small-string",
    ])
    func theHashOfAPlainNameIsThatOfItsKey(_ name: String) {
        let key = NameKey(name)
        let hash = NameKey.hashOfPlain(Array(name.utf8).span)
        let isPlain = key.folded == name && name.utf8.allSatisfy { $0 < 0x80 }
        #expect(hash == (isPlain ? key.hash : nil))
    }

    @Test(arguments: [
        "a", "é", "", "a\u{1F}", "a\"", "\\", "\u{7F}", String(repeating: "a", count: 700),
    ])
    func aTextAndItsBytesAreWritableAlike(_ name: String) {
        let isWritable = Name.isWritable(Array(name.utf8).span)
        #expect(Name.isWritable(name) == isWritable)
    }

    @Test(
        arguments: [
            ("", .empty), ("_a", .first), ("-a", .first), (".a", .first), ("#a", .symbol),
            ("a b", .blank), (" a", .blank), ("a ", .blank), ("a\t", .blank), ("a\n", .blank),
            ("a\u{A0}b", .blank), ("a\u{3000}b", .blank), ("a\u{2028}", .blank),
            ("a\u{0}", .invisible), ("a\u{1B}", .invisible), ("a\u{7F}", .invisible),
            ("a\u{9F}", .invisible), ("a,b", .symbol), ("a@b", .symbol), ("a/b", .symbol),
            ("a\"", .symbol), ("a\\", .symbol), ("a<b", .symbol), ("O'Brien", .symbol),
            ("O’Brien", .symbol), ("😀", .symbol), ("a😀", .symbol), ("a€", .symbol),
            ("a+b", .symbol),
            ("a\u{E000}", .symbol), ("\u{301}a", .first), ("\u{93E}a", .first),
            ("a\u{200B}", .invisible), ("a\u{200D}b", .invisible), ("a\u{200C}b", .invisible),
            ("a\u{AD}", .invisible), ("a\u{FE0F}", .invisible), ("a\u{115F}", .invisible),
            ("\u{3164}", .invisible), ("\u{FFA0}", .invisible), ("a\u{34F}", .invisible),
            ("a\u{202E}b", .invisible), ("a\u{2066}b", .invisible), ("\u{FEFF}a", .invisible),
            ("a\u{E0061}", .invisible), ("a\u{180E}", .invisible), ("a\u{17B5}", .invisible),
            // Without a look, and not default-ignorable.
            ("a\u{16FE4}", .script), ("\u{13441}", .script), ("\u{2800}", .symbol),
            ("\u{1D159}", .symbol), ("မ\u{1039}", .invisible), ("ក\u{17D2}", .invisible),
            // Of history, of a later Unicode, of none.
            ("𐌰", .script), ("ᚠ", .script), ("𒀀", .script), ("\u{1E6C0}", .script),
            ("\u{1C89}", .script), ("a\u{378}", .script),
        ] as [(String, NameFault)])
    func refused(_ name: String, _ fault: NameFault) {
        #expect(Name.fault(in: name, .user) == fault)
        #expect(Name.fault(in: name, .room) == fault)
    }

    @Test(arguments: [
        ("ann", "ANN"), ("É", "e\u{301}"), ("straße", "STRASSE"), ("\u{212A}elvin", "kelvin"),
        ("ﬁn", "FIN"),
        ("Ω", "\u{2126}"), ("ΣΑΣ", "σασ"), ("ǅ", "ǆ"), ("Å", "\u{212B}"), ("straße", "STRAẞE"),
        ("straßen", "STRASSEN"), ("ΣΑΣ", "σας"), ("2", "²"), ("Ann", "Ａｎｎ"), ("ann", "𝓐𝔫𝖓"),
        ("カナ", "ｶﾅ"), ("ガ", "ｶﾞ"), ("한", "\u{1112}\u{1161}\u{11AB}"), ("ᾳ\u{301}", "ΆΙ"),
        ("a\u{323}\u{301}", "a\u{301}\u{323}"), ("ệ", "e\u{302}\u{323}"),
        ("\u{FB2A}", "\u{5E9}\u{5C1}"), ("ქართული", "ᲥᲐᲠᲗᲣᲚᲘ"), ("ꭰ", "Ꭰ"), ("א", "ℵ"),
        ("علی\u{200C}رضا", "علیرضا"), ("ශ්\u{200D}රී", "ශ්රී"),
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

    @Test(arguments: [
        ("ann", "anne"), ("a", "á"), ("a-b", "a_b"), ("o", "0"),
        ("1", "l"), ("rn", "m"), ("土屋", "士屋"), ("ดา", "ตา"), ("மரா", "மாா"), ("각가", "가까"),
        ("рома", "poma"), ("Ian", "lan"), ("ё", "е"), ("å", "a"), ("ø", "o"), ("æ", "ae"),
    ])
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
}
