// The users who may have a name, and how long it stays reserved.

import Foundation
import Testing

@testable import ChatRooms

@Suite struct SessionTests {
    private func login(_ world: World, _ slot: UInt32, _ user: String, _ session: String = "")
        -> JSON
    {
        world.send(
            world.open(slot), #"{"type":"login","user":"\#(user)","session":"\#(session)"}"#)[0]
    }

    @Test func aNameIsOneUsersAtATime() {
        let world = World()
        let welcome = login(world, 0, "Ann")
        let session = welcome["session"] as! String
        for wrong in ["", "x", String(repeating: "A", count: 22), session + "A"] {
            #expect(login(world, 1, "ann", wrong).code == "name_taken")
            world.close(world.connections[1]!)
        }
        let second = login(world, 1, "ann", session)
        #expect(second.type == "welcome")
        #expect(second["session"] as? String == session)
        #expect(second["user"] as? String == "Ann")
        #expect(world.userCount == 1)
    }

    @Test func presenceIsPerUser() {
        let world = World()
        let watcher = world.login(9, "watcher")
        let session = login(world, 0, "ann")["session"] as! String
        _ = login(world, 1, "ann", session)
        world.close(world.connections[0]!)
        #expect(world.heard(watcher).filter { $0.type == "presence" }.count == 1)
        world.close(world.connections[1]!)
        let events = world.heard(watcher).filter { $0.type == "presence" }
        #expect(events.map { $0["event"] as? String } == ["join", "leave"])
        #expect(events.map { $0["count"] as? Int } == [2, 1])
    }

    @Test func aNameWaitsAMinuteForItsSession() {
        let world = World()
        let session = login(world, 0, "ann")["session"] as! String
        world.close(world.connections[0]!)
        world.pass(.milliseconds(59_999))
        #expect(login(world, 1, "ann").code == "name_taken")
        let back = login(world, 2, "ANN", session)
        #expect(back["user"] as? String == "ANN" && back["session"] as? String == session)
        world.close(world.connections[2]!)
        world.pass(.seconds(60))
        world.close(world.connections[1]!)
        let other = login(world, 3, "ann")
        #expect(other.type == "welcome" && other["session"] as? String != session)
        #expect(login(world, 4, "ann", session).code == "name_taken")
        world.close(world.connections[3]!)
        #expect(login(world, 5, "ann", session).code == "name_taken")
        #expect(login(world, 6, "ann", other["session"] as! String).type == "welcome")
    }

    @Test func aSessionIsRememberedForADay() {
        let world = World()
        let session = login(world, 0, "ann")["session"] as! String
        world.close(world.connections[0]!)
        world.pass(.milliseconds(86_399_999))
        world.tick()
        let kept = login(world, 1, "ann", session)
        #expect(kept["session"] as? String == session)
        world.close(world.connections[1]!)
        world.pass(.seconds(86_400))
        world.tick()
        #expect(world.rememberedUserCount == 0)
        #expect(login(world, 2, "ann", session)["session"] as? String != session)
    }

    @Test func goneUsersAreForgottenOldestFirst() {
        var limits = ChatLimits.withoutRateLimit
        limits.goneUserLimit = 2
        let world = World(limits)
        var sessions: [String] = []
        for slot in 0..<3 as Range<UInt32> {
            sessions.append(login(world, slot, "user\(slot)")["session"] as! String)
        }
        for slot in [1, 0] as [UInt32] {
            world.close(world.connections[slot]!)
        }
        world.pass(.seconds(60))
        world.close(world.connections[2]!)
        #expect(world.rememberedUserCount == 2)
        #expect(login(world, 0, "user1").type == "welcome")
        #expect(login(world, 2, "user2", sessions[2])["session"] as? String == sessions[2])
    }

    @Test func aSessionProvesItsOwnNameOnly() {
        let world = World()
        let session = login(world, 0, "ann")["session"] as! String
        let bob = login(world, 1, "bob", session)
        #expect(bob.type == "welcome" && bob["session"] as? String != session)
    }
}
