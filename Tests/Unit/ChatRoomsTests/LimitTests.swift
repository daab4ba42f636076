// Every bound at its edge: how often, how many, how long.

import Foundation
import Testing

@testable import ChatRooms

@Suite struct LimitTests {
    @Test func twentyCommandsAtOnceThenFiveASecond() {
        let world = World(ChatLimits())
        let key = world.login(0, "ann")
        let who = #"{"type":"who","room":"lobby","ref":"r"}"#
        for _ in 0..<19 {
            #expect(world.send(key, who)[0].type == "who")
        }
        let refusal = world.send(key, who)[0]
        #expect(refusal.code == "rate_limited")
        #expect(refusal["retry_after_ms"] as? Int == 200)
        #expect(refusal["ref"] as? String == "r")
        world.pass(.milliseconds(199))
        #expect(world.send(key, who)[0]["retry_after_ms"] as? Int == 1)
        world.pass(.milliseconds(1))
        #expect(world.send(key, who)[0].type == "who")
        #expect(world.send(key, who)[0].code == "rate_limited")
        // Bad JSON counts as a command too.
        world.pass(.milliseconds(200))
        #expect(world.send(key, "{")[0].code == "bad_json")
        #expect(world.send(key, "{")[0].code == "rate_limited")
        world.pass(.seconds(4))
        for _ in 0..<20 {
            #expect(world.send(key, who)[0].type == "who")
        }
        #expect(world.send(key, who)[0].code == "rate_limited")
    }

    @Test func whoNeverRestsIsClosed() {
        let world = World(ChatLimits())
        let key = world.open(0)
        for _ in 0..<20 {
            world.send(key, "{")
        }
        for _ in 0..<99 {
            #expect(world.send(key, "{")[0].code == "rate_limited")
        }
        #expect(world.closes.isEmpty)
        #expect(world.send(key, "{")[0].code == "rate_limited")
        #expect(world.closes[key]?.code == 4002)
        #expect(world.send(key, #"{"type":"login","user":"ann"}"#).isEmpty)
        world.close(key)
    }

    @Test func aRestForgivesEarlierRefusals() {
        let world = World(ChatLimits())
        let key = world.open(0)
        for _ in 0..<10 {
            for _ in 0..<60 {
                world.send(key, "{")
            }
            world.pass(.seconds(4))
        }
        #expect(world.closes.isEmpty)
    }

    @Test func loginIsDueWithin15Seconds() {
        let world = World()
        let late = world.open(0)
        world.pass(.seconds(1))
        let later = world.open(1)
        let gone = world.open(2)
        _ = world.login(3, "ann")
        world.close(gone)
        world.pass(.milliseconds(13_999))
        world.tick()
        #expect(world.closes.isEmpty)
        world.send(late, "{}")
        world.pass(.milliseconds(1))
        world.tick()
        #expect(world.closes.mapValues(\.code) == [late: 1008])
        #expect(world.send(late, #"{"type":"login","user":"bob"}"#).isEmpty)
        world.close(late)
        world.pass(.seconds(1))
        world.tick()
        #expect(world.closes.mapValues(\.code) == [late: 1008, later: 1008])
        #expect(world.waitingCount == 0)
    }

    @Test func aConnectionIsIn64Rooms() {
        let world = World()
        let key = world.login(0, "ann")
        for number in 1..<64 {
            #expect(world.send(key, #"{"type":"join","room":"r\#(number)"}"#)[0].type == "joined")
        }
        #expect(world.send(key, #"{"type":"join","room":"r64"}"#)[0].code == "too_many_rooms")
        #expect(world.rooms.count == 64)
        #expect(world.send(key, #"{"type":"join","room":"r5"}"#)[0].type == "joined")
        #expect(world.send(key, #"{"type":"leave","room":"r5"}"#)[0].type == "ok")
        #expect(world.send(key, #"{"type":"join","room":"r64"}"#)[0].type == "joined")
    }

    @Test func aUserHas64Connections() {
        let world = World()
        let first = world.login(0, "ann")
        let session = world.heard(first)[0]["session"] as! String
        let login = #"{"type":"login","user":"ann","session":"\#(session)"}"#
        for slot in 1..<64 as Range<UInt32> {
            #expect(world.send(world.open(slot), login)[0].type == "welcome")
        }
        #expect(world.send(world.open(64), login)[0].code == "forbidden")
        world.close(first)
        #expect(world.send(world.connections[64]!, login)[0].type == "welcome")
        #expect(world.userCount == 1)
    }

    @Test func anEmptyRoomGivesWayToANewOne() {
        var limits = ChatLimits.withoutRateLimit
        limits.roomLimit = 3
        let world = World(limits)
        let key = world.login(0, "ann")
        for room in ["a", "b"] {
            world.send(key, #"{"type":"join","room":"\#(room)"}"#)
            world.send(key, #"{"type":"message","room":"\#(room)","text":"x"}"#)
        }
        #expect(world.send(key, #"{"type":"join","room":"c"}"#)[0].code == "too_many_rooms")
        world.send(key, #"{"type":"leave","room":"b"}"#)
        world.send(key, #"{"type":"leave","room":"a"}"#)
        #expect(world.send(key, #"{"type":"join","room":"c"}"#)[0].type == "joined")
        // b was empty for the longest time, so a still exists.
        #expect(world.send(key, #"{"type":"join","room":"a"}"#)[0].offset == 1)
        #expect(world.send(key, #"{"type":"join","room":"d"}"#)[0].code == "too_many_rooms")
    }

    @Test func anEmptyRoomIsForgottenAfterTenMinutes() {
        let world = World()
        let ann = world.login(0, "ann")
        let epoch = world.heard(ann)[1]["epoch"] as! String
        world.send(ann, #"{"type":"join","room":"silent"}"#)
        world.send(ann, #"{"type":"leave","room":"silent"}"#)
        #expect(world.rooms.count == 1)
        world.send(ann, #"{"type":"message","text":"x"}"#)
        world.send(ann, #"{"type":"leave","room":"lobby"}"#)
        world.pass(.milliseconds(599_999))
        world.tick()
        let again = world.send(ann, #"{"type":"join","room":"lobby"}"#)[0]
        #expect(again.offsets == [1] && again["epoch"] as? String == epoch)
        world.pass(.seconds(1))
        world.tick()
        #expect(world.rooms.count == 1)
        world.send(ann, #"{"type":"leave","room":"lobby"}"#)
        world.pass(.seconds(600))
        world.tick()
        #expect(world.rooms.isEmpty && world.roomCount == 0)
        #expect(world.historyByteCount == 0)
        let new = world.send(
            ann, #"{"type":"join","room":"lobby","since":{"epoch":"\#(epoch)","offset":1}}"#)[0]
        #expect(new["recovered"] as? Bool == false && new.offset == 0)
        #expect(new["epoch"] as? String != epoch)
    }

    @Test func presenceChangesItsFormAbove200Members() {
        var limits = ChatLimits.withoutRateLimit
        limits.presenceMemberLimit = 3
        let world = World(limits)
        let keys = (0..<3).map { world.login($0, "user\($0)") }
        let watcher = keys[0]
        #expect(world.heard(keys[2])[1]["members"] as? [String] == ["user0", "user1", "user2"])
        #expect(world.heard(watcher).last?["user"] as? String == "user2")
        let fourth = world.login(3, "user3")
        #expect(world.heard(fourth)[1]["members"] == nil)
        #expect(world.heard(fourth)[1]["count"] as? Int == 4)
        #expect(world.heard(watcher).last?["user"] as? String == "user2")
        world.tick()
        #expect(
            world.inbox[watcher]!.last
                == #"{"type":"presence","room":"lobby","event":"count","count":4}"#)
        // At most once a second, and only if it has changed.
        let count = world.heard(watcher).count
        _ = world.login(4, "user4")
        world.pass(.milliseconds(999))
        world.tick()
        #expect(world.heard(watcher).count == count)
        world.pass(.milliseconds(1))
        world.tick()
        #expect(world.heard(watcher).last?["count"] as? Int == 5)
        world.pass(.seconds(5))
        world.tick()
        #expect(world.heard(watcher).count == count + 1)
        // Below again: the change at the edge is sent as a count, the next as a name.
        world.close(world.connections[4]!)
        world.close(fourth)
        #expect(world.heard(watcher).count == count + 1)
        world.close(keys[2])
        #expect(world.heard(watcher).last?["event"] as? String == "leave")
        #expect(world.heard(watcher).last?["count"] as? Int == 2)
    }

    @Test func whoNames500() {
        let world = World()
        var last: ConnectionKey?
        for number in 0..<502 as Range<UInt32> {
            last = world.login(number, "user\(number)")
        }
        let who = world.send(last!, #"{"type":"who","room":"lobby"}"#)[0]
        #expect((who["members"] as? [String])?.count == 500)
        #expect(who["count"] as? Int == 502)
    }

    @Test func withoutTokensNobodyLogsIn() {
        let world = World()
        let key = world.open(0)
        world.chat.received(
            [UInt8](#"{"type":"login","user":"ann"}"#.utf8).span, from: key, at: world.now,
            &world.effects)
        world.carryOut()
        #expect(world.heard(key).map(\.code) == ["unavailable"])
        #expect(world.send(key, #"{"type":"login","user":"ann"}"#)[0].type == "welcome")
    }
}
