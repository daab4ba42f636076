// Recovered connections and what the store has to read for them, and what happens meanwhile.
import Storage
import Testing

@testable import ChatRooms

@Suite struct RecoveryReadingTests {
    let store = FakeStore()

    /// A room keeps some messages in memory, and the rest must be read.
    private var limits: ChatLimits {
        var limits = ChatLimits.withoutRateLimit
        limits.historyByteLimitPerRoom = 512
        return limits
    }

    private func fill(_ room: String, _ key: ConnectionKey, _ world: World) {
        for number in 1...8 {
            let text = "\(room) \(number)"
            world.send(key, #"{"type":"message","room":"\#(room)","text":"\#(text)"}"#)
        }
    }

    private func scene() -> (World, [Survivor]) {
        store.answersAtOnce = true
        let world = World(limits, store: store)
        world.openLobby()
        let (ann, bob) = (world.login(1, "ann"), world.login(2, "bob"))
        for key in [ann, bob] { world.send(key, #"{"type":"join","room":"kitchen"}"#) }
        let left = [ann, bob].map { world.survivor($0)! }
        for room in ["lobby", "kitchen"] { fill(room, ann, world) }
        store.answersAtOnce = false
        return (world, left)
    }

    private func texts(_ key: ConnectionKey, _ world: World) -> [String] {
        world.heard(key).compactMap { $0["text"] as? String }
    }

    @Test func `What is not in memory is read`() {
        let (world, left) = scene()
        let next = world.crashed(limits)
        for survivor in left { next.recover(survivor) }
        store.answerAll(next)
        let expected = ["lobby", "kitchen"].flatMap { room in (1...8).map { "\(room) \($0)" } }
        for survivor in left { #expect(texts(survivor.key, next) == expected) }
        #expect(!next.isCatchingUp && next.closes.isEmpty && next.owed.isEmpty)
        next.checkSubscriptions()
    }

    @Test func `A connection that is sent out of a room meanwhile goes on in the others`() {
        let (world, left) = scene()
        let next = world.crashed(limits)
        let bob = left[1].key
        next.recover(left[1])
        // The lobby is known, and then the kitchen.
        store.answerQuestion(0, next)
        store.answerQuestion(0, next)
        // It waits for a page of the lobby.
        #expect(store.questions.count == 1 && texts(bob, next).isEmpty)
        next.kick(bob, from: "lobby")
        store.answerAll(next)
        #expect(texts(bob, next).dropFirst() == (1...8).map { "kitchen \($0)" }[...])
        #expect(!next.isCatchingUp && next.closes.isEmpty)
        next.checkSubscriptions()
    }

    @Test func `A room with members that could not be read is read again`() {
        let (world, left) = scene()
        let next = world.crashed(limits)
        let bob = left[1].key
        next.recover(left[1])
        #expect(store.questions.count == 2)
        // Of the kitchen, while the connection waits for the lobby.
        store.answerQuestion(1, next, fails: true)
        store.answerAll(next)
        #expect(next.isCatchingUp && next.closes.isEmpty)
        next.tick()
        store.answerAll(next)
        #expect(texts(bob, next).count == 16 && !next.isCatchingUp)
        next.checkSubscriptions()
    }

    @Test func `A large room's count waits until everybody can hear it`() {
        var limits = limits
        limits.presenceMemberLimit = 1
        let (world, left) = scene()
        let next = world.crashed(limits)
        for survivor in left { next.recover(survivor) }
        next.close(left[0].key)
        next.pass(.seconds(2))
        next.tick()
        store.answerAll(next)
        next.tick()
        let counts = next.heard(left[1].key).filter { $0["event"] as? String == "count" }
        #expect(counts.map { $0["count"] as? Int } == [1, 1])
    }

    @Test func `A large room hears its count if somebody is not back`() {
        var limits = limits
        limits.presenceMemberLimit = 1
        store.answersAtOnce = true
        let world = World(limits, store: store)
        world.openLobby()
        let keys = ["ann", "bob", "eve"].enumerated().map { world.login(UInt32($0) + 1, $1) }
        let left = keys.dropLast().map { world.survivor($0)! }
        let next = world.crashed(limits)
        for survivor in left { next.recover(survivor) }
        next.tick()
        for survivor in left {
            #expect(next.heard(survivor.key).map { $0["count"] as? Int } == [2])
        }
        next.pass(.seconds(2))
        next.tick()
        #expect(next.heard(keys[0]).count == 1)
    }

    @Test func `Somebody who is back before all others has not left`() {
        let (world, left) = scene()
        let (ann, bob) = (left[0].key, left[1].key)
        let session = world.heard(bob)[0]["session"] as! String
        let next = world.crashed(limits)
        next.recover(left[0])
        next.recover(left[1], isLost: true)
        next.close(bob)
        #expect(next.heldNewsCount == 2)
        store.answerQuestion(0, next)
        store.answerQuestion(0, next)
        // ann waits for a page of the lobby, in which carol and bob need none.
        #expect(next.isCatchingUp && store.questions.count == 1)
        func enter(_ slot: UInt32, _ name: String, _ more: String = "") -> ConnectionKey {
            let key = next.open(slot)
            next.send(key, #"{"type":"login","user":"\#(name)","join":false\#(more)}"#)
            let join = #"{"type":"join","room":"lobby","limit":1}"#
            #expect(next.send(key, join).last?.type == "joined")
            return key
        }
        _ = enter(4, "carol")
        let dave = enter(5, "dave")
        next.send(dave, #"{"type":"leave","room":"lobby"}"#)
        let back = enter(3, "bob", #","session":"\#(session)""#)
        #expect(next.isCatchingUp && presence(ann, next).isEmpty)
        store.answerAll(next)
        #expect(!next.isCatchingUp)
        #expect(presence(ann, next) == ["leave bob kitchen 1", "join carol lobby 3"])
        #expect(presence(back, next) == ["join carol lobby 3"])
        next.send(back, #"{"type":"leave","room":"lobby"}"#)
        #expect(presence(ann, next).last == "leave bob lobby 2")
        next.checkSubscriptions()
    }

    private func presence(_ key: ConnectionKey, _ world: World) -> [String] {
        world.heard(key).filter { $0.type == "presence" }.map { push in
            ["event", "user", "room", "count"].map { "\(push[$0] ?? "")" }.joined(separator: " ")
        }
    }
}

extension World {
    func kick(_ key: ConnectionKey, from room: String) {
        let filter = chat.connectionFilter(user: nil, room: room)!
        _ = chat.expel(key, filter, text: "out", at: now, &effects)
        carryOut()
    }
}
