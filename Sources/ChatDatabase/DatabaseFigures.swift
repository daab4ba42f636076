// What an operator wants to know of a database, read at any time from any thread.
import ChatRooms

/// Figures of a database since it was opened.
public struct DatabaseFigures: Sendable {
    /// The path of the file.
    public var path = ""
    /// The bytes of the file, and how many of them are in use.
    public var fileByteCount = 0
    public var usedByteCount = 0
    /// The limit that the bytes in use are kept below.
    public var byteLimit = 0
    /// How many messages are kept.
    public var entryCount = 0
    /// When the oldest message came: milliseconds since 1970 in UTC. nil if there is none.
    public var oldestAt: Int64?

    /// Commits that stored something, and the entries in them.
    public var commitCount = 0
    public var storedEntryCount = 0
    /// How long the commits took, each with its insertions, in nanoseconds.
    public var commitTime = LatencyHistogram()
    /// Entries deleted because of a limit.
    public var deletedEntryCount = 0

    /// How often storing has failed, attempts included, and reading.
    public var writeFailureCount = 0
    public var readFailureCount = 0
    /// Whether something can be stored just now: what a commit has shown, not how long it takes.
    public var state = StoreState.works
    /// Why not, or why the last question was not answered: for the log.
    public var lastError: DatabaseError?

    /// Searches, what they have looked at, and how long they took, in nanoseconds.
    public var searchCount = 0
    public var searchedRowCount = 0
    public var searchTime = LatencyHistogram()

    /// Batches that are not stored yet, and questions without an answer.
    public var waitingBatchCount = 0
    public var waitingQuestionCount = 0

    /// No figures yet.
    public init() {}

    /// What happened, and what to do about it: as it was found last, if that was for this reason.
    public func sentence(for reason: StoreState.Reason) -> String {
        if let lastError, lastError.reason == reason { return "\(lastError)" }
        return "\(DatabaseError(.failing(reason), path))"
    }
}

/// How long something took, in classes that double: enough to tell 1 ms from 2 ms.
public struct LatencyHistogram: Sendable {
    /// Element n counts what took less than 2^n × 32 µs and was in no earlier one; the last one has
    /// all the rest, from 0.5 s on.
    public private(set) var counts = InlineArray<16, Int>(repeating: 0)
    /// All together, the longest and the last one, in nanoseconds.
    public private(set) var total: UInt64 = 0
    public private(set) var longest: UInt64 = 0
    public private(set) var last: UInt64 = 0

    /// The end of a class in nanoseconds; the last class has none.
    public static func bound(_ index: Int) -> UInt64 { 32_000 << UInt64(index) }

    /// The end of the class of the one in the middle, in nanoseconds: half of them took no longer.
    /// 0 if there were none; the longest one for the last class.
    public var typical: UInt64 {
        let all = counts.indices.reduce(0) { $0 + counts[$1] }
        guard all > 0 else { return 0 }
        var passed = 0
        for index in 0..<counts.count - 1 {
            passed += counts[index]
            if 2 * passed >= all { return Self.bound(index) }
        }
        return longest
    }

    /// Nothing was counted yet.
    public init() {}

    /// Counts something that took this many nanoseconds.
    public mutating func add(_ nanoseconds: UInt64) {
        total += nanoseconds
        longest = max(longest, nanoseconds)
        last = nanoseconds
        var index = 0
        while index < counts.count - 1, nanoseconds >= Self.bound(index) { index += 1 }
        counts[index] += 1
    }
}
