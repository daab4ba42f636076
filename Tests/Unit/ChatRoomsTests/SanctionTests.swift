// How bans and mutes are kept: how many, over a hand-over, and over a restart.
import Testing

@testable import ChatRooms

@Suite struct SanctionTests {
    private func sanction(
        _ user: Int64, _ room: String? = nil, until: Int64? = nil, _ kind: Sanction.Kind = .ban
    ) -> Sanction {
        Sanction(
            kind: kind, room: room, user: "user\(user)", userNumber: user, isAccount: user % 2 == 0,
            address: ClientAddress(bits: UInt128(user)), at: 1, until: until, by: nil, reason: "")
    }

    @Test func `A full room gives up what would end first`() {
        var table = Sanctions()
        for user in 1...Int64(Sanctions.roomLimit) {
            let until = user == 500 ? 10 : user == 600 ? nil : 1_000 + user
            let (number, removed) = table.insert(sanction(user, "a", until: until))
            #expect(number == user && removed == [])
        }
        let added = [("b", []), ("A", [500]), ("a", [1])] as [(String, [Int64])]
        for (user, (room, removed)) in zip(2_000..., added) {
            let gone = table.insert(sanction(Int64(user), room)).removed
            #expect(gone == removed)
        }
        #expect(table.banCount == Sanctions.roomLimit + 1)
    }

    @Test func `A full server gives up what would end first`() {
        var table = Sanctions()
        for user in 1...Int64(Sanctions.limit) { _ = table.insert(sanction(user, "r\(user % 97)")) }
        // All hold for good: the oldest goes.
        let added = [(nil, 1), (5, 2), (nil, Sanctions.limit + 2)] as [(Int64?, Int)]
        for (user, (until, removed)) in zip(20_000..., added) {
            let gone = table.insert(sanction(Int64(user), until: until)).removed
            #expect(gone == [Int64(removed)])
        }
        #expect(table.entries.count == Sanctions.limit)
    }

    /// Random changes, against a list that is searched from end to end.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `The table finds what a list finds`(_ seed: UInt64) {
        var random = SeededGenerator(seed)
        var table = Sanctions()
        var list: [Sanction] = []
        var now = Timestamp(monotonic: 0, wall: 100)
        for _ in 0..<300 {
            let user = Int64.random(in: 1...6, using: &random)
            let room = ["a", "b", nil].randomElement(using: &random)!
            let kind = Sanction.Kind.allCases.randomElement(using: &random)!
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                let until =
                    Bool.random(using: &random)
                    ? nil : now.wall + .random(in: 1...30, using: &random)
                var new = sanction(user, room, until: until, kind)
                let (number, removed) = table.insert(new)
                new.number = number
                list.removeAll { removed.contains($0.number) }
                list.append(new)
            case 2:
                guard let gone = list.randomElement(using: &random) else { continue }
                table.remove(gone.number)
                list.removeAll { $0.number == gone.number }
            default:
                now.wall += .random(in: 1...20, using: &random)
                let ended = list.filter { $0.hasEnded(at: now) }.map(\.number).sorted()
                let removed = table.removeEnded(at: now)
                #expect(removed == ended)
                list.removeAll { $0.hasEnded(at: now) }
            }
            #expect(Set(table.entries.keys) == Set(list.map(\.number)))
            let asked = SanctionSubject(
                number: user, isAccount: user % 2 == 0, key: NameKey("user\(user)"),
                address: ClientAddress(bits: UInt128(user)))
            let expected = list.filter {
                $0.kind == kind && ($0.room == nil || $0.room == room) && $0.userNumber == user
            }.map { $0.until ?? .max }.max()
            let found = table.find(kind, of: asked, inRoom: room, at: now)
            #expect(found.map { $0.until ?? .max } == expected)
        }
    }

    @Test func `A hand-over keeps bans, mutes and moderators`() throws {
        let world = World()
        world.enterModerator()
        _ = world.login(0, "bob", from: 7)
        _ = world.login(1, "carl")
        world.order(.ban, "lobby", "bob", #","seconds":60,"reason":"spam""#)
        world.order(.mute, "*", "carl")
        let before = world.sanctions
        try world.handOver()
        #expect(world.sanctions == before && before.count == 2)
        #expect(world.join(world.connections[0]!, "lobby").code == "forbidden")
        #expect(world.say(world.connections[1]!).code == "forbidden")
        #expect(world.order(.unmute, "*", "carl").type == "ok")
        world.pass(.seconds(60))
        #expect(world.join(world.connections[0]!, "lobby").type == "joined")
    }

    // MARK: With a store

    private func nextProcess(_ store: FakeStore, after world: World) -> World {
        store.crash()
        let next = World(seed: 77, store: store)
        next.now = world.now
        next.openLobby()
        return next
    }

    @Test func `An order is answered when it is kept, and survives`() {
        let store = FakeStore()
        let world = World(store: store)
        world.openLobby()
        store.answerAll(world)
        let mod = world.enterModerator()
        let bob = world.login(0, "bob", from: 7)
        store.answerAll(world)
        let before = world.inbox[mod]!.count
        world.send(mod, #"{"type":"ban","room":"*","user":"bob","seconds":600,"ref":"x"}"#)
        #expect(world.closes[bob]?.code == 4004, "at once")
        #expect(!world.heard(mod)[before...].contains { $0["ref"] != nil })
        store.answerAll(world)
        #expect(world.heard(mod).last?.type == "ok" && world.heard(mod).last?["ref"] != nil)
        #expect(store.sanctions.count == 1)

        store.answersAtOnce = true
        let next = nextProcess(store, after: world)
        next.pass(.seconds(61))
        #expect(next.knock(1, "bob").code == "forbidden")
        #expect(next.knock(2, "carl", from: 7).code == "forbidden")
        next.login(3, "mod", password: "correct horse")
        #expect(next.order(.unban, "*", "bob", by: 3).type == "ok", "still a moderator")
        #expect(store.sanctions.isEmpty)
    }

    @Test func `The store forgets what is over`() {
        let store = FakeStore()
        store.answersAtOnce = true
        let world = World(store: store)
        world.openLobby()
        world.enterModerator()
        _ = world.login(0, "bob")
        world.order(.mute, "lobby", "bob", #","seconds":1"#)
        world.order(.mute, "lobby", "bob", #","seconds":2"#)
        #expect(store.sanctions.count == 1)
        world.pass(.seconds(2))
        world.tick()
        #expect(store.sanctions.isEmpty && world.chat.muteCount == 0)
    }

    @Test func `While nothing can be kept, an order works, and is not acknowledged`() {
        let store = FakeStore()
        let world = World(store: store)
        world.openLobby()
        store.answerAll(world)
        world.enterModerator()
        let bob = world.login(0, "bob")
        store.answerAll(world)
        world.order(.mute, "*", "bob")
        store.delay(world)
        #expect(world.heard(world.connections[50]!).last?.code == "unavailable")
        world.tell(.state(.works))
        #expect(world.say(bob).code == "forbidden")
        store.answerAll(world)
        #expect(store.sanctions.count == 1)
    }
}
