// What is deleted because of a limit: the oldest, down to the limit, and for good.
import Foundation
import Testing

@testable import ChatDatabase
@testable import ChatRooms

@Suite(.timeLimit(.minutes(3))) struct RetentionTests {
    @Test func `The oldest of all go first, and their places are not given again`() throws {
        let folder = try Folder()
        var options = DatabaseOptions()
        options.retention.count = 25
        options.erasePause = 0
        var desk = try Desk(folder, options: options)
        var (one, two) = (desk.room("one"), desk.room("two"))
        desk.submit(desk.batch(in: &one, count: 20, opensRoom: true) { "secret\($0)." })
        desk.submit(desk.batch(in: &two, count: 25, opensRoom: true))
        desk.awaitFirst(21, of: one)
        #expect(desk.page(two, .after(offset: 0, epoch: nil)).entries.count == 25)
        let (stored, page) = desk.stored("one")!
        #expect(stored?.last == one.last && stored?.firstOffset == 21 && page.entries.isEmpty)
        desk.submit(desk.batch(in: &one, count: 1))
        #expect(desk.page(one, .before(offset: .max)).entries.map(\.place.offset) == [21])
        desk.awaitFirst(2, of: two)
        #expect(desk.database.figures.deletedEntryCount == 21)
        try desk.awaitErased()
        desk.database.close()
        // What is deleted can't be read from the file.
        let text = String(decoding: try contents(of: folder.database), as: UTF8.self)
        #expect(!text.contains("secret"))
        desk = try Desk(folder, options: options)
        #expect(desk.stored("one")!.1.entries.map(\.place.offset) == [21])
        desk.database.close()
    }

    @Test func `Old messages go by their age`() throws {
        var options = DatabaseOptions()
        options.retention.age = 3_600_000
        let desk = try Desk(options: options)
        var room = desk.room("one")
        let now = Clock.wallMilliseconds
        desk.submit(desk.batch(in: &room, count: 10, opensRoom: true, at: now - 4_000_000))
        desk.submit(desk.batch(in: &room, count: 10, at: now))
        desk.awaitFirst(11, of: room)
        #expect(desk.page(room, .after(offset: 0, epoch: nil)).entries.count == 10)
        desk.database.close()
    }

    /// Also when much has to go at once, no more goes than has to.
    @Test(arguments: [50, 2000])
    func `The file stays below its limit, and gives pages back`(batchSize: Int) throws {
        var options = DatabaseOptions()
        options.retention.byteCount = 1 << 20
        let desk = try Desk(options: options)
        var room = desk.room("one")
        let long = String(repeating: "x", count: 2000)
        desk.submit(desk.batch(in: &room, count: 1, opensRoom: true))
        for _ in 0..<2000 / batchSize {
            desk.submit(desk.batch(in: &room, count: batchSize) { _ in long })
        }
        var figures = desk.database.figures
        while figures.usedByteCount > 1 << 20 || figures.fileByteCount > 3 << 20
            || figures.deletedEntryCount == 0
        {
            figures = desk.database.figures
        }
        let page = desk.page(room, .before(offset: .max), byteLimit: .max)
        #expect(page.entries.last?.place.offset == 2001 && page.entries.count > 200)
        #expect(figures.entryCount + figures.deletedEntryCount == 2001)
        #expect(figures.usedByteCount > 3 << 18)
        #expect(figures.byteLimit == 1 << 20)
        desk.database.close()
    }

    @Test func `A room has its own limits, also when they come later`() throws {
        let folder = try Folder()
        var desk = try Desk(folder)
        var (one, two) = (desk.room("one"), desk.room("two"))
        let long = String(repeating: "x", count: 1000)
        desk.submit(desk.batch(in: &one, count: 100, opensRoom: true) { _ in long })
        desk.submit(desk.batch(in: &two, count: 20, opensRoom: true))
        desk.database.close()
        var options = DatabaseOptions()
        options.retention.byteCountPerRoom = 20_000
        desk = try Desk(folder, options: options)
        var kept = 100
        while kept > 18 { kept = desk.page(one, .after(offset: 0, epoch: nil)).entries.count }
        #expect(kept >= 16)
        #expect(desk.page(two, .after(offset: 0, epoch: nil)).entries.count == 20)
        desk.database.close()
    }
}
