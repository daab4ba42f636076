// Rooms and pages as the chat gets them: each entry with its frame, the same bytes as its push was.
import ChatRooms
import Storage

/// The statements that read. Each of them finds its rows by an index, in their order.
final class Reading {
    private let connection: Connection
    private let room: Statement
    private let roomEnd: Statement
    private let first: Statement
    private let epoch: Statement
    private let after: Statement
    private let before: Statement
    private let changes: Statement
    private let listing: Listing

    private static let columns = "offset, epoch, begins, author, at, user, body, id, kind, target"
    /// The statements that find entries: a test looks at how SQLite does it.
    static let queries = [
        "SELECT offset FROM entries WHERE room = ?1 ORDER BY offset LIMIT 1",
        "SELECT epoch FROM entries WHERE room = ?1 AND offset = ?2",
        """
        SELECT \(columns) FROM entries WHERE room = ?1 AND offset > ?2 AND offset < ?3
        ORDER BY offset LIMIT ?4
        """,
        """
        SELECT \(columns) FROM entries WHERE room = ?1 AND offset < ?2
        ORDER BY offset DESC LIMIT ?3
        """,
        """
        SELECT number, key, name, last_offset, last_epoch, topic, kind, creator FROM rooms
        WHERE key = ?1
        """,
        "SELECT last_offset FROM rooms WHERE number = ?1",
        """
        SELECT \(columns) FROM entries WHERE room = ?1 AND target >= ?2 AND target < ?3
        AND kind IN (\(EntryKind.changesInSQL)) ORDER BY target, offset
        """,
    ]

    /// Prepares the statements.
    init(_ connection: Connection) throws(DatabaseError) {
        self.connection = connection
        first = try Statement(Self.queries[0], on: connection)
        epoch = try Statement(Self.queries[1], on: connection)
        after = try Statement(Self.queries[2], on: connection)
        before = try Statement(Self.queries[3], on: connection)
        room = try Statement(Self.queries[4], on: connection)
        roomEnd = try Statement(Self.queries[5], on: connection)
        changes = try Statement(Self.queries[6], on: connection)
        listing = try Listing(connection)
    }

    /// The same for searches.
    func searching() throws(DatabaseError) -> SearchReading { try SearchReading(connection, self) }

    /// Frees the pages of the file that are in memory.
    func releaseCache() { connection.releaseCache() }

    /// The room with this key, and its newest entries; nil if there is none.
    func room(
        _ key: String, _ countLimit: Int, _ byteLimit: Int
    ) throws(DatabaseError) -> (StoredRoom?, StoredPage) {
        try inOneState { () throws(DatabaseError) in
            room.bind(1, key)
            defer { room.reset() }
            guard try room.step() else { return (nil, StoredPage()) }
            let number = room.integer(0)
            let last = Place(
                offset: Int(room.integer(3)), epoch: UInt64(bitPattern: room.integer(4)))
            let firstOffset = try firstOffset(of: number) ?? last.offset + 1
            let found = StoredRoom(
                number: number, key: room.string(1), name: room.string(2), last: last,
                firstOffset: firstOffset, topic: room.array(5),
                kind: RoomKind(rawValue: UInt8(truncatingIfNeeded: room.integer(6))) ?? .private,
                people: try listing.peopleOf(number), creator: room.integer(7))
            var page = try newest(
                number, found.name, before: .max, countLimit, byteLimit, [:], atLeastOne: false)
            page.firstOffset = firstOffset
            return (found, page)
        }
    }

    /// The part of a room's messages that is asked for.
    func page(_ request: PageRequest) throws(DatabaseError) -> StoredPage {
        try inOneState { () throws(DatabaseError) in
            roomEnd.bind(1, request.room)
            let last = Int(try roomEnd.value() ?? 0)
            let firstOffset = try firstOffset(of: request.room) ?? last + 1
            var page: StoredPage
            switch request.direction {
            case .before(let offset):
                let end = min(offset, request.end)
                let folds = try folds(
                    of: max(end - request.countLimit, firstOffset)..<max(end, firstOffset),
                    request.room)
                page = try newest(
                    request.room, request.name, before: end, request.countLimit,
                    request.byteLimit, folds, atLeastOne: true)
            case .after(let offset, let epoch):
                let isContinuous = try isKept(offset, epoch, request.room, firstOffset)
                page = StoredPage()
                if isContinuous || epoch == nil { page = try oldest(request, after: offset) }
                page.isContinuous = isContinuous
            }
            page.firstOffset = firstOffset
            return page
        }
    }

    /// A list of rooms, and how many rows were looked at for it.
    func rooms(_ request: ListingRequest) throws(DatabaseError) -> ([RoomListing], Int) {
        try inOneState { () throws(DatabaseError) in try listing.rooms(request) }
    }

    /// Several statements see the same state of the file.
    func inOneState<Result>(
        _ body: () throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        try connection.run("BEGIN")
        defer { try? connection.run("COMMIT") }
        return try body()
    }

    private func firstOffset(of number: Int64) throws(DatabaseError) -> Int? {
        first.bind(1, number)
        return try first.value().map { Int($0) }
    }

    /// Whether nothing is missing behind the place.
    private func isKept(
        _ offset: Int, _ proof: UInt64?, _ number: Int64, _ firstOffset: Int
    ) throws(DatabaseError) -> Bool {
        guard let proof else { return firstOffset <= offset + 1 }
        epoch.bind(1, number)
        // Offset 0 has no entry: its epoch is that of the first one.
        epoch.bind(2, max(offset, 1))
        return try epoch.value() == Int64(bitPattern: proof)
    }

    private func oldest(
        _ request: PageRequest, after offset: Int
    ) throws(DatabaseError) -> StoredPage {
        let last = offset.addingReportingOverflow(request.countLimit).partialValue
        let folds = try folds(of: offset + 1..<max(last, offset) + 1, request.room)
        after.bind(1, request.room)
        after.bind(2, offset)
        after.bind(3, request.end)
        after.bind(4, request.countLimit)
        defer { after.reset() }
        var out = ByteBuffer()
        var page = StoredPage()
        while try after.step() {
            let entry = write(after, request.room, request.name, folds, to: &out)
            if let before = page.entries.last {
                guard entry.place.offset == before.place.offset + 1 else { break }
                guard out.count <= request.byteLimit else { break }
            }
            page.entries.append(entry)
        }
        let end = page.entries.last?.frame.upperBound ?? 0
        page.bytes = [UInt8](copying: out.span.extracting(first: end))
        page.folds = folds
        return page
    }

    /// The rows come newest first, and go into the page oldest first.
    private func newest(
        _ number: Int64, _ name: String, before offset: Int, _ countLimit: Int, _ byteLimit: Int,
        _ folds: [Int: Fold], atLeastOne: Bool
    ) throws(DatabaseError) -> StoredPage {
        before.bind(1, number)
        before.bind(2, offset)
        before.bind(3, countLimit)
        defer { before.reset() }
        var out = ByteBuffer()
        var found: [StoredEntry] = []
        while try before.step() {
            let entry = write(before, number, name, folds, to: &out)
            if let after = found.last, entry.place.offset != after.place.offset - 1 { break }
            let isFirst = atLeastOne && found.isEmpty
            guard isFirst || out.count <= byteLimit else { break }
            found.append(entry)
        }
        var page = StoredPage()
        page.folds = folds
        page.entries.reserveCapacity(found.count)
        page.bytes.reserveCapacity(found.last?.frame.upperBound ?? 0)
        let written = out.span
        for entry in found.reversed() {
            page.entries.append(entry.moved(by: page.bytes.count - entry.frame.lowerBound))
            page.bytes += [UInt8](copying: written.extracting(entry.frame))
        }
        return page
    }

    /// What has become of these messages.
    func folds(
        of offsets: Range<Int>, _ number: Int64
    ) throws(DatabaseError) -> [Int: Fold] {
        changes.bind(1, number)
        changes.bind(2, offsets.lowerBound)
        changes.bind(3, offsets.upperBound)
        defer { changes.reset() }
        var folds: [Int: Fold] = [:]
        while try changes.step() {
            let entry = entry(changes, number)
            folds[entry.target, default: Fold()].apply(
                entry, user: changes.string(5), text: changes.array(6))
        }
        return folds
    }

    private func entry(_ row: Statement, _ number: Int64) -> StoredEntry {
        let place = Place(
            offset: Int(row.integer(0)), epoch: UInt64(bitPattern: row.integer(1)))
        return StoredEntry(
            room: number, place: place, kind: row.kind(8), target: Int(row.integer(9)),
            beginsEpoch: row.integer(2) != 0, author: row.integer(3), at: row.integer(4))
    }

    func write(
        _ row: Statement, _ number: Int64, _ name: String, _ folds: [Int: Fold],
        to out: inout ByteBuffer
    ) -> StoredEntry {
        let entry = entry(row, number)
        let user = row.string(5)
        let text = row.bytes(6)
        return EntryFrame.write(
            entry, room: name, user: user, text: text, id: row.bytes(7),
            as: folds[entry.place.offset], to: &out)
    }
}

extension Statement {
    /// The column's kind of entry.
    func kind(_ column: Int32) -> EntryKind {
        EntryKind(rawValue: UInt8(truncatingIfNeeded: integer(column))) ?? .message
    }
}
