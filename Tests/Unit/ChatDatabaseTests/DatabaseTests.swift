// What a database gives back is what was stored: rooms, pages, users.
import ChatRooms
import Testing

@testable import ChatDatabase

@Suite struct DatabaseTests {
    @Test func `A page has the bytes that were pushed, in their order`() throws {
        let desk = try Desk()
        var room = desk.room("Tea Room")
        let first = desk.batch(in: &room, count: 7, opensRoom: true)
        desk.submit(first)
        room.epoch = 77
        let second = desk.batch(in: &room, count: 3)
        desk.submit(second)
        let page = desk.page(room, .after(offset: 0, epoch: nil))
        #expect(frames(page) == frames(first) + frames(second))
        #expect(page.entries.map(\.place.offset) == Array(1...10))
        #expect(page.entries.map(\.beginsEpoch) == (1...10).map { $0 == 1 || $0 == 8 })
        #expect(page.entries.map(\.author) == (1...10).map { Int64($0 % 3 + 1) })
        #expect(page.firstOffset == 1 && page.isContinuous)
    }
}
