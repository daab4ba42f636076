// Hooks over restarts: in a state that another process goes on with, and in the store.
import Testing

@testable import ChatRooms

@Suite struct StoredHookTests {
    private let hello = #"{"text":"hello"}"#

    private func nextProcess(_ store: FakeStore, after world: World) -> World {
        store.crash()
        let next = World(seed: 77, store: store)
        next.now = world.now
        next.openLobby()
        return next
    }

    @Test func `Another process goes on with the same hooks`() throws {
        let world = World()
        let token = try world.addHook("ops", "Bjørn").token
        let gone = try world.addHook("ops", "gone")
        world.deleteHook(gone.hook.number)
        let last = try world.addHook("lobby")
        let before = world.hooks
        try world.restart(clockOffset: 77_000)
        #expect(world.hooks == before && before.map(\.number) == [1, 3])
        #expect(world.post(token, hello)?.0.offset == 1)
        #expect(world.post(gone.token, hello) == nil)
        #expect(world.knock(0, "bjørn").code == "name_taken")
        #expect(world.deleteHook(last.hook.number) == last.hook)
    }

    @Test func `A hook is kept before its message, and its token works after a crash`() throws {
        let store = FakeStore()
        let world = World(store: store)
        world.openLobby()
        store.answerAll(world)
        let (hook, token) = try world.addHook("ops", "deploy")
        // The room must be looked for in the store first; then the message is kept, and answered.
        #expect(world.post(token, hello)?.0.isEmpty == true)
        #expect(world.answers.isEmpty)
        store.answerAll(world)
        guard case .published(let answer) = world.answers.removeValue(forKey: 1 << 20) else {
            Issue.record("no answer")
            return
        }
        #expect(answer.isNew && parse(String(decoding: answer.json, as: UTF8.self)).offset == 1)
        let next = nextProcess(store, after: world)
        #expect(next.hooks == [hook])
        #expect(next.knock(0, "Deploy").code == "name_taken")
        #expect(next.post(token, hello)?.0.isEmpty == true)
        store.answerAll(next)
        #expect(next.page("ops").0.offsets == [1, 2])
        next.deleteHook(hook.number)
        store.answerAll(next)
        #expect(nextProcess(store, after: next).hooks == [])
    }

    @Test func `A private room stays what it is when only its hook posts there`() throws {
        let store = FakeStore()
        store.answersAtOnce = true
        let world = World(store: store)
        world.openLobby()
        world.send(world.login(0, "ann"), #"{"type":"create","room":"den"}"#)
        let token = try world.addHook("den").token
        let next = nextProcess(store, after: world)
        next.post(token, hello)
        #expect(next.answers.count == 1)
        #expect(store.rooms.values.first { $0.room.name == "den" }?.entries.count == 1)
        #expect(next.join(next.login(1, "bob"), "den").code == "forbidden")
    }

    @Test func `Without a store that works there is no new hook`() {
        let store = FakeStore()
        let world = World(store: store)
        world.tell(.state(.fails(.full)))
        #expect(world.refusal(ofHook: "ops") == .unavailable)
        world.tell(.state(.works))
        #expect(world.refusal(ofHook: "ops") == nil)
    }
}
