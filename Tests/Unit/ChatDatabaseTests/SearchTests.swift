// Searches in a database: held against a plain list, while the index is being made, after it, and
// after whatever takes texts away.
import CSQLite
import Foundation
import Storage
import TestSupport
import Testing

@testable import ChatDatabase
@testable import ChatRooms

@Suite(.timeLimit(.minutes(3))) struct SearchTests {
    @Test(arguments: 0..<12)
    func `A search finds what a plain list has`(seed: UInt64) throws {
        var model = try SearchModel(seed: seed)
        try model.run()
    }

    @Test func `A message is found once it is stored, and in the index later`() throws {
        let folder = try Folder()
        let desk = try Desk(folder)
        var room = desk.room("room")
        for number in 0..<40 {
            desk.submit(
                desk.batch(in: &room, count: 1, opensRoom: number == 0) { "word\($0) and more" })
            #expect(frames(desk.search([room], "word\(number + 1)").page).count == 1)
        }
        try desk.awaitIndex()
        let found = desk.search([room], "word3")
        #expect(frames(found.page).count == 1 && found.visitedCount == 1)
        // A word in every message is looked for in the room alone.
        var other = desk.room("other")
        desk.submit(desk.batch(in: &other, count: 2, opensRoom: true) { _ in "and" })
        try desk.awaitIndex()
        #expect(desk.search([other], "and").visitedCount == 2)
        #expect(desk.search([], "and").visitedCount == 0)
        desk.database.close()
        #expect(try HistoryFile(folder.database).flaws() == [])
    }

    @Test(arguments: [
        "NEAR(a b, 2)", "a AND", "OR", "NOT a", "(", ")", "\"", "\"a", "a\"\"b", "text:a", "{a}:b",
        "-a", "^a", "a*b*", "**", "a + b", "words MATCH 'a'", "'; DROP TABLE entries; --", "§99",
        "a\u{0}b", "rank:x", "a NEAR b NOT c", "\\\"a\\\"", "ſ*", "%", "\u{202E}a", "a' OR 1=1",
    ])
    func `No text is an error, and none means anything to SQLite`(text: String) throws {
        let desk = try Desk()
        var room = desk.room("room")
        desk.submit(desk.batch(in: &room, count: 3, opensRoom: true) { "zebra \($0)" })
        try desk.awaitIndex()
        guard !SearchQuery(text).phrases.isEmpty else { return desk.database.close() }
        let found = desk.search([room], text)
        #expect(found.entries.isEmpty && desk.database.figures.readFailureCount == 0)
        #expect(desk.search([room], "zebra").entries.count == 3)
        desk.database.close()
    }

    @Test func `What was deleted is neither found nor in the file`() throws {
        let folder = try Folder()
        var options = DatabaseOptions()
        options.erasePause = 0
        let desk = try Desk(folder, options: options)
        var room = desk.room("room")
        desk.submit(desk.batch(in: &room, count: 500, opensRoom: true) { "secret\($0) plain\($0)" })
        try desk.awaitIndex()
        desk.submit(desk.change(.deleted, 77, "", in: &room))
        #expect(desk.search([room], "secret77").entries.isEmpty)
        #expect(desk.search([room], "secret78").entries.count == 1)
        try desk.awaitErased()
        desk.database.close()
        let bytes = try contents(of: folder.database)
        let text = String(decoding: bytes, as: UTF8.self)
        // A term stands in the index without what it shares with the one before.
        #expect(text.contains("secret78") && !text.contains("secret77"))
        #expect(try HistoryFile(folder.database).flaws() == [])
    }

    @Test func `A question has a bound, and the next one goes on`() throws {
        let folder = try Folder()
        let desk = try Desk(folder)
        var room = desk.room("room")
        desk.submit(desk.batch(in: &room, count: 300, opensRoom: true) { "a b\($0 % 2) c\($0)" })
        for isIndexed in [false, true] {
            if isIndexed { try desk.awaitIndex() }
            let connection = try OpenedFile.reading(folder.database, DatabaseOptions())
            var budget = SearchReading.Budget()
            (budget.rowCount, budget.tailRowCount) = (40, 40)
            let searching = try SearchReading(connection, try Reading(connection), budget)
            var request = SearchRequest(
                ticket: 1, rooms: [room.asked], query: SearchQuery("\"a c5\""), before: nil,
                countLimit: 50, byteLimit: 1 << 20)
            var (rounds, visited) = (0, 0)
            repeat {
                let found = try searching.search(request)
                #expect(found.visitedCount <= 40 && found.entries.isEmpty)
                visited += found.visitedCount
                request.before = found.next
                rounds += 1
            } while request.before != nil
            // The index says that only one text has both words. Before, it has some of the texts.
            #expect(isIndexed ? visited == 1 && rounds == 1 : visited <= 300 && rounds <= 10)
        }
        desk.database.close()
    }

    @Test func `An import is in the index, and a check finds an index that does not fit`() throws {
        let (folder, copy) = (try Folder(), try Folder())
        let desk = try Desk(folder)
        var room = desk.room("room")
        desk.submit(desk.batch(in: &room, count: 50, opensRoom: true) { "word\($0)" })
        desk.submit(desk.change(.deleted, 7, "", in: &room))
        desk.database.close()
        var lines: [UInt8] = []
        _ = try HistoryFile(folder.database).export { bytes in
            lines += [UInt8](copying: bytes)
            return true
        }
        do {
            let importing = try HistoryImport(copy.database)
            for line in lines.split(separator: 0x0A) { try importing.add(Array(line).span) }
            try importing.finish()
        }
        let connection = try Connection(copy.database, .writing)
        #expect(try connection.integer("SELECT indexed = 51 FROM search") == 1)
        #expect(try HistoryFile(copy.database).flaws() == [])
        let other = try Desk(copy)
        #expect(other.search([room], "word9").visitedCount == 1)
        other.database.close()
        try connection.run(
            "INSERT INTO words(words, rowid, text) VALUES ('delete', 9, '§1 word9')")
        let flaws = try HistoryFile(copy.database).flaws()
        #expect(flaws.count == 1 && flaws[0].contains("index of words"), "\(flaws)")
        // Other rules make the index anew.
        try SearchIndex.renew(connection, rules: 7)
        #expect(try connection.integer("SELECT indexed FROM search") == 0)
    }

    /// Messages never wait for an index that has lost its pages, and it is made anew.
    @Test func `An index that is damaged is made anew`() throws {
        let folder = try Folder()
        var options = DatabaseOptions()
        options.erasePause = 0
        options.pauses = 1_000_000...4_000_000
        var desk = try Desk(folder, options: options)
        var room = desk.room("room")
        desk.submit(desk.batch(in: &room, count: 50, opensRoom: true) { "word\($0)" })
        try desk.awaitIndex()
        desk.database.close()
        do {
            let connection = try Connection(folder.database, .writing)
            unsafe csqlite_configure(connection.handle, SQLITE_DBCONFIG_DEFENSIVE, 0)
            try connection.run("DELETE FROM words_data WHERE id > 10")
        }
        #expect(try HistoryFile(folder.database).flaws().count == 1)
        desk = try Desk(folder, options: options)
        desk.submit(desk.change(.deleted, 3, "", in: &room))
        desk.submit(desk.batch(in: &room, count: 5) { "word\($0)" })
        try desk.awaitErased()
        try desk.awaitIndex()
        #expect(desk.search([room], "word3").entries.isEmpty)
        for word in ["word4", "word54"] {
            #expect(desk.search([room], word).entries.count == 1)
        }
        desk.database.close()
        #expect(try HistoryFile(folder.database).flaws() == [])
    }

    @Test func `Rows are found by an index, in their order`() throws {
        let folder = try Folder()
        try Desk(folder).database.close()
        let connection = try Connection(folder.database, .reading)
        for query in SearchReading.queries + [SearchIndex.query] {
            let plan = try Statement("EXPLAIN QUERY PLAN " + query, on: connection)
            while try plan.step() {
                let step = plan.string(3)
                #expect(
                    step.hasPrefix("SEARCH ") || step.hasPrefix("SCAN words VIRTUAL TABLE")
                        || query.hasSuffix("LIMIT 1") && step == "SCAN entries",
                    "\(query): \(step)")
            }
        }
    }

    @Test func `This system's SQLite has full-text search`() throws {
        let folder = try Folder()
        try Desk(folder).database.close()
        let connection = try Connection(folder.database, .reading)
        var options: [String] = []
        let rows = try Statement("PRAGMA compile_options", on: connection)
        while try rows.step() { options.append(rows.string(0)) }
        #expect(options.contains("ENABLE_FTS5") && Connection.hasFullText)
        #expect("\(DatabaseError(.noFullText, "x.db"))".contains("FTS5"))
    }

    /// Whatever was being stored, indexed, merged or deleted when the power went.
    @Test(arguments: 0..<24 as Range<UInt64>)
    func `After a crash, the index fits the texts`(seed: UInt64) throws {
        let (disk, folder) = (TestDisk(), try Folder())
        var options = disk.options
        options.erasePause = 0
        options.retention.count = 60
        var random = Seeded(seed)
        var room = TestRoom(number: 1, name: "room", epoch: 1)
        for life in 1...4 {
            disk.crash(at: Int.random(in: 1...400, using: &random))
            if let desk = try? Desk(folder, options: options) {
                if let stored = desk.stored("room")?.0 { room.last = stored.last }
                let isNew = room.last.offset == 0
                room.epoch = UInt64(life)
                for number in 0..<40 where !disk.isDark {
                    let count = Int.random(in: 1...6, using: &random)
                    desk.give(
                        desk.batch(in: &room, count: count, opensRoom: isNew && number == 0) {
                            "life\(life) word\($0 % 9)"
                        })
                    let target = room.last.offset - Int.random(in: 0...20, using: &random)
                    if target > 0 { desk.give(desk.change(.deleted, target, "", in: &room)) }
                    if Bool.random(using: &random) { desk.settle() }
                }
                desk.settle()
                desk.database.close(checkpoint: Bool.random(using: &random))
            }
            disk.restart(seed: random.next())
            room.last = Place(offset: 0, epoch: 0)
            let file = try OpenedFile.begin(folder.database, options)
            #expect(try SearchCheck.flaws(file.connection) == [])
        }
    }
}
