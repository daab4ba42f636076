// How much is logged of one kind: enough to see what happens, never so much that it harms.
import LinuxReactor

/// A token bucket for each kind of record. A kind that comes too often is held back and counted; a
/// summary of what was held back is due once it has gone quiet, or after ten seconds.
struct LogLimiter {
    /// Records of one kind that may come at once after a rest.
    static let burst = 50.0
    /// Records of one kind a second after that.
    static let rate = 5.0
    /// A summary is due after this at the latest.
    static let summaryInterval = Duration.seconds(10)

    private struct Bucket {
        var tokens = LogLimiter.burst
        var filledAt: Instant
        var heldCount = 0
        var heldSince = Instant(nanoseconds: 0)
    }

    private var buckets: [String: Bucket] = [:]

    /// Whether a record of this kind may be logged; if not, it is counted as held back.
    mutating func admits(_ kind: String, at now: Instant) -> Bool {
        var bucket = buckets[kind] ?? Bucket(filledAt: now)
        let seconds = Double(now.nanoseconds(since: bucket.filledAt)) / 1e9
        bucket.tokens = min(Self.burst, bucket.tokens + seconds * Self.rate)
        bucket.filledAt = now
        let isAdmitted = bucket.tokens >= 1
        if isAdmitted {
            bucket.tokens -= 1
        } else {
            if bucket.heldCount == 0 { bucket.heldSince = now }
            bucket.heldCount += 1
        }
        buckets[kind] = bucket
        return isAdmitted
    }

    /// Kinds of which something was held back and that are due for a summary, with how much and for
    /// how long. Each is told once. `isFinal` for all of them: the program ends.
    mutating func takeSummaries(
        at now: Instant, isFinal: Bool = false
    ) -> [(kind: String, count: Int, duration: Duration)] {
        var summaries: [(kind: String, count: Int, duration: Duration)] = []
        for (kind, bucket) in buckets where bucket.heldCount > 0 {
            let isQuiet = now.since(bucket.filledAt) >= .seconds(1)
            let duration = now.since(bucket.heldSince)
            guard isFinal || isQuiet || duration >= Self.summaryInterval else { continue }
            summaries.append((kind, bucket.heldCount, duration))
            buckets[kind]?.heldCount = 0
        }
        return summaries.sorted { $0.kind < $1.kind }
    }
}
