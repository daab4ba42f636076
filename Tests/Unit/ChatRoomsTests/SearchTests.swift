// The command `search`, with a store and without one: what it finds, for whom, and page by page.
import Foundation
import Testing

@testable import ChatRooms

@Suite struct SearchTests {
    private func search(
        _ world: World, _ key: ConnectionKey, _ fields: String
    ) -> JSON {
        world.send(key, "{\"type\":\"search\",\(fields)}").last!
    }

    private func texts(_ found: JSON) -> [String] {
        (found["messages"] as? [JSON] ?? []).map { $0["text"] as? String ?? "" }
    }

    /// All pages of a search, from the newest on.
    private func all(
        _ world: World, _ key: ConnectionKey, _ fields: String, limit: Int
    ) -> [JSON] {
        var found: [JSON] = []
        var before = ""
        while true {
            let page = search(world, key, "\(fields),\"limit\":\(limit)\(before)")
            #expect(page.type == "found", "\(page)")
            let messages = page["messages"] as? [JSON] ?? []
            #expect(messages.count <= limit)
            found += messages
            guard page["more"] as? Bool == true else {
                #expect(page["before"] == nil)
                return found
            }
            before = ",\"before\":\"\(page["before"] as! String)\""
        }
    }

    @Test(arguments: Keeping.allCases, 0..<6 as Range<UInt64>)
    func `A search finds what is there now, in the rooms of the connection`(
        kept: Keeping, seed: UInt64
    ) {
        let world = kept.world
        world.store?.searchedEntryLimit = 7
        var random = SeededGenerator(seed)
        let words = ["Apfel", "Äpfel", "birne", "kirsche", "東京"]
        let rooms = ["lobby", "one", "two"]
        let ann = world.login(0, "ann")
        for room in rooms.dropFirst() { world.send(ann, #"{"type":"join","room":"\#(room)"}"#) }
        var texts: [(room: String, offset: Int, text: String?)] = []
        func text() -> String {
            (0..<Int.random(in: 1...3, using: &random)).map { _ in
                words.randomElement(using: &random)!
            }.joined(separator: " ")
        }
        for _ in 0..<60 {
            world.pass(.seconds(1))
            let room = rooms.randomElement(using: &random)!
            let live = texts.indices.filter { texts[$0].room == room && texts[$0].text != nil }
            let target = live.randomElement(using: &random)
            switch (Int.random(in: 0..<6, using: &random), target) {
            case (0, let target?):
                let offset = texts[target].offset
                world.send(ann, #"{"type":"delete","room":"\#(room)","offset":\#(offset)}"#)
                texts[target].text = nil
            case (1, let target?):
                let (offset, new) = (texts[target].offset, text())
                world.send(
                    ann,
                    #"{"type":"edit","room":"\#(room)","offset":\#(offset),"text":"\#(new)"}"#)
                // It stands where its edition is.
                texts.remove(at: target)
                texts.append((room, offset, new))
            default:
                let new = text()
                let reply = world.send(
                    ann, #"{"type":"message","room":"\#(room)","text":"\#(new)"}"#)
                texts.append((room, reply.last!.offset!, new))
            }
        }
        for _ in 0..<12 {
            let word = words.randomElement(using: &random)!
            let form = word.lowercased().replacing("ä", with: "a")
            let one = Bool.random(using: &random) ? rooms.randomElement(using: &random) : nil
            let expected = texts.reversed().filter { entry in
                let text = entry.text?.lowercased().replacing("ä", with: "a")
                return text?.split(separator: " ").contains { $0 == form } == true
                    && (one == nil || entry.room == one)
            }
            let fields = "\"text\":\"\(word)\"" + (one.map { ",\"room\":\"\($0)\"" } ?? "")
            let limit = Int.random(in: 1...50, using: &random)
            let found = all(world, ann, fields, limit: limit)
            #expect(found.map { $0["text"] as? String } == expected.map(\.text))
            #expect(found.map { $0["room"] as? String } == expected.map(\.room))
            #expect(found.map(\.offset) == expected.map(\.offset))
        }
    }

    @Test(arguments: Keeping.allCases)
    func `Nothing is found in a room that the connection is not in`(kept: Keeping) {
        let world = kept.world
        let (ann, bob) = (world.login(0, "ann"), world.login(1, "bob"))
        world.send(ann, #"{"type":"join","room":"secret"}"#)
        world.send(ann, #"{"type":"message","room":"secret","text":"apple"}"#)
        #expect(texts(search(world, ann, #""text":"apple""#)) == ["apple"])
        #expect(texts(search(world, bob, #""text":"apple""#)) == [])
        #expect(search(world, bob, #""text":"apple","room":"secret""#).code == "not_in_room")
        world.send(ann, #"{"type":"leave","room":"secret"}"#)
        #expect(texts(search(world, ann, #""text":"apple""#)) == [])
    }

    @Test(arguments: Keeping.allCases)
    func `Conversations and private rooms are searched by their people alone`(kept: Keeping) {
        let world = kept.world
        let (ann, bob, cem) = (world.login(0, "ann"), world.login(1, "bob"), world.login(2, "cem"))
        world.send(ann, #"{"type":"direct","to":"bob","text":"apple for two"}"#)
        world.send(ann, #"{"type":"create","room":"backstage"}"#)
        world.send(ann, #"{"type":"invite","room":"backstage","user":"bob"}"#)
        world.send(bob, #"{"type":"join","room":"backstage"}"#)
        world.send(ann, #"{"type":"message","room":"backstage","text":"apple for a few"}"#)
        for key in [ann, bob] {
            let found = search(world, key, #""text":"apple""#)
            #expect(Set(texts(found)) == ["apple for two", "apple for a few"], "\(found)")
        }
        #expect(texts(search(world, cem, #""text":"apple""#)) == [])
        for room in ["@ann,bob", "backstage"] {
            let code = search(world, cem, "\"text\":\"apple\",\"room\":\"\(room)\"").code
            #expect(code == (room == "backstage" ? "not_in_room" : "not_found"))
        }
        world.send(ann, #"{"type":"uninvite","room":"backstage","user":"bob"}"#)
        #expect(texts(search(world, bob, #""text":"apple""#)) == ["apple for two"])
    }

    @Test func `What happens between the store's answer and the reply is seen`() {
        let store = FakeStore()
        let world = World(store: store)
        store.answersAtOnce = true
        let ann = world.login(0, "ann")
        for text in ["apple one", "apple two", "apple three"] {
            world.send(ann, #"{"type":"message","text":"\#(text)"}"#)
        }
        let bob = world.login(1, "bob")
        store.answersAtOnce = false
        world.send(bob, #"{"type":"search","text":"apple","ref":"s"}"#)
        guard case .search(let request) = store.questions[0].question else {
            Issue.record("nothing was asked")
            return
        }
        let found = store.search(request)
        #expect(found.entries.count == 3)
        world.send(ann, #"{"type":"delete","offset":1}"#)
        store.keep(world)
        world.send(ann, #"{"type":"edit","offset":2,"text":"pear two"}"#)
        store.keep(world)
        world.tell(.found(ticket: request.ticket, found))
        let reply = world.heard(bob).last!
        #expect(reply.type == "found" && texts(reply) == ["apple three"], "\(reply)")
    }

    @Test(arguments: Keeping.allCases)
    func `What is no search is refused`(kept: Keeping) {
        let world = kept.world
        let ann = world.login(0, "ann")
        let long = String(repeating: "x", count: 201)
        let many = (0..<11).map { "w\($0)" }.joined(separator: " ")
        for (fields, code) in [
            (#""limit":3"#, "bad_request"), (#""text":"""#, "bad_request"),
            (#""text":"…""#, "bad_request"), ("\"text\":\"\(long)\"", "too_long"),
            ("\"text\":\"\(many)\"", "too_long"), (#""text":"x","before":4"#, "bad_request"),
            (#""text":"x","before":"y""#, "bad_request"), (#""text":5"#, "bad_request"),
        ] {
            #expect(search(world, ann, fields).code == code, "\(fields)")
        }
        #expect(search(world, ann, #""text":"x","limit":0"#).type == "found")
        world.store?.answersAtOnce = false
        guard let store = world.store else { return }
        world.send(ann, #"{"type":"search","text":"x"}"#)
        store.answerQuestion(0, world, fails: true)
        #expect(world.heard(ann).last!.code == "unavailable")
    }

    @Test func `A search through memory stops after some work, and goes on`() {
        let world = World(ChatLimits())
        let ann = world.login(0, "ann")
        world.chat.change(.withoutRateLimit)
        let text = String(repeating: "x ", count: 1_000)
        for _ in 0..<100 { world.send(ann, #"{"type":"message","text":"\#(text)"}"#) }
        world.chat.change(ChatLimits())
        world.pass(.seconds(60))
        let first = search(world, ann, #""text":"y""#)
        #expect(first["more"] as? Bool == true && texts(first).isEmpty)
        // 128 KiB are as much work as eight commands.
        var count = 1
        while world.send(ann, "{")[0].code == "bad_json" { count += 1 }
        #expect(9...13 ~= count, "\(count)")
        world.pass(.seconds(60))
        let second = search(
            world, ann, "\"text\":\"y\",\"before\":\"\(first["before"] as! String)\"")
        #expect(second["more"] as? Bool == false)
    }

    @Test func `A search in the store is paid for by the texts that it looks at`() {
        let store = FakeStore()
        store.answersAtOnce = true
        let world = World(.withoutRateLimit, store: store)
        let ann = world.login(0, "ann")
        for _ in 0..<200 { world.send(ann, #"{"type":"message","text":"x"}"#) }
        var limits = ChatLimits()
        limits.commandWork = 400
        world.chat.change(limits)
        world.pass(.seconds(600))
        #expect(search(world, ann, #""text":"y""#).type == "found")
        // 200 texts for 16 bytes of work each.
        var count = 0
        while world.send(ann, "{")[0].code == "bad_json" { count += 1 }
        #expect(11...12 ~= count, "\(count)")
    }
}
