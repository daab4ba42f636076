// Counters of what has happened in the chat since the process started.

/// Counters of a chat. They only grow, and are not saved with the chat.
public struct ChatCounters: Sendable {
    /// Messages that were stored and published, from connections and from other sources.
    public internal(set) var messageCount: UInt64 = 0
    /// Editions, deletions, reactions and topics that were stored and published, by the raw value
    /// of ``EntryKind``.
    public internal(set) var changeCounts = [UInt64](repeating: 0, count: EntryKind.allCases.count)
    /// Messages that were a retry of a kept message.
    public internal(set) var retryCount: UInt64 = 0
    /// Successful logins.
    public internal(set) var loginCount: UInt64 = 0
    /// Logins with a wrong password.
    public internal(set) var passwordFailureCount: UInt64 = 0
    /// Joins with `since` that returned every message that the client had missed.
    public internal(set) var recoveredCount: UInt64 = 0
    /// Joins with `since` for which some of the missed messages were no longer kept.
    public internal(set) var unrecoveredCount: UInt64 = 0
    /// Searches that were answered.
    public internal(set) var searchCount: UInt64 = 0
    /// Commands and requests that were refused, by the raw value of ``ErrorCode``.
    public internal(set) var refusalCounts = [UInt64](
        repeating: 0, count: ErrorCode.allCases.count)

    /// What moderators and operators have done, in the order of ``ModerationAction``.
    public internal(set) var moderationCounts = [UInt64](
        repeating: 0, count: ModerationAction.allCases.count)

    /// All counters at zero.
    public init() {}

    @inline(__always)
    mutating func count(_ kind: EntryKind) {
        if kind == .message {
            messageCount += 1
        } else {
            changeCounts[Int(kind.rawValue)] += 1
        }
    }

    mutating func count(_ code: ErrorCode) { refusalCounts[code.rawValue] += 1 }

    mutating func count(_ action: ModerationAction) {
        moderationCounts[ModerationAction.allCases.firstIndex(of: action)!] += 1
    }

    /// How many commands and requests were refused with this code.
    public func refusals(_ code: ErrorCode) -> UInt64 { refusalCounts[code.rawValue] }
}
