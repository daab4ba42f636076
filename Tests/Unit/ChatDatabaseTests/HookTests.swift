// Hooks in the file.
import Testing

@testable import ChatDatabase
@testable import ChatRooms

@Suite struct HookTests {
    @Test func `Hooks come back as they were, and deleted ones do not`() throws {
        let folder = try Folder()
        var desk = try Desk(folder)
        #expect(desk.state.hooks == [])
        var hooks = [
            Hook(room: "Küche", name: "“cron”", proof: SessionProof(bits: .max - 5), at: 5),
            Hook(room: "ops", name: "deploy", proof: SessionProof(bits: 7), at: 1_795_381_500_123),
        ]
        var batch = StoreBatch()
        for index in hooks.indices {
            hooks[index].number = Int64(index + 3)
            batch.items.append(.hook(.added(hooks[index])))
        }
        desk.submit(batch)
        desk.database.close()
        desk = try Desk(folder)
        #expect(desk.state.hooks == hooks)
        var change = StoreBatch()
        // What is tried again after a failure may be there already.
        change.items = [.hook(.added(hooks[1])), .hook(.deleted(3)), .hook(.deleted(99))]
        desk.submit(change)
        desk.database.close()
        desk = try Desk(folder)
        #expect(desk.state.hooks == [hooks[1]])
        desk.database.close()
    }
}
