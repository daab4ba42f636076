// Connections go on after a crash, and nobody notices: what is sent then, and what is not.
import Storage
import Testing

@testable import ChatRooms

@Suite struct RecoveryTests {
    let store = FakeStore()
    let world: World

    init() {
        store.answersAtOnce = true
        world = World(store: store)
        world.openLobby()
    }

    @discardableResult
    private func say(
        _ text: String, in room: String = "lobby", _ key: ConnectionKey, _ world: World
    ) -> JSON {
        world.send(key, #"{"type":"message","room":"\#(room)","text":"\#(text)"}"#).last!
    }

    private func texts(_ key: ConnectionKey, _ world: World) -> [String] {
        world.heard(key).compactMap { $0["text"] as? String }
    }

    @Test func `Nobody hears anything, and everything goes on`() {
        let (ann, bob) = (world.login(1, "ann"), world.login(2, "bob"))
        world.send(ann, #"{"type":"join","room":"Kitchen"}"#)
        world.send(bob, #"{"type":"join","room":"kitchen"}"#)
        say("one", ann, world)
        let left = [ann, bob].map { world.survivor($0)! }
        let next = world.crashed()
        for survivor in left { #expect(next.recover(survivor)) }
        #expect(next.heard(ann).isEmpty && next.heard(bob).isEmpty)
        #expect(next.paused.isEmpty && next.owed.isEmpty && !next.isCatchingUp)
        next.checkSubscriptions()
        // A newcomer sees both, and they see the newcomer.
        let carol = next.login(3, "carol")
        let joined = next.heard(carol).last!
        #expect(joined["members"] as? [String] == ["ann", "bob", "carol"])
        #expect(joined.offsets == [1])
        #expect(next.heard(ann).map(\.type) == ["presence"])
        // The process has begun another epoch, which the first entry says.
        let reply = say("two", bob, next)
        #expect(reply.offset == 2)
        for key in [ann, bob, carol] {
            let push = next.heard(key).last { $0.type == "message" }
            #expect(push?["text"] as? String == "two")
            #expect(push?["epoch"] as? String == reply["epoch"] as? String)
        }
        #expect(say("three", in: "kitchen", ann, next).offset == 1)
        #expect(texts(bob, next).last == "three")
        #expect(next.send(ann, #"{"type":"leave","room":"Kitchen"}"#).last?.type == "ok")
        #expect(next.send(ann, #"{"type":"history","before":9}"#).last?.code != nil)
        let page = next.send(ann, #"{"type":"history","room":"lobby","before":9}"#).last!
        #expect(page.offsets == [1, 2])
        #expect(next.heard(bob).last?["event"] as? String == "leave")
    }

    @Test func `What was missed comes in order, before everything that comes meanwhile`() {
        let (ann, bob) = (world.login(1, "ann"), world.login(2, "bob"))
        say("one", ann, world)
        let left = world.survivor(bob)!
        for text in ["two", "three"] { say(text, ann, world) }
        store.answersAtOnce = false
        let next = world.crashed()
        #expect(next.recover(left))
        #expect(next.owed == [bob] && next.paused[bob] != nil)
        next.send(bob, #"{"type":"message","room":"lobby","text":"mine"}"#)
        let carol = next.open(3)
        next.send(carol, #"{"type":"login","user":"carol"}"#)
        store.answersAtOnce = true
        store.answerAll(next)
        #expect(say("four", carol, next).offset != nil)
        #expect(texts(bob, next) == ["two", "three", "mine", "four"])
        let offsets = next.heard(bob).filter { $0.type == "message" }.map(\.offset)
        #expect(offsets == [2, 3, 4, 5])
        #expect(next.heard(bob).allSatisfy { ["message", "ok", "presence"].contains($0.type) })
    }

    @Test func `An empty room keeps its numbering for those who know it`() {
        let (ann, bob) = (world.login(1, "ann"), world.login(2, "bob"))
        let before = world.heard(ann).first { $0.type == "joined" }!["epoch"] as? String
        var next = world
        for seed in 20...21 as ClosedRange<UInt64> {
            let left = [ann, bob].map { next.survivor($0)! }
            next = next.crashed(seed: seed)
            for survivor in left { next.recover(survivor) }
        }
        let carol = next.login(3, "carol")
        #expect(next.heard(carol).last?["epoch"] as? String == before)
        let reply = say("one", ann, next)
        #expect(reply.offset == 1 && reply["epoch"] as? String != before)
        let push = next.heard(bob).last
        #expect(push?["text"] as? String == "one")
        #expect(push?["epoch"] as? String == reply["epoch"] as? String)
    }

    @Test func `Those who were lost have left, when all others are back`() {
        var sessions: [String: String] = [:]
        let keys = ["ann", "bob", "eve", "eve"].enumerated().map { number, name in
            let key = world.open(UInt32(number) + 1)
            let proof = sessions[name].map { #","session":"\#($0)""# } ?? ""
            world.send(key, #"{"type":"login","user":"\#(name)"\#(proof)}"#)
            sessions[name] = world.heard(key)[0]["session"] as? String
            world.send(key, #"{"type":"join","room":"kitchen"}"#)
            return key
        }
        let left = keys.map { world.survivor($0)! }
        store.answersAtOnce = false
        let next = world.crashed()
        // ann and both of eve's are lost, before and behind bob's.
        for (number, survivor) in left.enumerated() {
            #expect(next.recover(survivor, isLost: number != 1))
        }
        for number in [0, 2, 3] { next.close(keys[number]) }
        #expect(next.lostCount == 0)
        store.answersAtOnce = true
        store.answerAll(next)
        #expect(next.heard(keys[1]).allSatisfy { $0["event"] as? String == "leave" })
        let news = next.heard(keys[1]).map { push in
            ["user", "room", "count"].map { "\(push[$0] ?? "")" }.joined(separator: " ")
        }
        #expect(news.sorted() == ["ann kitchen 1", "ann lobby 1", "eve kitchen 1", "eve lobby 1"])
        #expect(next.heldNewsCount == 0)
        next.checkSubscriptions()
    }

    @Test func `Guests who were lost together are kept, however many one address had`() {
        var limits = ChatLimits.withoutRateLimit
        limits.goneUserLimit = 200
        let world = World(limits, store: store)
        world.openLobby()
        let keys = (1...5).map { world.login($0, "guest\($0)", from: 9) }
        let left = keys.map { world.survivor($0)! }
        let next = world.crashed(limits)
        for survivor in left { #expect(next.recover(survivor, isLost: true, from: 9)) }
        for key in keys { next.close(key) }
        #expect(next.rememberedUserCount == 5 && store.users.count == 5)
        #expect(next.userCount == 0)
    }

    @Test func `A user with another connection there has not left`() {
        let one = world.login(1, "ann")
        let session = world.heard(one).first!["session"] as! String
        let bob = world.login(2, "bob")
        let two = world.open(3)
        world.send(two, #"{"type":"login","user":"ann","session":"\#(session)"}"#)
        let left = [one, bob, two].map { world.survivor($0)! }
        let next = world.crashed()
        next.recover(left[0], isLost: true)
        next.recover(left[1])
        next.recover(left[2])
        next.close(one)
        #expect(next.heard(bob).isEmpty)
        #expect(next.send(two, #"{"type":"who","room":"lobby"}"#).last?["count"] as? Int == 2)
    }

    @Test func `News of who comes and goes waits until everybody can hear it`() {
        let (ann, bob) = (world.login(1, "ann"), world.login(2, "bob"))
        for key in [ann, bob] { world.send(key, #"{"type":"join","room":"kitchen"}"#) }
        let left = [ann, bob].map { world.survivor($0)! }
        store.answersAtOnce = false
        let next = world.crashed()
        for survivor in left { next.recover(survivor) }
        next.close(ann)
        #expect(next.heldNewsCount > 0)
        store.answersAtOnce = true
        store.answerAll(next)
        #expect(next.heard(bob).map { $0["event"] as? String } == ["leave", "leave"])
        next.checkSubscriptions()
    }

    @Test func `Conversations and private rooms go on`() {
        let (ann, bob) = (world.login(1, "ann"), world.login(2, "bob"))
        world.send(ann, #"{"type":"create","room":"secret"}"#)
        world.send(ann, #"{"type":"invite","room":"secret","user":"bob"}"#)
        world.send(bob, #"{"type":"join","room":"secret"}"#)
        world.send(ann, #"{"type":"direct","to":"bob","text":"psst"}"#)
        let left = [ann, bob].map { world.survivor($0)! }
        say("hidden", in: "secret", ann, world)
        world.send(ann, #"{"type":"direct","to":"bob","text":"again"}"#)
        let next = world.crashed()
        for survivor in left { #expect(next.recover(survivor)) }
        #expect(Set(texts(bob, next)) == ["hidden", "again"])
        #expect(say("more", in: "secret", bob, next).offset == 2)
        next.send(bob, #"{"type":"direct","to":"ann","text":"yes"}"#)
        #expect(texts(ann, next).suffix(2) == ["more", "yes"])
        #expect(next.heard(ann).allSatisfy { $0.type != "direct" })
    }
}
