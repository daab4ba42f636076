// What the writer does between two commits: it moves the log into the file, deletes what is beyond
// a limit, gives free pages back, and tends the index of words, each in small steps.
import ChatRooms

/// The writer's work between commits. A failure here is no failure to store: it is counted, and
/// tried again later.
struct Housekeeping {
    private let shared: ChatDatabase.Shared
    private let connection: Connection
    private var pruning: Pruning
    private var indexing: Indexing
    /// Once in the life of a connection.
    private var hasEmptiedIndex = false
    private let pageCount: Statement
    private let freePageCount: Statement
    private let oldest: Statement
    private let entryCount: Statement

    /// How many frames the log has when it is moved next. A thousand pages are 4 MiB.
    private var checkpointAt = Self.checkpointFrameCount
    private static let checkpointFrameCount = 1000
    /// When the limits are looked at next, in nanoseconds.
    private var tidyAt: UInt64 = 0
    /// When the next step is due, if nothing is stored before: at once, as long as the index of
    /// words is not complete.
    var nextAt: UInt64 { indexing.isDone ? tidyAt : 0 }

    /// How long after a commit the limits are looked at, and how often while nothing happens.
    private static let pause: UInt64 = 100_000_000
    private static let idlePause: UInt64 = 60_000_000_000
    /// Free pages up to this number are left for new messages.
    private static let freePageLimit = 256
    /// How many pages are given back in one step.
    private static let freedPageCount = 64
    private static let pageByteCount = 4096

    /// Prepares the statements.
    init(_ connection: Connection, _ shared: ChatDatabase.Shared) throws(DatabaseError) {
        self.shared = shared
        self.connection = connection
        pruning = try Pruning(connection, shared.options.retention)
        indexing = try Indexing(connection, shared.options)
        pageCount = try Statement("PRAGMA page_count", on: connection)
        freePageCount = try Statement("PRAGMA freelist_count", on: connection)
        oldest = try Statement("SELECT at FROM entries ORDER BY seq LIMIT 1", on: connection)
        entryCount = try Statement("SELECT entries FROM meta", on: connection)
    }

    /// Entries were added to these rooms.
    mutating func noteEntries(in rooms: [Int64]) {
        if rooms.isEmpty { return }
        pruning.noteEntries(in: rooms)
        indexing.note()
        tidyAt = min(tidyAt, Clock.nanoseconds + Self.pause)
    }

    /// Does one step of what is due, in about 5 ms at most, or one checkpoint. `isBusy` says that
    /// something was stored just now.
    mutating func run(isBusy: Bool) {
        do throws(DatabaseError) {
            if connection.logFrameCount >= checkpointAt { return try checkpoint() }
            if Clock.nanoseconds >= tidyAt {
                let isDone = try tidy()
                tidyAt = isDone ? Clock.nanoseconds + Self.idlePause : 0
                indexing.note()
            } else if indexing.isDue(isBusy: isBusy) {
                try Self.withoutWaiting(connection, shared.options) { () throws(DatabaseError) in
                    try indexing.step()
                }
            }
        } catch {
            if connection.isInTransaction { try? connection.run("ROLLBACK") }
            tidyAt = Clock.nanoseconds + Self.idlePause
            indexing.pause()
            if error.reason == .damaged, !hasEmptiedIndex {
                hasEmptiedIndex = true
                emptyIndex()
            }
            checkpointAt = connection.logFrameCount + Self.checkpointFrameCount
            shared.figures.change { figures in
                figures.writeFailureCount += 1
                figures.lastError = error
            }
        }
    }

    /// It may be the index of words that is damaged, and it can be made anew.
    mutating func emptyIndex() {
        do throws(DatabaseError) {
            try SearchIndex.empty(connection)
            indexing.note()
        } catch {
            if connection.isInTransaction { try? connection.run("ROLLBACK") }
        }
    }

    /// While a reader looks at an old state, the log is not moved as a whole, and grows: the next
    /// attempt comes after as much again.
    private mutating func checkpoint() throws(DatabaseError) {
        let frameCount = connection.logFrameCount
        let leftCount = try connection.checkpoint(.passive)
        checkpointAt = Self.checkpointFrameCount + (leftCount > 0 ? frameCount : 0)
    }

    /// Returns whether nothing more is to be done.
    private mutating func tidy() throws(DatabaseError) -> Bool {
        let (used, free) = try measure()
        if try pruning.findExcess(usedByteCount: used, at: Clock.wallMilliseconds) {
            try Self.withoutWaiting(connection, shared.options) { () throws(DatabaseError) in
                try pruning.deleteExcess()
            }
            shared.figures.change { figures in
                figures.deletedEntryCount += pruning.deletedCount
                figures.entryCount -= pruning.deletedCount
            }
            return false
        }
        guard pruning.isDone else { return false }
        guard free > Self.freePageLimit else { return true }
        try Self.withoutWaiting(connection, shared.options) { () throws(DatabaseError) in
            try connection.run("PRAGMA incremental_vacuum(\(Self.freedPageCount))")
        }
        return false
    }

    /// Commits that do not wait for the disk: losing one undoes only what is done again.
    private static func withoutWaiting(
        _ connection: Connection, _ options: DatabaseOptions,
        _ body: () throws(DatabaseError) -> Void
    ) throws(DatabaseError) {
        let synchronous = OpenedFile.synchronous(options)
        if synchronous == "FULL" { try connection.run("PRAGMA synchronous = NORMAL") }
        defer {
            // It cannot be changed within a transaction, which an error may have left open.
            if connection.isInTransaction { try? connection.run("ROLLBACK") }
            if synchronous == "FULL" { try? connection.run("PRAGMA synchronous = FULL") }
        }
        try body()
    }

    /// The bytes in use, and the number of free pages.
    private func measure() throws(DatabaseError) -> (usedByteCount: Int, freePageCount: Int) {
        let pages = Int(try pageCount.value() ?? 0)
        let free = Int(try freePageCount.value() ?? 0)
        let used = (pages - free) * Self.pageByteCount
        let (oldestAt, count) = (try oldest.value(), Int(try entryCount.value() ?? 0))
        let limit = pruning.byteLimit
        shared.figures.change { figures in
            figures.fileByteCount = pages * Self.pageByteCount
            figures.usedByteCount = used
            figures.byteLimit = limit
            figures.oldestAt = oldestAt
            figures.entryCount = count
        }
        return (used, free)
    }
}
