// Accounts and their store: what was acknowledged survives, and what was not leaves the old state.
import Testing

@testable import ChatRooms

@Suite struct StoredAccountTests {
    private let password = "correct horse"

    /// A world with a store, in which `ann` has logged in and the store has heard of it.
    private func annsWorld(_ store: FakeStore) -> World {
        let world = World(store: store)
        world.openLobby()
        store.answerAll(world)
        _ = world.login(0, "ann", join: false)
        store.answerAll(world)
        return world
    }

    private func nextProcess(_ store: FakeStore, after world: World) -> World {
        store.crash()
        let next = World(seed: 77, store: store)
        next.now = world.now
        return next
    }

    @Test func `The reply comes when the store has the account`() {
        let store = FakeStore()
        let world = annsWorld(store)
        let ann = world.connections[0]!
        #expect(world.makeAccount(ann, password).isEmpty)
        let before = world.inbox[ann]!.count
        store.keep(world)
        #expect(world.heard(ann)[before...].map(\.type) == ["ok"])
        #expect(store.users.values.first?.password == "esroh tcerroc")
    }

    @Test(arguments: [false, true])
    func `After a crash an acknowledged password is valid, and another one is not`(_ isKept: Bool) {
        let store = FakeStore()
        let world = annsWorld(store)
        let session = world.heard(world.connections[0]!)[0]["session"] as! String
        world.makeAccount(world.connections[0]!, password)
        if isKept { store.keep(world) }
        let next = nextProcess(store, after: world)
        #expect(next.login(0, "ann", password: password)[0].type == (isKept ? "welcome" : "error"))
        // The session is the account's, or still that of a user without one.
        let back = next.login(1, "ann", session: session)
        #expect(back.type == "welcome" && back["account"] as? Bool == isKept)
        next.close(next.connections[0]!)
        next.close(next.connections[1]!)
        next.pass(.seconds(61))
        #expect(next.login(2, "ann", session: "").code == (isKept ? "name_taken" : nil))
    }

    @Test func `Sessions survive, with their order, and so does signing out`() {
        let store = FakeStore()
        store.answersAtOnce = true
        let world = annsWorld(store)
        world.makeAccount(world.connections[0]!, password)
        let sessions = (1...3 as ClosedRange<UInt32>).map {
            world.login($0, "ann", password: password)[0]["session"] as! String
        }
        world.send(world.connections[2]!, #"{"type":"logout"}"#)
        let next = nextProcess(store, after: world)
        #expect(next.chat.accountCount == 1 && next.userCount == 0)
        #expect(next.login(1, "ann", session: sessions[0]).type == "welcome")
        #expect(next.login(2, "ann", session: sessions[1]).code == "name_taken")
        #expect(next.login(3, "ann", session: sessions[2]).type == "welcome")
        next.send(next.connections[1]!, #"{"type":"logout","everywhere":true}"#)
        let last = nextProcess(store, after: next)
        for session in sessions {
            #expect(last.login(1, "ann", session: session).code == "name_taken")
            last.close(last.connections[1]!)
        }
        #expect(last.login(2, "ann", password: password)[0].type == "welcome")
    }

    @Test func `Without a store that works there is no account`() {
        let store = FakeStore()
        let world = annsWorld(store)
        world.tell(.state(.fails(.full)))
        let ann = world.connections[0]!
        #expect(world.makeAccount(ann, password).code == "unavailable")
        world.tell(.state(.works))
        // That was no attempt: it need not wait a minute.
        world.makeAccount(ann, password)
        store.answerAll(world)
        #expect(world.heard(ann).last!.type == "ok")
        world.pass(.seconds(60))
        world.makeAccount(ann, "another one")
        store.delay(world)
        let delayed = world.heard(ann).last!
        #expect(delayed.code == "unavailable" && delayed["ref"] as? String == "a")
        store.answerAll(world)
        #expect(world.heard(ann).last!.code == "unavailable")
    }

    /// Somebody takes a free name, and makes it an account before the store has heard of either.
    @Test func `The store forgets who had the name before`() {
        let store = FakeStore()
        let world = annsWorld(store)
        world.close(world.connections[0]!)
        store.answerAll(world)
        world.pass(.seconds(61))
        world.makeAccount(world.login(1, "ann", join: false), password)
        store.answerAll(world)
        #expect(store.users.count == 1 && store.users.values.first?.password != nil)
    }

    @Test func `A deleted account's name is free, also after a restart`() {
        let store = FakeStore()
        store.answersAtOnce = true
        let world = annsWorld(store)
        world.makeAccount(world.connections[0]!, password)
        #expect(world.chat.deleteAccount("ANN", at: world.now, &world.effects))
        world.carryOut()
        #expect(world.closes[world.connections[0]!]?.code == 4005)
        #expect(!world.chat.deleteAccount("ann", at: world.now, &world.effects))
        #expect(store.users.isEmpty && world.chat.accountCount == 0)
        #expect(nextProcess(store, after: world).login(0, "ann", session: "").type == "welcome")
    }

    @Test(arguments: [false, true])
    func `Signing out is answered when it is kept, and no crash undoes it`(_ isAccount: Bool) {
        let store = FakeStore()
        let world = annsWorld(store)
        let ann = world.connections[0]!
        let session = world.heard(ann)[0]["session"] as! String
        if isAccount {
            world.makeAccount(ann, password)
            store.answerAll(world)
        }
        let other = world.login(1, "ann", session: session)
        #expect(other.type == "welcome")
        store.answerAll(world)
        let before = world.inbox[ann]!.count
        #expect(world.send(ann, #"{"type":"logout","ref":"bye"}"#).isEmpty)
        #expect(world.closes[ann] == nil)
        // The other connection of the session need not wait for that.
        #expect(world.closes[world.connections[1]!] == .sessionEnded)
        store.keep(world)
        let heard = world.heard(ann)[before...]
        #expect(heard.map(\.type) == ["ok"] && heard.last?["ref"] as? String == "bye")
        #expect(world.closes[ann] == .signedOut)
        let next = nextProcess(store, after: world)
        #expect(next.login(0, "ann", session: session).type != (isAccount ? "welcome" : "error"))
        #expect(store.users.count == (isAccount ? 1 : 0))
    }

    @Test func `Signing out while nothing can be kept is refused, and closes nevertheless`() {
        let store = FakeStore()
        let world = annsWorld(store)
        let ann = world.connections[0]!
        world.send(ann, #"{"type":"logout","ref":"bye"}"#)
        store.delay(world)
        #expect(world.heard(ann).last!.code == "unavailable")
        #expect(world.closes[ann] == .signedOut)
        store.answerAll(world)
        #expect(store.users.isEmpty)
    }

    @Test func `An operator is answered when an account's end is kept`() {
        let store = FakeStore()
        let world = annsWorld(store)
        world.makeAccount(world.connections[0]!, password)
        store.answerAll(world)
        #expect(world.chat.deleteAccount("ann", at: world.now, &world.effects))
        #expect(
            world.chat.answerWhenKept(
                [UInt8]("{}".utf8), World.request, at: world.now, &world.effects))
        world.carryOut()
        #expect(world.answers[World.request.slot] == nil && store.users.count == 1)
        store.keep(world)
        guard case .published(let answer) = world.answers[World.request.slot] else {
            Issue.record("No answer.")
            return
        }
        #expect(answer.json == [UInt8]("{}".utf8) && store.users.isEmpty)
        let inMemory = World()
        #expect(
            !inMemory.chat.answerWhenKept([], World.request, at: inMemory.now, &inMemory.effects))
    }
}
