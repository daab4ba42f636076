// Connections that cannot go on after a crash: their clients come back, and hear why.
import Storage
import Testing

@testable import ChatRooms

@Suite struct RecoveryRefusalTests {
    let store = FakeStore()
    let world: World

    init() {
        store.answersAtOnce = true
        world = World(store: store)
        world.openLobby()
    }

    private func talk(_ count: Int, _ key: ConnectionKey, _ world: World) {
        for number in 1...count {
            world.send(key, #"{"type":"message","room":"lobby","text":"\#(number)"}"#)
        }
    }

    @Test func `A gap closes the connection`() {
        let (ann, bob) = (world.login(1, "ann"), world.login(2, "bob"))
        talk(2, ann, world)
        let left = [world.survivor(ann)!, world.survivor(bob)!]
        store.entryLimit = 3
        talk(5, ann, world)
        let next = world.crashed()
        for survivor in left { #expect(next.recover(survivor)) }
        #expect(next.closes == [ann: .restarted, bob: .restarted])
        #expect(ChatClose.restarted.code == 1012)
        #expect(next.heard(bob).isEmpty)
        for key in [ann, bob] { next.close(key) }
        next.checkSubscriptions()
        // Their names are theirs still.
        #expect(next.send(next.open(3), #"{"type":"login","user":"ann"}"#)[0].code == "name_taken")
    }

    @Test func `More than four pages close the connection`() {
        var limits = ChatLimits.withoutRateLimit
        limits.messagesPerRoomLimit = 4
        let ann = world.login(1, "ann")
        let bob = world.login(2, "bob")
        let left = world.survivor(bob)!
        talk(4, ann, world)
        let later = world.survivor(bob)!
        talk(1, ann, world)
        let next = world.crashed(limits)
        #expect(next.recover(left))
        #expect(next.closes[bob] == .restarted)
        let other = world.crashed(limits)
        #expect(other.recover(later))
        #expect(other.heard(bob).map(\.offset) == [5] && other.closes.isEmpty)
    }

    @Test func `The client of a connection that has what was not kept hears so`() {
        let (ann, bob) = (world.login(1, "ann"), world.login(2, "bob"))
        talk(1, ann, world)
        var left = world.survivor(bob)!
        left.places[0].place.offset = 2
        let next = world.crashed()
        #expect(next.recover(left))
        #expect(next.closes[bob] == .restarted)
        // Nor is it enough that another entry has the same offset.
        left.places[0].place = Place(offset: 1, epoch: left.places[0].place.epoch ^ 1)
        let other = world.crashed()
        #expect(other.recover(left))
        #expect(other.closes[bob] == .restarted)
    }

    @Test func `A connection that may not be in a room is closed`() {
        let (ann, bob) = (world.login(1, "ann"), world.login(2, "bob"))
        world.send(ann, #"{"type":"create","room":"secret"}"#)
        world.send(ann, #"{"type":"invite","room":"secret","user":"bob"}"#)
        world.send(bob, #"{"type":"join","room":"secret"}"#)
        let left = [world.survivor(ann)!, world.survivor(bob)!]
        world.send(ann, #"{"type":"uninvite","room":"secret","user":"bob"}"#)
        let next = world.crashed()
        for survivor in left { #expect(next.recover(survivor)) }
        #expect(next.closes == [bob: .restarted])
        // Others hear that bob is not there any more.
        #expect(next.heard(ann).map { $0["event"] as? String } == ["leave", "leave"])
        next.checkSubscriptions()
    }

    @Test func `A private room that was not kept does not come back as an open one`() throws {
        let ann = world.login(1, "ann")
        store.answersAtOnce = false
        world.send(ann, #"{"type":"create","room":"secret"}"#)
        store.answerQuestion(0, world)
        #expect(world.heard(ann).last?["kind"] as? String == "private")
        let left = try #require(world.survivor(ann))
        #expect(left.places.count == 2 && store.batches.count == 1)
        store.answersAtOnce = true
        let next = world.crashed()
        next.recover(left)
        #expect(next.closes == [ann: .restarted])
        let bob = next.login(2, "bob")
        let joined = next.send(bob, #"{"type":"join","room":"secret"}"#).last!
        #expect(joined["kind"] == nil && joined["members"] as? [String] == ["bob"])
        next.close(ann)
        next.checkSubscriptions()
    }

    @Test func `A conversation that was not kept does not come back`() throws {
        let (ann, bob) = (world.login(1, "ann"), world.login(2, "bob"))
        store.answersAtOnce = false
        world.send(ann, #"{"type":"direct","to":"bob","text":"psst"}"#)
        store.answerQuestion(0, world)
        #expect(world.heard(bob).last?.type == "direct")
        let left = try #require(world.survivor(bob))
        #expect(left.places.count == 2 && store.batches.count == 1)
        store.answersAtOnce = true
        let next = world.crashed()
        next.recover(left)
        #expect(next.closes == [bob: .restarted] && next.roomCount == 1)
        next.close(bob)
        next.checkSubscriptions()
    }

    @Test func `A conversation with somebody who was not kept is nobody else's`() {
        let (ann, bob) = (world.login(1, "ann"), world.login(2, "bob"))
        world.send(bob, #"{"type":"direct","to":"ann","text":"psst"}"#)
        let left = world.survivor(ann)!
        // A store that has the same ann, and never had a bob.
        let other = FakeStore()
        other.answersAtOnce = true
        let early = World(store: other)
        _ = early.login(1, "ann", join: false)
        other.answersAtOnce = false
        let next = early.crashed()
        #expect(next.recover(left))
        // At once: before a newcomer can get bob's number.
        #expect(next.closes == [ann: .restarted] && !next.isCatchingUp)
        next.close(ann)
        other.answerAll(next)
        #expect(next.roomCount == 1)
        next.checkSubscriptions()
    }

    @Test func `A ban holds, from the server and from a room`() {
        let mod = world.enterModerator()
        let (ann, bob) = (world.login(1, "ann"), world.login(2, "bob"))
        let left = [mod, ann, bob].map { world.survivor($0)! }
        world.order(.ban, "lobby", "ann")
        world.order(.ban, "*", "bob")
        let next = world.crashed()
        for survivor in left { #expect(next.recover(survivor)) }
        #expect(next.closes == [ann: .restarted, bob: .restarted])
        next.close(bob)
        #expect(next.sanctions.count == 2 && next.userCount == 2)
    }

    @Test(arguments: [true, false])
    func `The others hear that a user who was banned has left`(_ isLost: Bool) {
        let mod = world.enterModerator()
        let bob = world.login(2, "bob")
        for key in [mod, bob] { world.send(key, #"{"type":"join","room":"kitchen"}"#) }
        let left = [mod, bob].map { world.survivor($0)! }
        world.order(.ban, "*", "bob")
        let next = world.crashed()
        #expect(next.recover(left[1], isLost: isLost))
        #expect(next.recover(left[0]))
        #expect(next.closes == (isLost ? [:] : [bob: .restarted]) && next.heard(mod).isEmpty)
        next.close(bob)
        #expect(leaves(mod, next) == ["bob kitchen 1", "bob lobby 1"])
        next.checkSubscriptions()
    }

    @Test func `The others hear that a user has left of whom a place is missing`() {
        let (ann, bob) = (world.login(1, "ann"), world.login(2, "bob"))
        for key in [ann, bob] { world.send(key, #"{"type":"join","room":"kitchen"}"#) }
        var left = [ann, bob].map { world.survivor($0)! }
        // Its rooms are entered in the order in which they were: one is, and the other is not.
        let kitchen = world.chat.rooms.indices.first { world.chat.rooms[$0].name == "kitchen" }!
        let number = world.chat.rooms[kitchen].storedNumber
        left[0].places.removeAll { $0.room == number }
        let next = world.crashed()
        for survivor in left { #expect(next.recover(survivor)) }
        #expect(next.closes == [ann: .restarted] && next.heard(bob).isEmpty)
        #expect(next.send(bob, #"{"type":"who","room":"lobby"}"#).last?["count"] as? Int == 1)
        next.close(ann)
        #expect(leaves(bob, next) == ["ann kitchen 1", "ann lobby 1"])
        #expect(next.lostCount == 0)
        next.checkSubscriptions()
    }

    private func leaves(_ key: ConnectionKey, _ world: World) -> [String] {
        world.heard(key).filter { $0["event"] as? String == "leave" }.map { push in
            ["user", "room", "count"].map { "\(push[$0] ?? "")" }.joined(separator: " ")
        }.sorted()
    }

    @Test func `A user whom the store does not have is nobody`() {
        let ann = world.login(1, "ann")
        let left = world.survivor(ann)!
        world.send(ann, #"{"type":"logout"}"#)
        let next = world.crashed()
        #expect(!next.recover(left))
        // Nor is somebody else with the same name.
        _ = next.login(2, "ann")
        #expect(!next.recover(left))
        #expect(next.userCount == 1)
        next.checkSubscriptions()
    }

    @Test func `A session that has ended does not go on`() throws {
        let ann = world.login(1, "ann")
        world.send(ann, #"{"type":"account","password":"correct horse"}"#)
        let other = world.open(2)
        world.send(other, #"{"type":"login","user":"ann","password":"correct horse"}"#)
        let left = [ann, other].compactMap { world.survivor($0) }
        try #require(left.count == 2, "\(world.heard(other))")
        world.send(ann, #"{"type":"logout"}"#)
        let next = world.crashed()
        #expect(!next.recover(left[0]))
        #expect(next.recover(left[1]))
        let sessions = next.send(other, #"{"type":"sessions"}"#).last!["sessions"] as! [JSON]
        #expect(sessions.map { $0["connections"] as? Int } == [1])
        #expect(sessions.map { $0["current"] as? Bool } == [true])
    }

    @Test func `A connection goes on with its token, until that ends`() {
        var limits = ChatLimits.withoutRateLimit
        limits.requiresTokens = true
        let world = World(limits, store: store)
        world.openLobby()
        world.claims["T"] = TokenClaims(
            name: "ann", rooms: ["lobby", "team-*"], expiresAt: world.now.wall + 60_000)
        let ann = world.open(1)
        world.send(ann, #"{"type":"login","token":"T"}"#)
        world.send(ann, #"{"type":"join","room":"team-1"}"#)
        let left = world.survivor(ann)!
        let next = world.crashed(limits)
        #expect(next.recover(left))
        #expect(next.send(ann, #"{"type":"join","room":"other"}"#).last?.code == "forbidden")
        #expect(next.send(ann, #"{"type":"join","room":"team-2"}"#).last?.type == "joined")
        next.pass(.seconds(61))
        next.tick()
        #expect(next.closes[ann] == .tokenEnded)
        // A server that has no tokens any more knows nothing of what they allow.
        #expect(!world.crashed().recover(left))
    }

    @Test func `A store that does not answer in time closes the connection`() {
        let ann = world.login(1, "ann")
        let left = world.survivor(ann)!
        store.answersAtOnce = false
        let next = world.crashed()
        #expect(next.recover(left))
        next.pass(.seconds(9))
        next.tick()
        #expect(next.closes.isEmpty)
        next.pass(.seconds(1))
        next.tick()
        #expect(next.closes[ann] == .restarted)
        next.close(ann)
        store.answerAll(next)
        #expect(!next.isCatchingUp)
        next.checkSubscriptions()
    }

    @Test func `A room that cannot be read closes the connection`() {
        let ann = world.login(1, "ann")
        world.send(ann, #"{"type":"join","room":"kitchen"}"#)
        let left = world.survivor(ann)!
        store.answersAtOnce = false
        let next = world.crashed()
        #expect(next.recover(left))
        while !store.questions.isEmpty { store.answerQuestion(0, next, fails: true) }
        #expect(next.closes[ann] == .restarted)
        next.close(ann)
        store.answersAtOnce = true
        next.tick()
        store.answerAll(next)
        #expect(next.login(2, "bob").slot == 2)
        next.checkSubscriptions()
    }

    @Test func `A note is of somebody who is logged in, and of a version that is known`() {
        let nobody = world.open(1)
        #expect(world.survivor(nobody) == nil)
        var left = world.survivor(world.login(2, "ann"))!
        // Magic, version, and the lowest version of who may read it.
        left.note[6] = 2
        let next = world.crashed()
        #expect(!next.recover(left))
        left.note[6] = 1
        left.note[4] = 9
        #expect(next.recover(left) && next.closes.isEmpty)
        let memory = World()
        #expect(memory.survivor(memory.login(1, "ann")) == nil)
    }
}
