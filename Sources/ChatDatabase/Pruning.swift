// Which messages are deleted because of a limit: always the oldest, of all rooms or of one, so that
// what is left of a room has no gap.
import ChatRooms

/// Deletes what is beyond the limits, a few entries at a time.
struct Pruning {
    private let connection: Connection
    private let limits: DatabaseOptions.Retention
    /// The most bytes in use.
    let byteLimit: Int
    /// How many entries the last step has deleted.
    private(set) var deletedCount = 0

    /// How many entries one step deletes: as many as take about 2.5 to 5 ms, the commit included.
    private var chunk = 32
    private static let chunks = 8...4096
    private static let stepTime: UInt64 = 5_000_000

    /// Rooms that may be beyond a limit of theirs. At the beginning, all may be.
    private var suspects: Set<Int64> = []
    /// Rooms above this number were not looked at since the beginning; nil if all were.
    private var lookedAt: Int64?

    private let oldest: Statement
    private let deleteOldest: Statement
    private let deleteOfRoom: Statement
    private let room: Statement
    private let nextRooms: Statement
    private let roomBytes: Statement
    private let entries: Statement
    private let index: SearchIndex

    /// Prepares the statements.
    init(
        _ connection: Connection, _ limits: DatabaseOptions.Retention
    ) throws(DatabaseError) {
        self.connection = connection
        self.limits = limits
        byteLimit =
            limits.byteCount
            ?? DatabaseOptions.Retention.defaultByteCount(
                ofFileSystem: FileFacts.fileSystemByteCount(connection.path) ?? .max)
        lookedAt = limits.limitsRooms ? 0 : nil
        func prepare(_ sql: String) throws(DatabaseError) -> Statement {
            try Statement(sql, on: connection)
        }
        // The bytes that ``BatchWriter`` has counted.
        let deleted =
            """
            RETURNING room, length(CAST(user AS BLOB)) + length(CAST(id AS BLOB))
            + length(CAST(body AS BLOB)) + \(BatchWriter.entryByteCount), seq, kind, body
            """
        oldest = try prepare("SELECT seq, at FROM entries ORDER BY seq LIMIT ?1")
        deleteOldest = try prepare("DELETE FROM entries WHERE seq <= ?1 " + deleted)
        deleteOfRoom = try prepare(
            "DELETE FROM entries WHERE room = ?1 AND offset < ?2 " + deleted)
        room = try prepare(
            """
            SELECT (SELECT offset FROM entries WHERE room = number ORDER BY offset LIMIT 1),
            last_offset, bytes FROM rooms WHERE number = ?1
            """)
        nextRooms = try prepare(
            "SELECT number FROM rooms WHERE number > ?1 ORDER BY number LIMIT 64")
        roomBytes = try prepare("UPDATE rooms SET bytes = bytes - ?2 WHERE number = ?1")
        entries = try prepare("UPDATE meta SET entries = entries - ?1")
        index = try SearchIndex(connection)
    }

    /// Entries were added to these rooms.
    mutating func noteEntries(in rooms: [Int64]) {
        if limits.limitsRooms { suspects.formUnion(rooms) }
    }

    /// Entries that are beyond a limit.
    private enum Excess {
        /// Of all rooms, up to this number.
        case oldest(Int64)
        /// Of one room, before this offset.
        case ofRoom(Int64, Int)
    }
    private var excess: Excess?

    /// Whether all rooms have been looked at, and none is beyond a limit of its own.
    var isDone: Bool { lookedAt == nil && suspects.isEmpty }

    /// Looks whether a limit is exceeded, and by which entries.
    mutating func findExcess(usedByteCount: Int, at now: Int64) throws(DatabaseError) -> Bool {
        excess = nil
        if let end = try endOfOldest(usedByteCount, now) {
            excess = .oldest(end)
        } else if let (number, offset) = try nextSuspect() {
            excess = .ofRoom(number, offset)
        }
        return excess != nil
    }

    /// Deletes what was found to be beyond a limit.
    mutating func deleteExcess() throws(DatabaseError) {
        let start = Clock.nanoseconds
        deletedCount = 0
        switch excess {
        case nil: return
        case .oldest(let end):
            deleteOldest.bind(1, end)
            try delete(deleteOldest)
        case .ofRoom(let number, let offset):
            deleteOfRoom.bind(1, number)
            deleteOfRoom.bind(2, offset)
            try delete(deleteOfRoom)
        }
        let time = Clock.nanoseconds - start
        if time > Self.stepTime { chunk = max(chunk / 2, Self.chunks.lowerBound) }
        if time < Self.stepTime / 2 { chunk = min(chunk * 2, Self.chunks.upperBound) }
    }

    /// Up to which number the oldest entries are deleted; nil if all may stay.
    private func endOfOldest(
        _ usedByteCount: Int, _ now: Int64
    ) throws(DatabaseError) -> Int64? {
        let isTooLarge = usedByteCount > byteLimit
        var excess = 0
        if isTooLarge || limits.count != nil {
            let count = Int(try connection.integer("SELECT entries FROM meta") ?? 0)
            if let limit = limits.count { excess = count - limit }
            if isTooLarge {
                // As if all were of one size, and at least one: the rest comes with the next steps.
                let tooMany = Double(usedByteCount - byteLimit) / Double(usedByteCount)
                excess = max(excess, Int(tooMany * Double(count)), 1)
            }
        }
        guard excess > 0 || limits.age != nil else { return nil }
        oldest.bind(1, chunk)
        defer { oldest.reset() }
        var (end, count): (Int64?, Int) = (nil, 0)
        while try oldest.step() {
            let isTooOld = limits.age.map { oldest.integer(1) < now - $0 } ?? false
            guard count < excess || isTooOld else { break }
            end = oldest.integer(0)
            count += 1
        }
        return end
    }

    /// The next room that is beyond a limit, and the first offset that is left of it for now.
    private mutating func nextSuspect() throws(DatabaseError) -> (Int64, Int)? {
        if suspects.isEmpty, let after = lookedAt {
            nextRooms.bind(1, after)
            while try nextRooms.step() { suspects.insert(nextRooms.integer(0)) }
            lookedAt = suspects.max()
        }
        // In small steps: many rooms are within their limits.
        for _ in 0..<64 {
            guard let number = suspects.first else { return nil }
            if let offset = try firstOffsetLeft(of: number) { return (number, offset) }
            suspects.remove(number)
        }
        return nil
    }

    private func firstOffsetLeft(of number: Int64) throws(DatabaseError) -> Int? {
        room.bind(1, number)
        defer { room.reset() }
        guard try room.step(), !room.isNull(0) else { return nil }
        let (first, last) = (Int(room.integer(0)), Int(room.integer(1)))
        var excess = 0
        if let limit = limits.countPerRoom { excess = last - first + 1 - limit }
        if let limit = limits.byteCountPerRoom, case let bytes = Int(room.integer(2)), bytes > limit
        {
            // As if all were of one size, and at least one: the rest comes with the next steps.
            excess = max(excess, max(1, (bytes - limit) * (last - first + 1) / bytes))
        }
        return excess > 0 ? first + min(excess, chunk) : nil
    }

    private mutating func delete(_ statement: Statement) throws(DatabaseError) {
        try connection.run("BEGIN IMMEDIATE")
        var bytes: [Int64: Int64] = [:]
        var count = 0
        let indexed = try index.indexedSeq()
        while try statement.step() {
            let room = statement.integer(0)
            bytes[room, default: 0] += statement.integer(1)
            count += 1
            let body = statement.bytes(4)
            try index.remove(
                statement.integer(2), ofRoom: room, statement.kind(3), body, indexed: indexed)
        }
        try index.noteRemoved()
        for (number, byteCount) in bytes {
            roomBytes.bind(1, number)
            roomBytes.bind(2, byteCount)
            try roomBytes.run()
        }
        entries.bind(1, count)
        try entries.run()
        try connection.run("COMMIT")
        deletedCount = count
    }
}
