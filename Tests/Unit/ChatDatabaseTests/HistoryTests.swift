// What `roost history` does with a database: exports, imports, checks, copies.
import Foundation
import Storage
import Testing

@testable import ChatDatabase
@testable import ChatRooms

@Suite(.timeLimit(.minutes(3))) struct HistoryTests {
    /// A database with two rooms and two lives, which is open.
    private func desk(_ folder: Folder) throws -> (Desk, TestRoom, TestRoom) {
        let desk = try Desk(folder)
        var (one, two) = (desk.room("one"), desk.room("zwölf"))
        for life in 0..<3 {
            (one.epoch, two.epoch) = (UInt64(life) + 1, UInt64(life) + 100)
            desk.submit(
                desk.batch(in: &one, count: 4, opensRoom: life == 0),
                desk.batch(in: &two, count: 3, opensRoom: life == 0) { "é\\u0000\\n\($0)" })
        }
        return (desk, one, two)
    }

    private func lines(_ folder: Folder) throws -> [String] {
        var text: [UInt8] = []
        let history = try HistoryFile(folder.database)
        let count = try history.export { bytes in
            text += [UInt8](copying: bytes)
            return true
        }
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(lines.count == count)
        return lines
    }

    private func importing(_ lines: [String], into folder: Folder) throws -> HistoryImport {
        let importing = try HistoryImport(folder.database)
        for line in lines { try importing.add(Array(line.utf8).span) }
        try importing.finish()
        return importing
    }

    @Test func `An export has every frame with its epoch, while a server goes on`() throws {
        let folder = try Folder()
        let (desk, one, two) = try desk(folder)
        let found = try lines(folder)
        #expect(found.count == 21 && found.allSatisfy { $0.contains(",\"epoch\":\"") })
        for room in [one, two] {
            let page = desk.page(room, .after(offset: 0, epoch: nil))
            let mine = found.filter { $0.contains("\"room\":\"\(room.name)\"") }
            for (line, (frame, entry)) in zip(mine, zip(frames(page), page.entries)) {
                #expect(line == frame || !entry.beginsEpoch)
                #expect(EntryFrame.read(Array(line.utf8).span)?.place == entry.place)
            }
            #expect(mine.count == page.entries.count)
        }
        desk.database.close()
    }

    @Test func `What is imported is what was exported, and may be imported twice`() throws {
        let (folder, copy) = (try Folder(), try Folder())
        let (desk, one, two) = try desk(folder)
        let exported = try lines(folder)
        #expect(try importing(exported, into: copy).addedCount == 21)
        #expect(try importing(exported + [""], into: copy).knownCount == 21)
        #expect(try lines(copy) == exported)
        #expect(try HistoryFile(copy.database).flaws() == [])
        let other = try Desk(copy)
        for room in [one, two] {
            let (stored, page) = other.stored(room.name)!
            #expect(stored?.last == room.last)
            #expect(frames(page) == frames(desk.page(room, .after(offset: 0, epoch: nil))))
        }
        other.database.close()
        desk.database.close()
    }

    @Test func `A file that contradicts, has a gap or another form is refused as a whole`() throws {
        let (folder, copy) = (try Folder(), try Folder())
        let (desk, _, _) = try desk(folder)
        desk.database.close()
        let exported = try lines(folder)
        _ = try importing(Array(exported.prefix(14)), into: copy)
        let before = try lines(copy)
        func refusal(_ lines: [String]) -> String {
            do {
                _ = try importing(lines, into: copy)
                return ""
            } catch {
                return "\(error)"
            }
        }
        let changed = exported[2].replacing("message 3", with: "massage 3")
        #expect(refusal([exported[14], changed]).hasPrefix("Line 2 contradicts"))
        #expect(refusal([exported[14], exported[16]]).hasPrefix("Line 2 leaves a gap"))
        #expect(
            refusal([exported[14], "", exported[15] + " "]).hasPrefix("Line 3 is not a message"))
        for (part, bad) in [
            ("\"at\":\"2", "\"at\":\"x"), ("\"offset\":9", "\"offset\":09"), ("\\\"", "\""),
            ("\"user\":\"", "\"user\":\"\\u0041"), ("\"epoch\":\"3\",", ""), ("many", "ma\tny"),
        ] {
            let line = exported[14].replacing(part, with: bad)
            #expect(line != exported[14] && refusal([line]).hasPrefix("Line 1 is not"), "\(part)")
        }
        #expect(try lines(copy) == before)
        // With a server on it, nothing can be imported.
        let server = try Desk(copy)
        #expect(refusal(exported).contains("in use by process"))
        server.database.close()
        #expect(try importing(exported, into: copy).addedCount == 7)
    }

    @Test(arguments: [
        ("DELETE FROM entries WHERE room = 1 AND offset = 3", "has a gap"),
        ("UPDATE rooms SET last_offset = 99 WHERE number = 1", "ends with 99"),
        ("UPDATE rooms SET last_epoch = 99 WHERE number = 2", "Room 2 ends with"),
        ("DELETE FROM rooms WHERE number = 2", "not in the list of rooms"),
        ("UPDATE entries SET begins = 1 WHERE offset = 2 AND room = 1", "out of order"),
        ("UPDATE rooms SET bytes = 1 WHERE number = 1", "Room 1 counts 1 bytes"),
        ("UPDATE meta SET entries = 1", "counts 1 messages, and has 21"),
        ("INSERT INTO sessions VALUES (x'00', 7, 0, '')", "user 7"),
        ("UPDATE rooms SET key = 'other' WHERE number = 1", "wrong key"),
        ("UPDATE entries SET body = '\"' WHERE seq = 4", "not well formed"),
        ("UPDATE entries SET seq = 400 WHERE seq = 2", "out of order"),
    ])
    func `Each flaw is found`(change: String, sentence: String) throws {
        let folder = try Folder()
        let (desk, _, _) = try desk(folder)
        #expect(try HistoryFile(folder.database).flaws() == [])
        desk.database.close()
        try Connection(folder.database, .writing).run(change)
        let flaws = try HistoryFile(folder.database).flaws()
        #expect(flaws.contains { $0.contains(sentence) }, "\(flaws)")
    }

    @Test func `A backup is of one moment, and a restored one is used`() throws {
        let (folder, other) = (try Folder(), try Folder())
        let (desk, one, _) = try desk(folder)
        var room = one
        let backup = other.path + "/backup.db"
        // Between two steps of the copy, the server goes on.
        var steps = 0
        let long = String(repeating: "x", count: 5000)
        desk.submit(desk.batch(in: &room, count: 100) { _ in long })
        let atBegin = room.last.offset
        try HistoryFile(folder.database).backup(to: backup) { _, _ in
            steps += 1
            desk.submit(desk.batch(in: &room, count: 10))
        }
        #expect(steps > 2)
        #expect(throws: DatabaseError(.exists, backup)) {
            try HistoryFile(folder.database).backup(to: backup)
        }
        #expect(throws: DatabaseError.self) { try HistoryFile(backup).restore(to: folder.database) }
        let before = try lines(folder)
        desk.database.close()

        let aside = try #require(try HistoryFile(backup).restore(to: folder.database))
        let server = try Desk(folder)
        let (stored, page) = server.stored("one")!
        #expect(stored?.last.offset == atBegin && page.entries.count == atBegin)
        server.database.close()
        let kept = try Folder()
        try FileManager.default.moveItem(atPath: aside, toPath: kept.database)
        #expect(try lines(kept) == before)
    }

    @Test func `A backup with a flaw is not restored`() throws {
        let (folder, other) = (try Folder(), try Folder())
        let (desk, _, _) = try desk(folder)
        let backup = other.path + "/backup.db"
        try HistoryFile(folder.database).backup(to: backup)
        desk.database.close()
        try Connection(backup, .writing).run("UPDATE rooms SET last_offset = 99 WHERE number = 1")
        let before = try contents(of: folder.database)
        #expect(throws: FlawedBackup.self) { try HistoryFile(backup).restore(to: folder.database) }
        #expect(try contents(of: folder.database) == before)
    }
}
