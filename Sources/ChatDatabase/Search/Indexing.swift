// When the index of words grows and is merged: in small steps, while nothing waits to be stored.
import ChatRooms

/// The work on the index that is not done within the commits.
struct Indexing {
    private let connection: Connection
    private let index: SearchIndex
    private let merging: Statement
    private let erasing: Statement
    private let removedCount: Statement
    private let erased: Statement
    private let waitingCount: Statement
    private let erasePause: UInt64
    private let indexedTogether: Int64

    /// How many entries one step takes in: as many as take about 2.5 to 5 ms.
    private var chunk = 32
    private static let chunks = 8...4096
    private static let stepTime: UInt64 = 5_000_000
    /// How many entries may wait while the index is rewritten.
    private static let waitingLimit: Int64 = 2_000
    /// How many pages one step merges.
    private static let mergedPageCount = 8

    /// What is to be done next.
    private enum Next {
        case add, merge
        /// Rewrites the index without what was removed, up to this number of `search.removed`.
        case erase(upTo: Int64)
        case nothing
    }
    private var next = Next.add
    /// In nanoseconds: when the index may be rewritten again, and when the next step may be done
    /// although batches wait.
    private var eraseAt: UInt64 = 0
    /// When few entries are taken in, too.
    private var addAt: UInt64 = 0
    private static let addPause: UInt64 = 60_000_000_000
    private var busyAt: UInt64 = 0
    /// Steps of work for each step's time, while batches wait.
    private static let busyShare: UInt64 = 50

    /// Prepares the statements.
    init(_ connection: Connection, _ options: DatabaseOptions) throws(DatabaseError) {
        self.connection = connection
        erasePause = options.erasePause
        indexedTogether = options.indexedTogether
        index = try SearchIndex(connection)
        let pages = Self.mergedPageCount
        merging = try Statement(
            "INSERT INTO words(words, rank) VALUES ('merge', \(pages))", on: connection)
        erasing = try Statement(
            "INSERT INTO words(words, rank) VALUES ('merge', \(-pages))", on: connection)
        removedCount = try Statement("SELECT removed FROM search", on: connection)
        erased = try Statement("UPDATE search SET erased = ?1", on: connection)
        waitingCount = try Statement(
            """
            SELECT (SELECT coalesce(max(seq), 0) FROM entries) - (SELECT indexed FROM search)
            """, on: connection)
    }

    /// Whether there may be something to do.
    var isDone: Bool { if case .nothing = next { true } else { false } }

    /// Entries were added or deleted, or it may be time to rewrite the index.
    mutating func note() { if isDone { next = .add } }

    /// A step has failed: the next one comes when there is something new.
    mutating func pause() { next = .nothing }

    /// Whether the next step may be done. With `isBusy`, batches have been stored just now, and
    /// others may wait: then a fiftieth of the time is for the index.
    func isDue(isBusy: Bool) -> Bool { !isDone && (!isBusy || Clock.nanoseconds >= busyAt) }

    /// Does one step.
    mutating func step() throws(DatabaseError) {
        let start = Clock.nanoseconds
        switch next {
        case .add where try isAddDue(start): try add(start)
        case .add: next = .merge
        case .merge: if try !changes(merging) { next = try afterMerging(start) }
        case .erase(let count):
            if try !changes(erasing) {
                erased.bind(1, count)
                try erased.run()
            } else if try waitingCount.value() ?? 0 <= Self.waitingLimit {
                break
            }
            // Without having come to its end it begins anew then: FTS5 takes the new parts in.
            eraseAt = Clock.nanoseconds + erasePause
            next = .add
        case .nothing: return
        }
        let end = Clock.nanoseconds
        busyAt = end + (end - start) * Self.busyShare
    }

    private func isAddDue(_ now: UInt64) throws(DatabaseError) -> Bool {
        let count = try waitingCount.value() ?? 0
        return count >= indexedTogether || (count > 0 && now >= addAt)
    }

    private mutating func add(_ start: UInt64) throws(DatabaseError) {
        try connection.run("BEGIN IMMEDIATE")
        let isMore = try index.addRows(chunk)
        try connection.run("COMMIT")
        let time = Clock.nanoseconds - start
        if time > Self.stepTime { chunk = max(chunk / 2, Self.chunks.lowerBound) }
        if isMore, time < Self.stepTime / 2 { chunk = min(chunk * 2, Self.chunks.upperBound) }
        addAt = Clock.nanoseconds + Self.addPause
        // Each step leaves a small part of the index: few of them may lie beside each other.
        next = .merge
    }

    /// Takes in all there is, in a file that no server has open.
    static func complete(_ connection: Connection) throws(DatabaseError) {
        var options = DatabaseOptions()
        options.indexedTogether = 1
        var indexing = try Indexing(connection, options)
        indexing.eraseAt = .max
        while !indexing.isDone { try indexing.step() }
    }

    private func afterMerging(_ start: UInt64) throws(DatabaseError) -> Next {
        if try isAddDue(start) { return .add }
        let (removed, erased) = (
            try removedCount.value() ?? 0,
            try connection.integer("SELECT erased FROM search") ?? 0
        )
        return removed > erased && start >= eraseAt ? .erase(upTo: removed) : .nothing
    }

    /// Runs a statement that merges. Returns whether it has found something to do.
    private func changes(_ statement: Statement) throws(DatabaseError) -> Bool {
        let before = connection.totalChangeCount
        try statement.run()
        return connection.totalChangeCount - before >= 2
    }
}
