// What happened between two looks at the counters.
import LinuxReactor
import Logging
import WebSocketServer

/// The counters of a server at one time, and what has been added to them at another.
struct LoadMeter {
    private var last: Statistics
    private var lastAt: Instant

    init(_ statistics: Statistics, at now: Instant) { (last, lastAt) = (statistics, now) }

    /// What was added since the last look.
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

        /// A second.
        func rate(_ count: UInt64) -> Int {
            seconds > 0 ? Int((Double(count) / seconds).rounded()) : 0
        }

        /// Whether nothing at all has happened.
        var isEmpty: Bool { accepted == 0 && messages == 0 && published == 0 && closed == 0 }

        /// For the log.
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

    /// What was added since the last look, which this one becomes.
    mutating func look(_ now: Statistics, at time: Instant) -> Load {
        defer { (last, lastAt) = (now, time) }
        return Load(
            seconds: Double(time.nanoseconds(since: lastAt)) / 1e9,
            accepted: now.acceptedCount - last.acceptedCount,
            opened: now.openedCount - last.openedCount,
            closed: now.closeCounts.reduce(0, +) - last.closeCounts.reduce(0, +),
            refused: now.refusalCounts.reduce(0, +) - last.refusalCounts.reduce(0, +),
            requests: now.requestCount - last.requestCount,
            messages: now.messagesReceivedCount - last.messagesReceivedCount,
            published: now.publishedCount - last.publishedCount,
            sends: now.sendCount - last.sendCount,
            bytesReceived: now.bytesReceivedCount - last.bytesReceivedCount,
            bytesSent: now.bytesSentCount - last.bytesSentCount)
    }
}
