// A chat with a store that is saved and goes on in another program, with the same store.
import Testing

@testable import ChatRooms

@Suite struct RestTests {
    private func world(_ limits: ChatLimits = .withoutRateLimit) -> World {
        World(limits, store: FakeStore())
    }

    // `#expect` cannot expand noncopyable values.
    private func isAtRest(_ world: World, hashing: Set<ConnectionKey> = []) -> Bool {
        world.chat.isAtRest(hashing: hashing)
    }

    private func handOver(_ world: World) throws {
        let limits = world.chat.limits
        world.pass(.seconds(1))
        let bytes = world.chat.save(at: world.now)
        world.chat = try Chat(restoring: bytes, limits: limits, at: world.now)
        // The store's part of the next program has nothing under way, and counts anew.
        world.store?.crash()
        let again = world.chat.save(at: world.now)
        let next = try Chat(restoring: again, limits: limits, at: world.now)
        let third = next.save(at: world.now)
        #expect(third == again)
    }

    @Test func `It is not at rest while anything is on its way to the store, or back`() throws {
        let world = world()
        let store = try #require(world.store)
        world.openLobby()
        #expect(!isAtRest(world), "the lobby is looked for")
        store.answerAll(world)
        #expect(isAtRest(world))
        let ann = world.login(0, "ann")
        store.answerAll(world)
        #expect(isAtRest(world))
        world.send(ann, #"{"type":"message","text":"one","ref":"1"}"#)
        #expect(!isAtRest(world), "a message waits to be kept")
        store.answerAll(world)
        #expect(isAtRest(world))
        world.send(ann, #"{"type":"join","room":"kitchen"}"#)
        #expect(!isAtRest(world), "a room is looked for")
        store.answerAll(world)
        #expect(isAtRest(world))
        world.tell(.state(.fails(.full)))
        #expect(!isAtRest(world), "nothing can be kept")
        world.tell(.state(.works))
        #expect(isAtRest(world))
    }

    @Test func `A password that is being hashed does not count, if its connection is named`() throws
    {
        let world = world()
        let store = try #require(world.store)
        store.answersAtOnce = true
        world.openLobby()
        world.answersPasswordsAtOnce = false
        let ann = world.login(0, "ann")
        world.send(ann, #"{"type":"account","password":"correct horse"}"#)
        #expect(!isAtRest(world))
        #expect(isAtRest(world, hashing: [ann]))
        #expect(!isAtRest(world, hashing: [ConnectionKey(slot: 9, generation: 0)]))
    }

    @Test func `Rooms, users and places go on in the same store`() throws {
        let world = world()
        let store = try #require(world.store)
        store.answersAtOnce = true
        world.openLobby()
        let ann = world.login(0, "ann")
        world.send(ann, #"{"type":"join","room":"kitchen"}"#)
        for number in 1...6 {
            world.send(ann, #"{"type":"message","room":"kitchen","text":"\#(number)"}"#)
        }
        try handOver(world)
        let ok = world.send(ann, #"{"type":"message","room":"kitchen","text":"7","ref":"7"}"#)
        #expect(ok.last?.type == "ok" && ok.last?["offset"] as? Int == 7)
        // A new room and a new user get numbers that nobody has had.
        world.send(ann, #"{"type":"join","room":"attic"}"#)
        world.send(ann, #"{"type":"message","room":"attic","text":"new"}"#)
        let bob = world.login(1, "bob")
        world.send(bob, #"{"type":"join","room":"kitchen"}"#)
        world.send(bob, #"{"type":"message","room":"kitchen","text":"8"}"#)
        #expect(Set(store.rooms.values.map(\.room.name)).isSuperset(of: ["kitchen", "attic"]))
        #expect(store.rooms.keys.count == store.rooms.values.map(\.room.number).count)
        let kitchen = try #require(store.rooms.values.first { $0.room.name == "kitchen" })
        #expect(kitchen.entries.map(\.entry.place.offset) == Array(1...8))
        #expect(Set(kitchen.entries.map(\.entry.author)).count == 2)
        // A retry of what was said before is known.
        let message = #"{"type":"message","room":"kitchen","text":"9","id":"nine","ref":"9"}"#
        #expect(world.send(ann, message).last?["offset"] as? Int == 9)
        try handOver(world)
        #expect(world.send(ann, message).last?["offset"] as? Int == 9)
        #expect(store.rooms[kitchen.room.number]?.entries.count == 9)
    }

    @Test func `What an address has had stored counts on, whether somebody is there or not`() throws
    {
        var limits = ChatLimits.withoutRateLimit
        limits.storedByteLimitPerAddressAndDay = 2_000
        let world = world(limits)
        let store = try #require(world.store)
        store.answersAtOnce = true
        world.openLobby()
        let message =
            #"{"type":"message","text":"\#(String(repeating: "x", count: 900))"}"#
        let ann = world.login(0, "ann", from: 7)
        let bob = world.login(1, "bob", from: 8)
        for person in [ann, bob] {
            while world.send(person, message).last?.type == "ok" {}
        }
        world.close(bob)
        try handOver(world)
        #expect(world.send(ann, message)[0].code == "rate_limited")
        let again = world.login(2, "cid", from: 8)
        #expect(world.send(again, message)[0].code == "rate_limited")
        let other = world.login(3, "dora", from: 9)
        #expect(world.send(other, message).last?.type == "ok")
    }
}
