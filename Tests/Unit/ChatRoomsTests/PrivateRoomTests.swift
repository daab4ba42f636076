// Private rooms, lists of rooms, and how far people have read.
import Testing

@testable import ChatRooms

@Suite struct PrivateRoomTests {
    private func code(_ world: World, _ key: ConnectionKey, _ json: String) -> String? {
        world.send(key, json).last?.code
    }

    private func join(_ world: World, _ key: ConnectionKey, _ room: String) -> JSON {
        world.send(key, #"{"type":"join","room":"\#(room)"}"#).last!
    }

    private func rooms(_ world: World, _ key: ConnectionKey, _ more: String = "") -> JSON {
        world.send(key, #"{"type":"rooms"\#(more)}"#).last!
    }

    private func names(_ list: JSON) -> [String] {
        (list["rooms"] as? [JSON] ?? []).map { $0["room"] as! String }
    }

    @Test(arguments: Keeping.allCases)
    func `Only who is invited enters, and it is nowhere else`(kept: Keeping) {
        let world = kept.world
        let (ann, bob, cem) = (world.login(0, "ann"), world.login(1, "bob"), world.login(2, "cem"))
        let created = world.send(ann, #"{"type":"create","room":"backstage"}"#).last!
        #expect(created.type == "joined" && created["kind"] as? String == "private")
        #expect(join(world, bob, "backstage").code == "forbidden")
        #expect(code(world, bob, #"{"type":"create","room":"Backstage"}"#) == "name_taken")
        world.send(ann, #"{"type":"message","room":"backstage","text":"psst"}"#)
        #expect(code(world, bob, #"{"type":"invite","room":"backstage","user":"bob"}"#) != nil)
        #expect(code(world, ann, #"{"type":"invite","room":"backstage","user":"bob"}"#) == nil)
        #expect(world.heard(bob).last?.type == "invited")
        #expect(join(world, bob, "backstage").offsets == [1])
        #expect(world.page("backstage").0.code == "not_found")
        #expect(!names(rooms(world, bob)).contains("backstage"))
        let uninvite = #"{"type":"uninvite","room":"backstage","user":"ann"}"#
        #expect(code(world, bob, uninvite) == "forbidden")
        // Everybody who is in it may bring others.
        #expect(code(world, bob, #"{"type":"invite","room":"backstage","user":"cem"}"#) == nil)
        #expect(join(world, cem, "backstage").type == "joined")
        world.send(ann, #"{"type":"uninvite","room":"backstage","user":"cem"}"#)
        #expect(world.heard(cem).last?.type == "kicked")
        #expect(join(world, cem, "backstage").code == "forbidden")
        // Everybody may leave for good.
        #expect(code(world, bob, #"{"type":"uninvite","room":"backstage","user":"bob"}"#) == nil)
        #expect(join(world, bob, "backstage").code == "forbidden")
        let count = world.inbox[bob]!.count
        world.send(ann, #"{"type":"message","room":"backstage","text":"alone"}"#)
        #expect(world.inbox[bob]!.count == count)
    }

    @Test(arguments: Keeping.allCases)
    func `A private room stays private when nobody is there`(kept: Keeping) {
        let world = kept.world
        let (ann, bob, cem) = (world.login(0, "ann"), world.login(1, "bob"), world.login(2, "cem"))
        for key in [ann, bob] { world.send(key, #"{"type":"account","password":"correct horse"}"#) }
        world.send(ann, #"{"type":"create","room":"backstage"}"#)
        world.send(ann, #"{"type":"invite","room":"backstage","user":"bob"}"#)
        world.send(ann, #"{"type":"leave","room":"backstage"}"#)
        if kept != .inMemory { kept.forgetRooms(of: world) }
        #expect(join(world, cem, "backstage").code == "forbidden")
        #expect(join(world, bob, "backstage").type == "joined")
        let mine = world.send(ann, #"{"type":"mine"}"#).last!
        #expect(names(mine) == ["backstage"])
    }

    @Test(arguments: Keeping.allCases)
    func `Its people learn who has created it, and who may enter`(kept: Keeping) {
        let world = kept.world
        let (ann, bob, cem) = (world.login(0, "ann"), world.login(1, "bob"), world.login(2, "cem"))
        for key in [ann, bob] { world.send(key, #"{"type":"account","password":"correct horse"}"#) }
        let created = world.send(ann, #"{"type":"create","room":"backstage"}"#).last!
        #expect(created["creator"] as? String == "ann")
        for name in ["bob", "cem"] {
            world.send(ann, #"{"type":"invite","room":"backstage","user":"\#(name)"}"#)
        }
        world.send(ann, #"{"type":"leave","room":"backstage"}"#)
        if kept != .inMemory { kept.forgetRooms(of: world) }
        #expect(join(world, bob, "backstage")["creator"] as? String == "ann")
        let who = #"{"type":"who","room":"backstage"}"#
        let people = world.send(bob, who).last!["people"] as? [String]
        #expect(people?.sorted() == ["ann", "bob", "cem"])
        #expect(code(world, cem, who) == "not_in_room")
        world.send(bob, #"{"type":"uninvite","room":"backstage","user":"bob"}"#)
        _ = join(world, ann, "backstage")
        let rest = world.send(ann, who).last!["people"] as? [String]
        #expect(rest?.sorted() == ["ann", "cem"])
        // Rooms that are open say neither.
        #expect(join(world, ann, "trains")["creator"] == nil)
        #expect(world.send(ann, #"{"type":"who","room":"trains"}"#).last!["people"] == nil)
    }

    @Test func `A creator who was forgotten is not named, and nobody takes the place`() {
        let world = World()
        let (ann, bob) = (world.login(0, "ann"), world.login(1, "bob"))
        world.send(ann, #"{"type":"create","room":"backstage"}"#)
        world.send(ann, #"{"type":"invite","room":"backstage","user":"bob"}"#)
        _ = join(world, bob, "backstage")
        world.send(ann, #"{"type":"logout"}"#)
        world.close(ann)
        _ = world.login(2, "cem")
        let joined = join(world, bob, "backstage")
        #expect(joined.type == "joined" && joined["creator"] == nil)
        let who = world.send(bob, #"{"type":"who","room":"backstage"}"#).last!
        #expect(who["people"] as? [String] == ["bob"])
    }

    @Test func `An invitation is acknowledged when it is kept`() {
        let store = FakeStore()
        let world = World(store: store)
        let (ann, _) = (world.login(0, "ann"), world.login(1, "bob"))
        store.answerAll(world)
        world.send(ann, #"{"type":"create","room":"backstage"}"#)
        store.answerAll(world)
        for command in ["invite", "uninvite"] {
            let json = #"{"type":"\#(command)","room":"backstage","user":"bob","ref":"1"}"#
            let count = world.inbox[ann]!.count
            #expect(world.send(ann, json).isEmpty, "\(command)")
            store.answerAll(world)
            #expect(world.heard(ann).dropFirst(count).map(\.type) == ["ok"], "\(command)")
        }
    }

    @Test func `An open room does not become private`() {
        let world = World()
        let (ann, bob) = (world.login(0, "ann"), world.login(1, "bob"))
        _ = join(world, bob, "trains")
        #expect(code(world, ann, #"{"type":"create","room":"trains"}"#) == "name_taken")
        #expect(code(world, ann, #"{"type":"create","room":"lobby"}"#) == "name_taken")
        #expect(code(world, bob, #"{"type":"invite","room":"trains","user":"ann"}"#) != nil)
    }

    @Test(arguments: Keeping.allCases)
    func `Rooms are listed page by page, each once`(kept: Keeping) {
        let world = kept.world
        let ann = world.login(0, "ann")
        var expected = ["lobby"]
        for number in 0..<12 {
            let name = "room\(number * 7 % 12 + 10)"
            expected.append(name)
            _ = join(world, ann, name)
            // Rooms in which nothing was said are in memory alone.
            if number % 3 > 0 {
                world.send(ann, #"{"type":"message","room":"\#(name)","text":"x"}"#)
            }
            if number % 3 == 2, kept != .inMemory {
                world.send(ann, #"{"type":"leave","room":"\#(name)"}"#)
            }
        }
        if kept != .inMemory { kept.forgetRooms(of: world) }
        for limit in [1, 2, 5, 100] {
            var found: [String] = []
            var list = rooms(world, ann, #","limit":\#(limit)"#)
            while true {
                found += names(list)
                guard list["more"] as? Bool == true, found.count < 50 else { break }
                list = rooms(world, ann, #","limit":\#(limit),"after":"\#(found.last!)""#)
            }
            #expect(found == expected.sorted(), "\(limit)")
        }
    }

    @Test(arguments: Keeping.allCases)
    func `What was read is the same on all devices`(kept: Keeping) {
        let world = kept.world
        let (ann, bob) = (world.login(0, "ann"), world.login(1, "bob"))
        let token = world.heard(ann)[0]["session"] as! String
        let second = world.open(2)
        world.send(second, #"{"type":"login","user":"ann","session":"\#(token)"}"#)
        for text in ["one", "two @ann", "three @anna", "@ANN."] {
            world.send(bob, #"{"type":"message","text":"\#(text)"}"#)
        }
        world.send(ann, #"{"type":"message","text":"mine"}"#)
        #expect(code(world, ann, #"{"type":"read","room":"lobby","offset":1}"#) == nil)
        let pushed = world.heard(second).last!
        #expect(pushed.type == "read" && pushed.offset == 1)
        let mine = world.send(second, #"{"type":"mine"}"#).last!["rooms"] as! [JSON]
        #expect(mine.count == 1 && mine[0]["read"] as? Int == 1)
        #expect(mine[0]["kind"] as? String == "open")
        #expect(mine[0]["unread"] as? Int == 3 && mine[0]["mentions"] as? Int == 2)
        // It never goes back, and not beyond the end.
        let count = world.inbox[second]!.count
        world.send(ann, #"{"type":"read","room":"lobby","offset":1}"#)
        #expect(world.inbox[second]!.count == count)
        world.send(ann, #"{"type":"read","room":"lobby","offset":99}"#)
        #expect(world.heard(second).last?.offset == 5)
        #expect(
            code(world, ann, #"{"type":"read","room":"elsewhere","offset":1}"#) == "not_in_room")
    }
}
