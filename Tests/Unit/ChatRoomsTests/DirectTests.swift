// Conversations of two: who is in them, who finds them, and who does not.
import Foundation
import Testing

@testable import ChatRooms

@Suite struct DirectTests {
    private let name = "@ann,Bob"

    private func say(_ world: World, _ key: ConnectionKey, to: String, _ text: String) -> JSON {
        world.send(key, #"{"type":"direct","to":"\#(to)","text":"\#(text)"}"#).last!
    }

    private func mine(_ world: World, _ key: ConnectionKey) -> [JSON] {
        world.send(key, #"{"type":"mine"}"#).last?["rooms"] as? [JSON] ?? []
    }

    private func join(_ world: World, _ key: ConnectionKey, _ room: String) -> JSON {
        world.send(key, #"{"type":"join","room":"\#(room)"}"#).last!
    }

    @Test(arguments: Keeping.allCases)
    func `All connections of both are in it, and nobody else`(kept: Keeping) {
        let world = kept.world
        let (ann, bob, cem) = (world.login(0, "ann"), world.login(1, "Bob"), world.login(2, "cem"))
        let token = world.heard(bob)[0]["session"] as! String
        let second = world.open(3)
        world.send(second, #"{"type":"login","user":"bob","session":"\#(token)"}"#)
        #expect(say(world, ann, to: "BOB", "hi")["room"] as? String == name)
        #expect(say(world, second, to: "ann", "hello").offset == 2)
        for key in [ann, bob, second] {
            let heard = world.heard(key).filter { $0["room"] as? String == name }
            #expect(heard.first?.type == "direct" && heard.first?.offset == 0)
            #expect(heard.filter { $0.type == "message" }.map(\.offset) == [1, 2])
        }
        #expect(!world.inbox[cem]!.joined().contains("@ann"))
        for room in [name, "@bob,ann", "@ann,bob", "@ann,cem,bob", "@", "@nobody,cem"] {
            #expect(join(world, cem, room).code == "not_found", "\(room)")
        }
        #expect(world.page(name).0.code == "not_found")
        #expect(world.publish(name, #"{"text":"x"}"#).0.code == "not_found")
        #expect(join(world, ann, "@BOB,ann").type == "joined")
        #expect(!world.send(cem, #"{"type":"rooms"}"#).description.contains("@"))
    }

    @Test(arguments: [
        ("ann", "bad_request"), ("nobody", "not_found"), ("no name", "bad_name"),
    ])
    func `A message to nobody is refused`(to: String, code: String) {
        let world = World()
        let ann = world.login(0, "ann")
        #expect(say(world, ann, to: to, "x").code == code)
        #expect(world.roomCount == 1)
    }

    @Test(arguments: Keeping.allCases)
    func `It waits for who is away, with what is unread`(kept: Keeping) {
        let world = kept.world
        let (ann, bob) = (world.login(0, "ann"), world.login(1, "Bob"))
        world.send(bob, #"{"type":"account","password":"correct horse"}"#)
        world.close(bob)
        for number in 1...6 { #expect(say(world, ann, to: "bob", "\(number) @bob").code == nil) }
        if kept != .inMemory {
            world.close(ann)
            kept.forgetRooms(of: world)
        }
        let again = world.open(5)
        world.send(again, #"{"type":"login","user":"bob","password":"correct horse"}"#)
        let list = mine(world, again)
        #expect(list.count == 1 && list[0]["room"] as? String == name)
        #expect(list[0]["unread"] as? Int == 6 && list[0]["mentions"] as? Int == 6)
        let joined = join(world, again, list[0]["room"] as! String)
        #expect(joined.offsets == Array(1...6) && joined["kind"] as? String == "direct")
        world.send(again, #"{"type":"read","room":"\#(name)","offset":4}"#)
        #expect(mine(world, again)[0]["unread"] as? Int == 2)
        #expect(mine(world, again)[0]["read"] as? Int == 4)
    }

    @Test(arguments: Keeping.allCases)
    func `Somebody else with the same name has another conversation`(kept: Keeping) {
        let world = kept.world
        let (ann, bob) = (world.login(0, "ann"), world.login(1, "Bob"))
        _ = say(world, ann, to: "bob", "for the first bob")
        world.close(bob)
        world.pass(.seconds(61))
        let other = world.login(2, "Bob")
        #expect(join(world, other, name).offsets == [])
        #expect(mine(world, other).isEmpty || kept == .inMemory)
        #expect(say(world, ann, to: "bob", "for the second bob").offset == 1)
        #expect(!world.inbox[other]!.joined().contains("first"))
        let mineNow = mine(world, ann).filter { $0["room"] as? String == name }
        #expect(mineNow.contains { $0.offset == 1 })
        // What ann says by the name goes to who has it now.
        world.send(ann, #"{"type":"message","room":"\#(name)","text":"again"}"#)
        #expect(world.heard(other).last?["text"] as? String == "again")
    }

    @Test func `A retry with the same id is one message`() {
        let world = World()
        let (ann, bob) = (world.login(0, "ann"), world.login(1, "Bob"))
        let json = #"{"type":"direct","to":"bob","text":"x","id":"1"}"#
        #expect(world.send(ann, json).last?.offset == 1)
        #expect(world.send(ann, json).last?.offset == 1)
        #expect(world.heard(bob).filter { $0.type == "message" }.count == 1)
    }

    @Test func `A connection in too many rooms can say nothing to new people`() {
        var limits = ChatLimits.withoutRateLimit
        limits.roomsPerConnectionLimit = 2
        let world = World(limits)
        let (ann, _, _) = (world.login(0, "ann"), world.login(1, "Bob"), world.login(2, "cem"))
        #expect(say(world, ann, to: "bob", "x").offset == 1)
        #expect(say(world, ann, to: "cem", "x").code == "too_many_rooms")
        #expect(say(world, ann, to: "bob", "y").offset == 2)
    }

    @Test func `Nobody is kept from rooms by what others write`() {
        var limits = ChatLimits.withoutRateLimit
        limits.roomsPerConnectionLimit = 8
        let world = World(limits)
        let bob = world.login(0, "Bob")
        for number in 1...8 {
            let key = world.login(UInt32(number), "user\(number)")
            #expect(say(world, key, to: "bob", "x").offset == 1)
        }
        #expect(world.heard(bob).filter { $0.type == "direct" }.count == 5)
        #expect(join(world, bob, "trains").type == "joined")
        #expect(mine(world, bob).count == 8)
    }

    @Test func `A conversation survives a hand-over`() throws {
        let world = World()
        let (ann, bob) = (world.login(0, "ann"), world.login(1, "Bob"))
        _ = say(world, ann, to: "bob", "x")
        world.send(bob, #"{"type":"read","room":"\#(name)","offset":1}"#)
        world.send(ann, #"{"type":"create","room":"backstage"}"#)
        world.send(ann, #"{"type":"invite","room":"backstage","user":"bob"}"#)
        let before = (mine(world, ann) as NSArray, mine(world, bob) as NSArray)
        world.chat = try Chat(
            restoring: world.chat.save(at: world.now), limits: .withoutRateLimit, at: world.now)
        #expect(mine(world, ann) as NSArray == before.0)
        #expect(mine(world, bob) as NSArray == before.1)
        #expect(say(world, bob, to: "ann", "y").offset == 2)
        #expect(join(world, bob, "backstage").type == "joined")
    }
}
