// Entries that change messages, in the file: how pages show them, and what is left of what was
// deleted.
import Storage
import Testing

@testable import ChatDatabase
@testable import ChatRooms

@Suite(.timeLimit(.minutes(3))) struct ChangeTests {
    private static let texts: [(EntryKind, target: Int, author: Int64, String)] = [
        (.message, 0, 1, "one secret"), (.message, 1, 2, "two"), (.reaction, 2, 1, "👍"),
        (.edited, 1, 1, "one secret again"), (.topic, 0, 1, "Trains"), (.reaction, 2, 3, "🎉"),
        (.edited, 2, 2, "two again"), (.deleted, 1, 1, ""), (.reaction, 2, 1, ""),
        (.message, 0, 3, "three"),
    ]

    private func batch(in room: inout TestRoom) -> StoreBatch {
        var batch = StoreBatch()
        batch.items.append(.room(room.stored))
        var out = ByteBuffer()
        for (kind, target, author, text) in Self.texts {
            let entry = StoredEntry(
                room: room.number, place: Place(offset: room.last.offset + 1, epoch: room.epoch),
                kind: kind, target: target, beginsEpoch: room.last.offset == 0, author: author,
                at: 1_795_000_000_000)
            let (text, id) = (Array(text.utf8), [UInt8]())
            let written = EntryFrame.write(
                entry, room: room.name, user: "user\(author)", text: text.span, id: id.span,
                to: &out)
            batch.items.append(
                .entry(written, room: RoomID(index: 0, generation: 0), mark: 0, reply: .nobody))
            room.last = entry.place
        }
        batch.bytes = [UInt8](copying: out.span)
        return batch
    }

    @Test func `A page shows what has become of messages`() throws {
        let desk = try Desk()
        var room = desk.room("room")
        desk.submit(batch(in: &room))
        for page in [
            desk.page(room, .after(offset: 0, epoch: nil)), desk.page(room, .before(offset: 99)),
        ] {
            let frames = frames(page)
            #expect(frames.count == Self.texts.count)
            #expect(frames[0].contains(#""user":"user1","deleted":8,"at""#), "\(frames[0])")
            #expect(frames[1].contains(#""reply":1,"text":"two again","edited":7,"#))
            #expect(frames[1].contains(#""reactions":{"🎉":["user3"]},"at""#), "\(frames[1])")
            #expect(frames[3].contains(#""target":1,"text":"","at""#), "\(frames[3])")
            #expect(frames[8].contains(#""target":2,"emoji":null,"at""#), "\(frames[8])")
        }
        let page = desk.page(room, .after(offset: 1, epoch: nil), countLimit: 1)
        #expect(frames(page).first?.contains("two again") == true && page.folds.count == 1)
        let (stored, newest) = desk.stored("room")!
        #expect(stored?.topic == Array("Trains".utf8))
        // The changes are among the entries that a chat gets here.
        #expect(frames(newest)[1].contains(#""text":"two","at""#))
        desk.database.close()
        #expect(try HistoryFile(desk.folder.database).flaws() == [])
    }

    @Test func `What was deleted is in no export, and all kinds can be imported`() throws {
        let (folder, copy) = (try Folder(), try Folder())
        let desk = try Desk(folder)
        var room = desk.room("room")
        desk.submit(batch(in: &room))
        desk.database.close()
        func lines(_ folder: Folder) throws -> [Substring] {
            var text: [UInt8] = []
            _ = try HistoryFile(folder.database).export { bytes in
                text += [UInt8](copying: bytes)
                return true
            }
            return String(decoding: text, as: UTF8.self).split(separator: "\n")
        }
        let exported = try lines(folder)
        #expect(exported.count == Self.texts.count)
        #expect(!exported.joined().contains("secret"))
        let importing = try HistoryImport(copy.database)
        for line in exported { try importing.add(Array(line.utf8).span) }
        try importing.finish()
        #expect(importing.addedCount == Self.texts.count)
        #expect(try lines(copy) == exported)
        #expect(try HistoryFile(copy.database).flaws() == [])
    }

    @Test func `A deletion finds its rows by an index`() throws {
        let folder = try Folder()
        try Desk(folder).database.close()
        let connection = try Connection(folder.database, .reading)
        for query in Deleting.queries {
            let plan = try Statement("EXPLAIN QUERY PLAN " + query, on: connection)
            while try plan.step() {
                let step = plan.string(3)
                #expect(!step.hasPrefix("SCAN "), "\(query): \(step)")
            }
        }
    }
}
