// Tests that hold wherever a room's entries are: in memory, in a store, or mostly there.
@testable import ChatRooms

/// Where the entries of a test are.
enum Keeping: CaseIterable {
    case inMemory, inStore
    /// Only the newest few entries are in memory.
    case mostlyInStore

    var world: World {
        var limits = ChatLimits.withoutRateLimit
        if self == .mostlyInStore { limits.messagesPerRoomLimit = 4 }
        guard self != .inMemory else { return World(limits) }
        let store = FakeStore()
        store.answersAtOnce = true
        return World(limits, store: store)
    }

    /// Everybody has gone for so long that open rooms are forgotten.
    func forgetRooms(of world: World) {
        world.pass(.seconds(601))
        world.tick()
    }
}
