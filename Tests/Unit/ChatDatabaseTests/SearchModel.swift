// A run by seed: people speak, edit and delete in some rooms, old messages go, the server restarts,
// and what searches find is what a plain list has.
import Glibc
import Storage
import TestSupport
import Testing

@testable import ChatDatabase
@testable import ChatRooms

struct SearchModel {
    private var random: Seeded
    private let folder: Folder
    private var options = DatabaseOptions()
    private var desk: Desk
    private var rooms: [TestRoom] = []

    /// A message's present text; in the order in which the texts came.
    private struct Text {
        var room: Int64
        var offset: Int
        var text: String
    }
    private var texts: [Text] = []
    private let words = ["apple", "Äpfel", "pear", "東京", "well-known", "apples"]

    init(seed: UInt64) throws {
        random = Seeded(seed)
        folder = try Folder()
        if seed % 3 == 0 { options.retention.count = 90 }
        if seed % 3 == 1 { options.retention.countPerRoom = 25 }
        options.erasePause = seed % 2 == 0 ? 0 : .max / 2
        desk = try Desk(folder, options: options)
        for name in ["one", "two", "three"] { rooms.append(desk.room(name)) }
    }

    mutating func run() throws {
        for number in 0..<200 {
            step(isFirst: number < rooms.count ? number : nil)
            if Int.random(in: 0..<60, using: &random) == 0 { try restart() }
            if Int.random(in: 0..<8, using: &random) == 0 {
                if Bool.random(using: &random) { try desk.awaitIndex() }
                try check()
            }
        }
        try desk.awaitIndex()
        for _ in 0..<10 { try check() }
        desk.database.close()
        #expect(try HistoryFile(folder.database).flaws() == [])
    }

    private mutating func restart() throws {
        desk.database.close(checkpoint: Bool.random(using: &random))
        desk = try Desk(folder, options: options)
    }

    private mutating func text() -> String {
        (0..<Int.random(in: 1...4, using: &random)).map { _ in
            words.randomElement(using: &random)!
        }.joined(separator: " ")
    }

    private mutating func step(isFirst: Int?) {
        let index = isFirst ?? Int.random(in: rooms.indices, using: &random)
        let number = rooms[index].number
        let target = texts.indices.filter { texts[$0].room == number }
            .randomElement(using: &random)
        let new = text()
        switch (Int.random(in: 0..<6, using: &random), target) {
        case (0, let target?) where isFirst == nil:
            desk.submit(desk.change(.deleted, texts[target].offset, "", in: &rooms[index]))
            texts.remove(at: target)
        case (1, let target?) where isFirst == nil:
            let offset = texts[target].offset
            desk.submit(desk.change(.edited, offset, new, in: &rooms[index]))
            texts.remove(at: target)
            texts.append(Text(room: number, offset: offset, text: new))
        default:
            desk.submit(
                desk.batch(in: &rooms[index], count: 1, opensRoom: isFirst != nil) { _ in new })
            texts.append(Text(room: number, offset: rooms[index].last.offset, text: new))
        }
    }

    private mutating func check() throws {
        let asked = rooms.filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
        let search =
            Int.random(in: 0..<3, using: &random) == 0
            ? ["app*", "京", "\"apple pear\"", "apple pear", "known*", "nothing"]
                .randomElement(using: &random)!
            : words.randomElement(using: &random)!
        let query = SearchQuery(search)
        let limit = Int.random(in: 1...20, using: &random)
        // Both before and after the search: meanwhile old ones may go.
        let before = firstOffsets()
        var found: [(Int64, Int, String)] = []
        var next: Int64?
        repeat {
            let page = desk.search(asked, search, before: next, limit: limit)
            #expect(page.entries.count <= limit && page.folds.count == page.entries.count)
            for entry in page.entries {
                let text = String(decoding: page.bytes[entry.text], as: UTF8.self)
                found.append((entry.room, entry.place.offset, text))
            }
            next = page.next
        } while next != nil
        let after = firstOffsets()
        var seen = SearchWords()
        let matching = texts.filter { text in
            seen.read(Array(text.text.utf8).span)
            return query.matches(seen) && asked.contains { $0.number == text.room }
        }
        // Of a message, the row of its edition may be left alone: then it is not there any more.
        func kept(_ offsets: [Int64: Int]) -> [Text] {
            matching.reversed().filter { $0.offset >= offsets[$0.room] ?? 1 }
        }
        let expected = before == after ? kept(after) : nil
        guard let expected else { return }
        #expect(found.map { $0.0 } == expected.map(\.room), "\(search)")
        #expect(found.map { $0.1 } == expected.map(\.offset), "\(search)")
        #expect(found.map { $0.2 } == expected.map(\.text), "\(search)")
    }

    private func firstOffsets() -> [Int64: Int] {
        var offsets: [Int64: Int] = [:]
        for room in rooms {
            offsets[room.number] = desk.page(room, .before(offset: 1)).firstOffset
        }
        return offsets
    }
}

extension TestRoom {
    var asked: SearchRequest.Room { SearchRequest.Room(number: number, name: name) }
}

extension FoundMessages {
    var page: StoredPage {
        var page = StoredPage()
        (page.entries, page.bytes) = (entries, bytes)
        return page
    }
}

extension Desk {
    func search(
        _ rooms: [TestRoom], _ text: String, before: Int64? = nil, limit: Int = 50
    ) -> FoundMessages {
        let ticket = nextTicket()
        database.ask(
            .search(
                SearchRequest(
                    ticket: ticket, rooms: rooms.map(\.asked), query: SearchQuery(text),
                    before: before, countLimit: limit, byteLimit: 1 << 20)))
        return waitFor { answer in
            if case .found(ticket: ticket, let found) = answer { found } else { nil }
        }
    }

    /// A batch with one entry that changes a message of the room.
    func change(
        _ kind: EntryKind, _ target: Int, _ text: String, in room: inout TestRoom
    ) -> StoreBatch {
        var batch = StoreBatch()
        var out = ByteBuffer()
        let place = Place(offset: room.last.offset + 1, epoch: room.epoch)
        let entry = StoredEntry(
            room: room.number, place: place, kind: kind, target: target,
            beginsEpoch: room.last.offset == 0 || room.last.epoch != room.epoch, author: 1,
            at: 1_795_000_000_000)
        let (body, id) = (Array(text.utf8), [UInt8]())
        let written = EntryFrame.write(
            entry, room: room.name, user: "user1", text: body.span, id: id.span, to: &out)
        batch.items.append(
            .entry(written, room: RoomID(index: 0, generation: 0), mark: 0, reply: .nobody))
        batch.bytes = [UInt8](copying: out.span)
        room.last = place
        return batch
    }

    /// Waits until all texts are in the index of words.
    func awaitIndex() throws {
        let connection = try Connection(folder.database, .reading, vfs: nil)
        let query = "SELECT indexed >= (SELECT coalesce(max(seq), 0) FROM entries) FROM search"
        while try connection.integer(query) != 1 { sched_yield() }
    }

    /// Waits until nothing of what was deleted is left in the index of words.
    func awaitErased() throws {
        let connection = try Connection(folder.database, .reading, vfs: nil)
        let query = "SELECT erased = removed FROM search"
        while try connection.integer(query) != 1 { sched_yield() }
    }
}
