// Messages that come while the store reads a page: whatever has left the memory meanwhile, a page
// ends where it was asked for.
import Testing

@testable import ChatRooms

@Suite struct OvertakingTests {
    private static let said = 12

    /// A room of which the newest five messages are in memory, and the older ones in the store.
    private func world(_ store: FakeStore) -> (World, ConnectionKey) {
        var limits = ChatLimits.withoutRateLimit
        limits.messagesPerRoomLimit = 5
        let world = World(limits, store: store)
        world.openLobby()
        store.answerAll(world)
        let key = world.login(0, "ann")
        store.answerAll(world)
        for number in 1...Self.said { say(number, world, key) }
        store.answerAll(world)
        return (world, key)
    }

    private func say(_ number: Int, _ world: World, _ key: ConnectionKey) {
        world.send(key, #"{"type":"message","text":"\#(number)"}"#)
    }

    /// What a page of `limit` messages before `end` has, if nothing is missing.
    private func expected(_ end: Int, _ limit: Int) -> [Int] {
        Array(max(1, end - limit)..<max(1, end))
    }

    @Test(arguments: 0...7, [1, 3, 6])
    func `A page ends where it was asked for`(overtaking: Int, limit: Int) {
        for end in 1...Self.said + 1 {
            let store = FakeStore()
            let (world, ann) = world(store)
            _ = world.login(1, "bob")
            store.answerAll(world)
            let bob = world.connections[1]!
            let before = world.inbox[bob]!.count
            world.send(
                bob, #"{"type":"history","room":"lobby","before":\#(end),"limit":\#(limit)}"#)
            // These are kept and published before the page is read, or at least before it is here.
            for number in 0..<overtaking {
                say(100 + number, world, ann)
                store.keep(world)
            }
            store.answerAll(world)
            let page = world.heard(bob)[before...].first { $0.type == "history" }
            #expect(page?.offsets == expected(end, limit), "before \(end)")
            #expect(page?["more"] as? Bool == (max(1, end - limit) > 1), "before \(end)")
        }
    }

    @Test(arguments: 0...7, [1, 3, 6])
    func `The newest messages end with the newest one`(overtaking: Int, limit: Int) {
        let store = FakeStore()
        let (world, ann) = world(store)
        // So that all of them must be read.
        let lobby = RoomIndex(rawValue: 0)
        world.chat.dropHistory(lobby)
        _ = world.login(1, "bob", join: false)
        store.answerAll(world)
        let bob = world.connections[1]!
        world.send(bob, #"{"type":"join","room":"lobby","limit":\#(limit)}"#)
        for number in 0..<overtaking {
            say(100 + number, world, ann)
            store.keep(world)
            world.chat.dropHistory(lobby)
        }
        store.answerAll(world)
        let joined = world.heard(bob).last { $0.type == "joined" }
        #expect(joined?["offset"] as? Int == Self.said + overtaking)
        #expect(joined?.offsets == expected(Self.said + overtaking + 1, limit))
    }
}
