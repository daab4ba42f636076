// A search in the file: what is not in the index yet is looked at row by row, and then the index
// says which rows to look at.
import ChatRooms
import Storage

/// The statements that search. A question is answered in small parts, so that others wait for it no
/// longer than ``Budget`` says.
final class SearchReading {
    private let reading: Reading
    private let indexed: Statement
    private let oldest: Statement
    private let tail: Statement
    private let hits: Statement
    private let message: Statement

    private static let columns =
        """
        entries.offset, epoch, begins, author, at, user, body, id, kind, target, seq, room
        """
    /// The statements that find rows: a test looks at how SQLite does it.
    static let queries = [
        "SELECT seq FROM entries ORDER BY seq LIMIT 1",
        "SELECT \(columns) FROM entries WHERE seq > ?1 AND seq < ?2 ORDER BY seq DESC",
        """
        SELECT \(columns) FROM words CROSS JOIN entries ON seq = words.rowid
        WHERE words MATCH ?1 AND words.rowid BETWEEN ?2 AND ?3 ORDER BY words.rowid DESC
        """,
        "SELECT \(columns) FROM entries WHERE room = ?1 AND offset = ?2",
    ]

    /// How much is looked at for one question; what is left is for the next one.
    struct Budget {
        /// Rows, of them rows that are not in the index, and bytes.
        var rowCount = 20_000
        var tailRowCount = 5_000
        var byteCount = 4 << 20
        /// Nanoseconds.
        var time: UInt64 = 40_000_000
    }
    private let budget: Budget

    /// The search at hand.
    private var found = FoundMessages()
    private var out = ByteBuffer()
    private var words = SearchWords()
    private var start: UInt64 = 0

    /// Prepares the statements.
    init(
        _ connection: Connection, _ reading: Reading, _ budget: Budget = Budget()
    ) throws(DatabaseError) {
        self.reading = reading
        self.budget = budget
        indexed = try Statement("SELECT indexed FROM search", on: connection)
        oldest = try Statement(Self.queries[0], on: connection)
        tail = try Statement(Self.queries[1], on: connection)
        hits = try Statement(Self.queries[2], on: connection)
        message = try Statement(Self.queries[3], on: connection)
    }

    /// The newest messages that are searched for, from where an earlier search has stopped.
    func search(_ request: SearchRequest) throws(DatabaseError) -> FoundMessages {
        found = FoundMessages()
        if request.rooms.isEmpty { return found }
        out = ByteBuffer()
        start = Clock.nanoseconds
        try reading.inOneState { () throws(DatabaseError) in
            let before = request.before ?? .max
            let indexed = try indexed.value() ?? 0
            if try searchTail(request, above: indexed, before: before) {
                try searchIndex(request, upTo: min(indexed, before - 1))
            }
        }
        found.bytes = [UInt8](copying: out.span)
        return found
    }

    // MARK: Rows that are not in the index

    /// Returns whether the search may go on below them.
    private func searchTail(
        _ request: SearchRequest, above indexed: Int64, before: Int64
    ) throws(DatabaseError) -> Bool {
        tail.bind(1, indexed)
        tail.bind(2, before)
        defer { tail.reset() }
        var next = before
        var rowCount = 0
        while try tail.step() {
            if rowCount >= budget.tailRowCount || isEnough(request) {
                found.next = next
                return false
            }
            rowCount += 1
            try look(at: tail, request)
            next = tail.integer(10)
        }
        return true
    }

    // MARK: The index

    /// How many rows a part has: the first one, and the fewest.
    private static let firstSpan: Int64 = 32_768
    private static let leastSpan: Int64 = 1_024
    /// How long a part should take, in nanoseconds: between two of them nothing stops it but what
    /// it finds.
    private static let partTime: UInt64 = 5_000_000

    /// SQLite looks for a row that has all words within one step, however many it passes over: so
    /// it gets a part of the rows at a time.
    private func searchIndex(
        _ request: SearchRequest, upTo last: Int64
    ) throws(DatabaseError) {
        guard let first = try oldest.value() else { return }
        hits.bind(1, SearchMatch.expression(request))
        var (end, span) = (last, Self.firstSpan)
        while end >= first {
            let began = Clock.nanoseconds
            if isEnough(request) || began - start >= budget.time {
                found.next = end + 1
                return
            }
            let beginning = max(first, end - span + 1)
            guard try searchPart(request, beginning...end) else { return }
            let time = Clock.nanoseconds - began
            if time < Self.partTime / 4 { span = min(span * 4, 1 << 40) }
            if time > Self.partTime { span = max(span / 4, Self.leastSpan) }
            end = beginning - 1
        }
    }

    /// Returns false if the search has stopped within.
    private func searchPart(
        _ request: SearchRequest, _ part: ClosedRange<Int64>
    ) throws(DatabaseError) -> Bool {
        hits.bind(2, part.lowerBound)
        hits.bind(3, part.upperBound)
        defer { hits.reset() }
        var next = part.upperBound + 1
        while try hits.step() {
            let isLate =
                found.visitedCount & 63 == 63 && Clock.nanoseconds - start >= budget.time
            if isLate || isEnough(request) {
                found.next = next
                return false
            }
            try look(at: hits, request)
            next = hits.integer(10)
        }
        return true
    }

    // MARK: A row

    private func isEnough(_ request: SearchRequest) -> Bool {
        found.entries.count >= request.countLimit || found.visitedCount >= budget.rowCount
            || found.visitedByteCount >= budget.byteCount
            || (!found.entries.isEmpty && out.count >= request.byteLimit)
    }

    /// A message is found where its present text stands: in its own row, or in that of its newest
    /// edition. So a search that goes on finds none twice.
    private func look(at row: Statement, _ request: SearchRequest) throws(DatabaseError) {
        found.visitedCount += 1
        let (room, kind) = (row.integer(11), row.kind(8))
        guard SearchIndex.kinds.contains(kind),
            let place = request.rooms.firstIndex(where: { $0.number == room })
        else { return }
        let body = row.bytes(6)
        found.visitedByteCount += body.count
        words.read(body)
        guard request.query.matches(words) else { return }
        let offset = Int(row.integer(0))
        let target = kind == .message ? offset : Int(row.integer(9))
        let fold = try reading.folds(of: target..<target + 1, room)[target] ?? Fold()
        guard fold.deletion == 0, fold.edition == (kind == .message ? 0 : offset) else { return }
        let name = request.rooms[place].name
        guard kind == .edited else { return write(row, room, name, fold) }
        message.bind(1, room)
        message.bind(2, target)
        defer { message.reset() }
        guard try message.step(), message.kind(8) == .message else { return }
        write(message, room, name, fold)
    }

    private func write(_ row: Statement, _ room: Int64, _ name: String, _ fold: Fold) {
        let offset = Int(row.integer(0))
        found.entries.append(reading.write(row, room, name, [offset: fold], to: &out))
        found.folds.append(fold)
    }
}
