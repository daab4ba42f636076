// `join` with `private`: what somebody says in a private room never gets into an open one.
import Testing

@testable import ChatRooms

@Suite struct PrivateOnlyTests {
    private func join(_ name: String, _ isPrivate: String) -> String {
        #"{"type":"join","room":"\#(name)","private":\#(isPrivate),"ref":"j"}"#
    }

    @Test(arguments: ["true", "false", "null"])
    func `A private room is entered as ever`(_ isPrivate: String) {
        let world = World()
        let ann = world.login(0, "ann", join: false)
        world.send(ann, #"{"type":"create","room":"safe"}"#)
        let again = world.send(ann, join("SAFE", isPrivate))[0]
        #expect(again.type == "joined" && again["kind"] as? String == "private")
    }

    @Test(arguments: [false, true])
    func `Where there is no private room none is opened`(_ hasStore: Bool) {
        let store = FakeStore()
        store.answersAtOnce = true
        let world = hasStore ? World(store: store) : World()
        let (ann, bob) = (world.login(0, "ann", join: false), world.login(1, "bob", join: false))
        let count = world.roomCount
        let refusal = world.send(ann, join("safe", "true"))[0]
        #expect(refusal.code == "not_found" && refusal["ref"] as? String == "j")
        #expect(world.roomCount == count)
        #expect(world.send(ann, #"{"type":"message","room":"safe","text":"x"}"#)[0].code != nil)
        // Somebody opens one with its name.
        #expect(world.send(bob, join("safe", "false"))[0].type == "joined")
        #expect(world.send(ann, join("safe", "true"))[0].code == "not_found")
        #expect(world.send(bob, #"{"type":"who","room":"safe"}"#)[0]["count"] as? Int == 1)
        #expect(world.send(ann, join("safe", "false"))[0].type == "joined")
    }

    @Test func `Only a truth value counts, and a conversation is no private room`() {
        let world = World()
        let ann = world.login(0, "ann", join: false)
        _ = world.login(1, "bob", join: false)
        #expect(world.send(ann, join("safe", #""yes""#))[0].code == "bad_request")
        #expect(world.send(ann, join("@ann,bob", "true"))[0].code == "not_found")
        #expect(world.roomCount == 0)
    }
}
