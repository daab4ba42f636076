// What has happened in the chat since it began, in plain counters.

/// Counters of a chat. They only grow, and are not part of what is saved.
public struct ChatCounters: Sendable {
    /// Messages that were stored and published, by whatever way they came.
    public internal(set) var messageCount: UInt64 = 0
    /// Messages that were a retry of one that is kept.
    public internal(set) var retryCount: UInt64 = 0
    /// Logins that were let in.
    public internal(set) var loginCount: UInt64 = 0
    /// Joins that said where the client stood, and were given all that it had missed.
    public internal(set) var recoveredCount: UInt64 = 0
    /// Joins that said where the client stood, of which something was gone.
    public internal(set) var unrecoveredCount: UInt64 = 0
    /// Commands and requests that were refused, by the raw value of ``ErrorCode``.
    public internal(set) var refusalCounts = [UInt64](
        repeating: 0, count: ErrorCode.allCases.count)

    /// Nothing has happened.
    public init() {}

    mutating func count(_ code: ErrorCode) { refusalCounts[code.rawValue] += 1 }

    /// How many were refused with this code.
    public func refusals(_ code: ErrorCode) -> UInt64 { refusalCounts[code.rawValue] }
}
