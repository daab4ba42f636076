// Files that are damaged, cut off, foreign, older or newer.
import CSQLite
import Foundation
import Testing

@testable import ChatDatabase
@testable import ChatRooms

func contents(of path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

@Suite(.timeLimit(.minutes(3))) struct DamageTests {
    /// Overwrites the page of the file in which the text stands.
    private func damage(_ path: String, pageWith text: String) throws {
        var bytes = try contents(of: path)
        let place = try #require(bytes.firstRange(of: Array(text.utf8)))
        let page = place.lowerBound / 4096 * 4096
        bytes.replaceSubrange(page..<page + 200, with: repeatElement(0xA5, count: 200))
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    @Test func `A damaged page hides its messages, and no others`() throws {
        let folder = try Folder()
        var desk = try Desk(folder)
        var (one, two) = (desk.room("one"), desk.room("two"))
        let long = String(repeating: "o", count: 500)
        desk.submit(
            desk.batch(in: &one, count: 40, opensRoom: true) { "one\($0) \(long)" },
            desk.batch(in: &two, count: 40, opensRoom: true) { "two\($0) \(long)" })
        desk.database.close()
        try damage(folder.database, pageWith: "one20 ")

        desk = try Desk(folder)
        #expect(desk.ask(one, .after(offset: 0, epoch: nil)) == nil)
        #expect(desk.database.figures.lastError?.reason == .damaged)
        #expect(desk.page(two, .after(offset: 0, epoch: nil)).entries.count == 40)
        // Writing goes on where the file is sound.
        desk.submit(desk.batch(in: &two, count: 1))
        #expect(desk.states == [])
        desk.database.close()
    }

    @Test func `Damage where something is to be written is said`() throws {
        let folder = try Folder()
        var desk = try Desk(folder)
        var room = desk.room("one")
        let long = String(repeating: "o", count: 500)
        desk.submit(desk.batch(in: &room, count: 40, opensRoom: true) { "one\($0) \(long)" })
        desk.database.close()
        try damage(folder.database, pageWith: "one40 ")
        desk = try Desk(folder)
        desk.submit(desk.batch(in: &room, count: 1))
        #expect(desk.states == [.fails(.damaged)])
        #expect(
            desk.database.figures.lastError?.description.contains("roost history check") == true)
        desk.database.close()
    }

    @Test func `A log that ends anywhere is read up to its last whole commit`() throws {
        let folder = try Folder()
        let desk = try Desk(folder)
        var room = desk.room("one")
        var batches: [StoreBatch] = []
        for count in 1...5 {
            batches.append(desk.batch(in: &room, count: count, opensRoom: count == 1))
            desk.submit(batches.last!)
        }
        let file = try contents(of: folder.database)
        let log = try contents(of: folder.database + "-wal")
        desk.database.close()
        let all = batches.flatMap(frames)
        let ends = [0, 1, 3, 6, 10, 15]
        var counts: Set<Int> = []
        for cut in stride(from: log.count, through: 0, by: -1_033) {
            let copy = try Folder()
            try Data(file).write(to: URL(fileURLWithPath: copy.database))
            try Data(log[..<cut]).write(to: URL(fileURLWithPath: copy.database + "-wal"))
            let desk = try Desk(copy)
            let found = frames(desk.page(room, .after(offset: 0, epoch: nil)))
            #expect(ends.contains(found.count) && found == Array(all.prefix(found.count)))
            counts.insert(found.count)
            desk.database.close()
        }
        #expect(counts == Set(ends))
    }

    @Test func `A newer file is refused, and not changed`() throws {
        let folder = try Folder()
        try Desk(folder).database.close()
        try Connection(folder.database, .writing).run("PRAGMA user_version = 99")
        let before = try contents(of: folder.database)
        #expect(throws: DatabaseError(.newer(version: 99), folder.database)) { try Desk(folder) }
        #expect(try contents(of: folder.database) == before)
    }

    @Test func `A database of another program is refused, and not changed`() throws {
        let folder = try Folder()
        #expect(FileManager.default.createFile(atPath: folder.database, contents: nil))
        try Connection(folder.database, .writing).run("CREATE TABLE mine(a)")
        let before = try contents(of: folder.database)
        #expect(throws: DatabaseError(.foreign, folder.database)) { try Desk(folder) }
        #expect(try contents(of: folder.database) == before)
    }

    @Test func `What is no database is said to be damaged`() throws {
        let folder = try Folder()
        try Data("These are not the bytes of a database. ".utf8 + Array(repeating: 65, count: 5000))
            .write(to: URL(fileURLWithPath: folder.database))
        #expect { try Desk(folder) } throws: { ($0 as? DatabaseError)?.reason == .damaged }
    }

    @Test func `An older file becomes one of this version, in one piece`() throws {
        let folder = try Folder()
        var desk = try Desk(folder)
        var room = desk.room("one")
        let batch = desk.batch(in: &room, count: 3, opensRoom: true)
        desk.submit(batch)
        desk.database.close()
        var options = DatabaseOptions()
        let good = "ALTER TABLE rooms ADD COLUMN motto TEXT NOT NULL DEFAULT ''"
        // The second step fails: nothing of the first one is left.
        options.schema = Schema(
            steps: Schema.current.steps + [good, "INSERT INTO nowhere VALUES (1)"])
        #expect(throws: DatabaseError.self) { try Desk(folder, options: options) }
        options.schema = Schema(steps: Schema.current.steps + [good])
        desk = try Desk(folder, options: options)
        #expect(frames(desk.page(room, .after(offset: 0, epoch: nil))) == frames(batch))
        desk.database.close()
        let connection = try Connection(folder.database, .reading)
        #expect(try Schema.version(of: connection) == 2)
        #expect(try connection.text("SELECT motto FROM rooms") == "")
        #expect(throws: DatabaseError(.newer(version: 2), folder.database)) { try Desk(folder) }
    }
}
