// Places belong to somebody: whatever some addresses do, what belongs to others is there.

import Foundation
import Testing

@testable import ChatRooms

@Suite struct PlaceTests {
    private func say(_ world: World, _ key: ConnectionKey, _ room: String) -> JSON {
        world.send(key, #"{"type":"message","room":"\#(room)","text":"x"}"#).last!
    }

    private func join(_ world: World, _ key: ConnectionKey, _ room: String) -> JSON {
        world.send(key, #"{"type":"join","room":"\#(room)"}"#)[0]
    }

    private func leave(_ world: World, _ key: ConnectionKey, _ room: String) {
        world.send(key, #"{"type":"leave","room":"\#(room)"}"#)
    }

    /// Enters a room, says something and leaves; whether the room was opened.
    @discardableResult
    private func visit(_ world: World, _ key: ConnectionKey, _ room: String) -> Bool {
        guard join(world, key, room).type == "joined" else { return false }
        _ = say(world, key, room)
        leave(world, key, room)
        return true
    }

    private func exists(_ world: World, _ room: String) -> Bool {
        world.page(room).0.type == "history"
    }

    private func openLobby(_ world: World) {
        world.chat.openLobby(at: world.now, &world.effects)
        world.carryOut()
    }

    // MARK: Rooms

    @Test func `Rooms are counted per user and per address, as long as they exist`() {
        var limits = ChatLimits.withoutRateLimit
        limits.openedRoomsPerUserLimit = 3
        limits.roomsPerAddressLimit = 5
        let world = World(limits)
        openLobby(world)
        let ann = world.login(0, "ann", from: 1)
        let bob = world.login(1, "bob", from: 1)
        let cid = world.login(2, "cid", from: 2)
        #expect((0..<3).allSatisfy { visit(world, ann, "a\($0)") })
        #expect(join(world, ann, "a3").code == "too_many_rooms")
        #expect((0..<2).allSatisfy { visit(world, bob, "b\($0)") })
        #expect(join(world, bob, "b2").code == "too_many_rooms")
        // To enter rooms of others takes no place, and another address has its own.
        #expect(join(world, cid, "a0").type == "joined" && join(world, cid, "c").type == "joined")
        #expect(join(world, ann, "b0").type == "joined")
        world.close(ann)
        let again = world.login(0, "ann2", from: 1)
        #expect(join(world, again, "d").code == "too_many_rooms")
        world.pass(.seconds(600))
        world.tick()
        #expect((0..<3).allSatisfy { visit(world, again, "e\($0)") })
        #expect(exists(world, "a0") && exists(world, "lobby"))
    }

    @Test func `The lobby is always there and takes no place`() {
        var limits = ChatLimits.withoutRateLimit
        limits.roomLimit = 1
        let world = World(limits)
        openLobby(world)
        openLobby(world)
        #expect(world.roomCount == 1 && exists(world, "lobby"))
        let ann = world.login(0, "ann", from: 1)
        #expect(join(world, ann, "a").type == "joined")
        #expect(join(world, ann, "b").code == "too_many_rooms")
        _ = say(world, ann, "lobby")
        world.close(ann)
        world.pass(.seconds(7_000))
        world.tick()
        #expect(world.page("lobby").0.offsets == [1] && world.roomCount == 1)
    }

    @Test func `Operators' rooms have places of their own, and no user's room costs one`() {
        var limits = ChatLimits.withoutRateLimit
        limits.roomLimit = 2
        limits.operatorRoomLimit = 2
        let world = World(limits)
        let ann = world.login(0, "ann", join: false, from: 1)
        #expect(world.publish("o1", #"{"text":"x"}"#).1 && world.publish("o2", #"{"text":"x"}"#).1)
        for number in 0..<10 { visit(world, ann, "r\(number)") }
        #expect(exists(world, "o1") && exists(world, "o2") && world.roomCount == 4)
        // Its own churn replaces its own, but no room in which somebody is or was.
        #expect(join(world, ann, "o1").type == "joined")
        leave(world, ann, "o1")
        #expect(world.publish("o3", #"{"text":"x"}"#).1)
        #expect(exists(world, "o1") && !exists(world, "o2"))
        #expect(join(world, ann, "o3").type == "joined")
        #expect(world.publish("o4", #"{"text":"x"}"#).0.code == "too_many_rooms")
    }

    /// Five addresses open, visit and leave rooms at random, two of them ten times as often as the
    /// others. An address that has few rooms keeps them.
    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `Nobody's churn takes the room of somebody who has fewer`(seed: UInt64) throws {
        var limits = ChatLimits.withoutRateLimit
        limits.roomLimit = 30
        limits.roomsPerAddressLimit = 20
        let world = World(limits)
        openLobby(world)
        var random = SeededGenerator(seed)
        var keys = (1...5).map { address in
            world.login(
                UInt32(address), "user\(address)", join: false, from: UInt128(address))
        }
        // Rooms that exist, by who has opened them; and those in which others have been.
        var opened: [String: Int] = [:]
        var shared = Set<String>()
        var evictedCount = 0
        for step in 0..<700 {
            let who = Int.random(in: 0..<25, using: &random)
            let index = who < 5 ? who : who % 2
            let before = opened
            if Int.random(in: 0..<6, using: &random) == 0,
                let room = opened.keys.sorted()
                    .randomElement(using: &random)
            {
                if opened[room] != index { shared.insert(room) }
                #expect(visit(world, keys[index], room))
            } else {
                let room = "r\(step)"
                let mine = opened.values.count { $0 == index }
                let isOpened = visit(world, keys[index], room)
                if isOpened { opened[room] = index }
                if mine >= 20 { #expect(!isOpened) }
            }
            for (room, owner) in before where !exists(world, room) {
                // Given away: not shared, and by the one who had most, or by the newcomer itself.
                evictedCount += 1
                #expect(!shared.contains(room), "\(room)")
                let theirs = before.values.count { $0 == owner }
                let mine = before.values.count { $0 == index }
                #expect(owner == index || theirs > mine + 1, "\(theirs) for \(mine)")
                opened[room] = nil
            }
            #expect(world.roomCount <= 31 && exists(world, "lobby"))
            if step % 100 == 50 {
                try world.restart(clockOffset: Int64(step) * 1_000)
                keys = (1...5).map { world.connections[UInt32($0)]! }
            }
        }
        #expect(evictedCount > 20)
    }

    // MARK: Names

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func `A reserved name is nobody's to take, whoever comes and goes`(seed: UInt64) throws {
        var limits = ChatLimits.withoutRateLimit
        limits.goneUserLimit = 300
        let world = World(limits)
        var random = SeededGenerator(seed)
        /// The names that must be kept: with which session, since when, and of which address.
        var kept: [String: (session: String, left: Int64, address: UInt128)] = [:]
        var keptCount = 0
        for step in 0..<1_200 {
            // Address 9 comes and goes ten times as often as the others, which stay below their
            // share of three users.
            let address = Int.random(in: 0..<12, using: &random) < 10 ? 9 : UInt128(step % 40 + 20)
            let name = "u\(step)"
            let key = world.login(0, name, join: false, from: address)
            let session = world.heard(key)[0]["session"] as! String
            let before = kept.values.count {
                $0.address == address && $0.left > world.now.monotonic - 60_000
            }
            world.close(key)
            if before < 3, kept.values.count < 300 {
                kept[name] = (session, world.now.monotonic, address)
            }
            world.pass(.milliseconds(Int.random(in: 1...3_000, using: &random)))
            kept = kept.filter { world.now.monotonic - $0.value.left < 60_000 }
            if step % 20 == 7 {
                for (name, user) in kept.sorted(by: { $0.key < $1.key }).prefix(5) {
                    keptCount += 1
                    let thief = world.open(1, from: 9)
                    let refusal = world.send(thief, #"{"type":"login","user":"\#(name)"}"#)[0]
                    #expect(refusal.code == "name_taken", "\(name) from \(user.address)")
                    world.close(thief)
                }
                try world.restart(clockOffset: -5_000)
                kept = kept.mapValues { ($0.session, $0.left - 5_000, $0.address) }
            }
            #expect(world.rememberedUserCount <= 300)
        }
        #expect(keptCount > 100)
    }

    @Test func `An address beyond its share loses its own oldest name, not another's`() {
        var limits = ChatLimits.withoutRateLimit
        limits.goneUserLimit = 200
        let world = World(limits)
        func come(_ name: String, from address: UInt128) -> JSON {
            let key = world.open(0, from: address)
            let reply = world.send(key, #"{"type":"login","user":"\#(name)","join":false}"#)[0]
            world.close(key)
            return reply
        }
        _ = come("ann", from: 1)
        world.pass(.seconds(61))
        // Two are its share. Within their reservation, nobody of them goes: the third is not kept.
        for name in ["b1", "b2", "b3"] { _ = come(name, from: 2) }
        #expect(world.rememberedUserCount == 3)
        #expect(
            come("b1", from: 3).code == "name_taken" && come("b2", from: 3).code == "name_taken")
        #expect(come("b3", from: 3).type == "welcome")
        world.pass(.seconds(61))
        _ = come("b4", from: 2)
        #expect(come("b4", from: 3).code == "name_taken" && world.rememberedUserCount == 4)
        #expect(come("b1", from: 4).type == "welcome")
    }

    // MARK: History

    @Test func `An address that says too much where memory is short loses its own messages`() {
        var limits = ChatLimits.withoutRateLimit
        limits.historyByteLimit = 1 << 20
        let world = World(limits)
        openLobby(world)
        let text = String(repeating: "x", count: 3_000)
        func say(_ key: ConnectionKey, _ room: String, _ count: Int) {
            _ = join(world, key, room)
            for _ in 0..<count {
                world.send(key, #"{"type":"message","room":"\#(room)","text":"\#(text)"}"#)
            }
        }
        let ann = world.login(0, "ann", from: 1)
        say(ann, "small", 4)
        say(ann, "lobby", 4)
        world.publish("news", #"{"text":"\#(text)"}"#)
        for address in 2..<40 as Range<UInt128> {
            let key = world.login(UInt32(address), "user\(address)", from: address)
            for room in 0..<3 { say(key, "r\(address)-\(room)", 30) }
            #expect(world.historyByteCount <= limits.historyByteLimit)
        }
        for (room, count) in [("small", 4), ("lobby", 4), ("news", 1)] {
            #expect(world.page(room).0.offsets == Array(1...count), "\(room)")
        }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `In a full room nobody washes out what others have just said`(seed: UInt64) throws {
        var limits = ChatLimits.withoutRateLimit
        limits.messagesPerRoomLimit = 40
        limits.messageReservation = .seconds(600)
        let world = World(limits)
        openLobby(world)
        var random = SeededGenerator(seed)
        let keys = (1...4).map { world.login(UInt32($0), "user\($0)", from: UInt128($0)) }
        var said: [Int: (who: Int, at: Int64)] = [:]
        var refusedCount = 0
        for step in 0..<1_000 {
            // The first one speaks ten times as often as the others.
            let who = Int.random(in: 0..<40, using: &random) < 30 ? 0 : step % 4
            let before = world.page("lobby", PageQuery(limit: 200)).0.offsets
            let reply = say(world, keys[who], "lobby")
            let after = Set(world.page("lobby", PageQuery(limit: 200)).0.offsets)
            if reply.type == "ok" {
                said[reply.offset!] = (who, world.now.monotonic)
            } else {
                refusedCount += 1
                #expect(reply.code == "rate_limited" && who == 0)
                #expect((1...600_000).contains(reply["retry_after_ms"] as! Int))
            }
            for offset in before where !after.contains(offset) {
                let (author, at) = said[offset]!
                let mine = before.count { said[$0]!.who == who }
                let isYoung = world.now.monotonic - at < 599_000
                #expect(author == who || !isYoung || mine * 2 <= before.count, "\(offset)")
            }
            world.pass(.milliseconds(Int.random(in: 1...9_000, using: &random)))
            if step % 300 == 3 { try world.restart(clockOffset: 7_000_000) }
        }
        #expect(refusedCount > 10)
    }
}
