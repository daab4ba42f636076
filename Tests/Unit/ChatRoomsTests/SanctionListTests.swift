// The command `sanctions`: what moderators see of the bans and mutes in force.
import Testing

@testable import ChatRooms

@Suite struct SanctionListTests {
    private func list(_ world: World, after: Int = 0, by slot: UInt32 = 50) -> JSON {
        world.send(world.connections[slot]!, #"{"type":"sanctions","after":\#(after)}"#).last!
    }

    private func all(_ reply: JSON) -> [JSON] { reply["sanctions"] as? [JSON] ?? [] }

    @Test func `Moderators see what is in force, and nobody else`() {
        let world = World()
        world.enterModerator()
        for (slot, name) in ["ann", "bob", "cem"].enumerated() {
            _ = world.login(UInt32(slot), name)
        }
        #expect(list(world, by: 0).code == "forbidden")
        #expect(all(list(world)).isEmpty)
        world.order(.mute, "lobby", "ann", #","seconds":60,"reason":"a \"b\"""#)
        world.order(.ban, "*", "bob")
        world.order(.ban, "lobby", "cem", #","seconds":600"#)
        let found = all(list(world))
        #expect(found.map { $0["action"] as? String } == ["mute", "ban", "ban"])
        #expect(found.map { $0["room"] as? String } == ["lobby", "*", "lobby"])
        #expect(found.map { $0["user"] as? String } == ["ann", "bob", "cem"])
        #expect(found.allSatisfy { $0["by"] as? String == "mod" && $0["at"] is String })
        #expect(found[0]["reason"] as? String == #"a "b""# && found[1]["reason"] == nil)
        #expect(found[0]["until"] is String && found[1]["until"] == nil)
        // What is over, or lifted, is not there.
        world.pass(.seconds(60))
        world.order(.unban, "*", "bob")
        #expect(all(list(world)).map { $0["user"] as? String } == ["cem"])
    }

    @Test func `Many come page by page, each once`() throws {
        let world = World()
        world.enterModerator()
        for number in 0..<(Chat.sanctionListLimit + 7) {
            let slot = UInt32(number + 100)
            _ = world.login(slot, "user\(number)")
            world.order(.mute, "*", "user\(number)")
        }
        let first = list(world)
        #expect(all(first).count == Chat.sanctionListLimit && first["more"] as? Bool == true)
        let last = try #require(all(first).last?["number"] as? Int)
        let second = list(world, after: last)
        #expect(all(second).count == 7 && second["more"] as? Bool == false)
        let names = (all(first) + all(second)).compactMap { $0["user"] as? String }
        #expect(Set(names).count == Chat.sanctionListLimit + 7)
    }
}
