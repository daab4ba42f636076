// The differences of the counters between two readings.
import LinuxReactor
import Logging
import WebSocketServer

/// Keeps a server's counters as last read, and computes what was added since.
struct LoadMeter {
    private var last: Statistics
    private var lastAt: Instant

    init(_ statistics: Statistics, at now: Instant) { (last, lastAt) = (statistics, now) }

    /// What was added between two readings.
    struct Load {
        let seconds: Double
        let accepted: UInt64
        let opened: UInt64
        let closed: UInt64
        let refused: UInt64
        let requests: UInt64
        let messages: UInt64
        let published: UInt64
        let sends: UInt64
        let bytesReceived: UInt64
        let bytesSent: UInt64

        /// `count` per second.
        func rate(_ count: UInt64) -> Int {
            seconds > 0 ? Int((Double(count) / seconds).rounded()) : 0
        }

        /// True if there was no new or closed connection and no message.
        var isEmpty: Bool { accepted == 0 && messages == 0 && published == 0 && closed == 0 }

        /// The fields for the log.
        var fields: Logger.Metadata {
            let numbers = [
                ("accepted", accepted), ("opened", opened), ("closed", closed),
                ("refused", refused), ("requests", requests), ("messages", messages),
                ("published", published), ("sends", sends), ("bytes-received", bytesReceived),
                ("bytes-sent", bytesSent), ("seconds", UInt64(seconds.rounded())),
            ]
            return Dictionary(uniqueKeysWithValues: numbers.map { ($0, .string("\($1)")) })
        }
    }

    /// Returns what was added since the last reading, and remembers this one.
    mutating func look(_ now: Statistics, at time: Instant) -> Load {
        defer { (last, lastAt) = (now, time) }
        return Load(
            seconds: Double(time.nanoseconds(since: lastAt)) / 1e9,
            accepted: Self.added(now.acceptedCount, last.acceptedCount),
            opened: Self.added(now.openedCount, last.openedCount),
            closed: Self.added(now.closeCounts.reduce(0, +), last.closeCounts.reduce(0, +)),
            refused: Self.added(
                now.refusalCounts.reduce(0, +), last.refusalCounts.reduce(0, +)),
            requests: Self.added(now.requestCount, last.requestCount),
            messages: Self.added(now.messagesReceivedCount, last.messagesReceivedCount),
            published: Self.added(now.publishedCount, last.publishedCount),
            sends: Self.added(now.sendCount, last.sendCount),
            bytesReceived: Self.added(now.bytesReceivedCount, last.bytesReceivedCount),
            bytesSent: Self.added(now.bytesSentCount, last.bytesSentCount))
    }

    /// A counter that is lower than before began anew: another process counts since a hand-over.
    private static func added(_ now: UInt64, _ last: UInt64) -> UInt64 {
        now >= last ? now - last : now
    }
}
