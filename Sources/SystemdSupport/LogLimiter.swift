// The rate limit for each kind of record: enough to see what happens, never so much that it harms.
import LinuxReactor

/// A token bucket for each kind of record. Records that come too often are held back and counted. A
/// summary is due once no more records of that kind come, or after ten seconds.
struct LogLimiter {
    /// How many records of one kind may come at once after a pause.
    static let burst = 50.0
    /// How many records of one kind may come in each second after that.
    static let rate = 5.0
    /// The longest time until a summary is due.
    static let summaryInterval = Duration.seconds(10)

    private struct Bucket {
        var tokens = LogLimiter.burst
        var filledAt: Instant
        var heldCount = 0
        var heldSince = Instant(nanoseconds: 0)
    }

    private var buckets: [String: Bucket] = [:]

    /// Whether a record of this kind may be logged; if not, it is counted for the summary.
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

    /// Takes the summaries that are due: each kind of which records were held back, with how many
    /// and over how long. Set `isFinal` when the program ends, to get all of them.
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
