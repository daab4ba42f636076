// Names that imitate another one: each is refused, or is the name that it imitates.

import Testing

@testable import ChatRooms

@Suite struct ImitationTests {
    /// What mixes scripts, and what the refusal calls them.
    @Test(
        arguments: [
            ("pаypal", "Latin and Cyrillic"), ("ѕerver", "Cyrillic and Latin"),
            ("аnn", "Cyrillic and Latin"), ("аа_b", "Cyrillic and Latin"),
            ("αnn", "Greek and Latin"),
            ("annα", "Latin and Greek"), ("µTorrent", "Greek and Latin"),
            ("Ꭺnn", "Cherokee and Latin"), ("annꓮ", "Latin and Lisu"),
            ("ααа", "Greek and Cyrillic"),
            ("日本а", "Han and Cyrillic"), ("ann日本а", "Latin and Cyrillic"),
            ("हिन्дी", "Devanagari and Cyrillic"), ("ａnnа", "Latin and Cyrillic"),
            ("𝐚нн", "Latin and Cyrillic"), ("한ไทย", "Hangul and Thai"),
            ("ひらbopoㄅ", "Hiragana and Bopomofo"), ("שאلا", "Hebrew and Arabic"),
            ("aᛁ", nil), ("ann\u{E34}", "Latin and Thai"), ("தமி\u{93F}", "Tamil and Devanagari"),
            ("a\u{483}", "Latin and Cyrillic"),
        ] as [(String, String?)])
    func `A name has one alphabet`(name: String, scripts: String?) {
        let world = World()
        let key = world.open(0)
        let reply = world.send(key, #"{"type":"login","user":"\#(name)"}"#)[0]
        #expect(reply.code == "bad_name", "\(name)")
        if let scripts {
            let text = "That name mixes \(scripts) letters. Use one alphabet."
            #expect(reply["text"] as? String == text)
        }
    }

    @Test(arguments: [
        ("coco", "сосо"), ("coco", "СОСО"), ("scope", "ѕсоре"), ("pop", "рор"), ("ivo", "ινο"),
        ("bob", "bօb"), ("bob", "b๐b"), ("bob", "b〇b"), ("bob", "b০b"), ("bob", "bᴏb"),
        ("bob", "ꓐꓳꓐ"), ("ann", "ɑnn"), ("kitty", "kɪtty"), ("ilker", "ılker"), ("ilker", "i̇lker"),
        ("ilker", "İlker"), ("jo", "j̇o"), ("dave", "\u{13A0}\u{13AA}\u{13D9}\u{13AC}"),
        ("șu", "şu"), ("ǎ", "ă"), ("Hawaiʻi", "Hawaiʼi"), ("bøb", "bo\u{337}b"), ("max", "ｍａｘ"),
        ("max", "𝚖𝒂𝖝"), ("max", "ⅿax"), ("ann", "ａｎｎ"), ("ª", "a"),
    ])
    func `A name that looks like another one is that name`(one: String, other: String) {
        #expect(NameKey(one) == NameKey(other), "\(one) \(other)")
        let world = World()
        _ = world.login(0, one)
        let reply = world.send(world.open(1), #"{"type":"login","user":"\#(other)"}"#)[0]
        #expect(reply.code == "name_taken")
    }

    /// The lower case of these does not look like that of the others, so they have keys of their
    /// own. A newcomer is refused all the same.
    @Test(arguments: [
        ("TOM", "ТОМ"), ("tom", "ТОМ"), ("HATA", "НАТА"), ("MIKE", "ΜΙΚΕ"), ("KATE", "КАТЕ"),
        ("toy", "ΤΟΥ"), ("Mike", "МІКЕ"),
    ])
    func `Capitals that look like somebody who is there`(one: String, other: String) {
        let world = World()
        _ = world.login(0, one)
        let reply = world.send(world.open(1), #"{"type":"login","user":"\#(other)"}"#)[0]
        #expect(NameKey(one) != NameKey(other))
        #expect(reply.code == "name_taken")
        // Without the other one there, it is a name like any.
        _ = World().login(0, other)
    }

    @Test(arguments: [
        "server", "Server", "SERVER", "sérver", "ser.ver", "server-", "s_e_r_v_e_r", "ｓｅｒｖｅｒ",
        "ѕегѵег", "ꓢꓰꓣꓦꓰꓣ", "\u{13DA}\u{13AC}\u{13D2}\u{13D9}\u{13AC}\u{13D2}", "ʂerver", "seᴦver",
        "𝓼𝓮𝓻𝓿𝓮𝓻", "ṣerver",
        "admin", "Admin", "ädmin", "ad-min", "ADMІN", "administrator", "moderator", "system", "You",
        "уоս",
        "ꓬꓳꓴ", "you.",
    ])
    func `Nobody speaks for the server`(name: String) {
        let world = World()
        let reply = world.send(world.open(0), #"{"type":"login","user":"\#(name)"}"#)[0]
        #expect(["name_taken", "bad_name"].contains(reply.code), "\(name)")
    }

    @Test(arguments: ["servers", "server2", "adminka", "youri", "сервер", "σερβερ", "yöü2", "Ян"])
    func `Names near those are free`(name: String) {
        _ = World().login(0, name)
    }

    @Test(arguments: [
        "a\u{301}\u{302}\u{303}", "z\u{335}\u{336}\u{337}", "ế\u{303}", "ệ\u{301}",
        "a\u{301}\u{301}",
        "а\u{301}\u{302}\u{304}", "א\u{5B0}\u{5B1}\u{5B2}\u{5B3}\u{5B4}", "ก\u{E31}\u{E31}",
        "م\u{64B}\u{64C}\u{64D}\u{64E}\u{650}", "α\u{314}\u{301}\u{342}",
    ])
    func `Marks do not pile up`(name: String) {
        #expect(Name.fault(in: name, .user) == .marks)
        #expect(Name.fault(in: "b\(name)b", .room) != nil)
    }
}
