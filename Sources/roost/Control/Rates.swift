// Present rates: differences of counters over the last ten seconds.
import WebSocketServer

/// The counters at the last ticks.
struct Rates: Sendable {
    /// The counters at one tick.
    struct Sample: Sendable {
        let at: Instant
        let accepted: UInt64
        let messagesIn: UInt64
        let messagesOut: UInt64
        let bytesIn: UInt64
        let bytesOut: UInt64
    }

    /// Eleven samples have ten differences.
    private static let sampleCount = 11
    private var samples: [Sample] = []

    /// Remembers the counters; called once a tick.
    mutating func note(_ statistics: Statistics, at now: Instant) {
        if samples.count == Self.sampleCount { samples.removeFirst() }
        samples.append(
            Sample(
                at: now, accepted: statistics.acceptedCount,
                messagesIn: statistics.messagesReceivedCount,
                messagesOut: statistics.directCount + statistics.deliveryCount,
                bytesIn: statistics.bytesReceivedCount, bytesOut: statistics.bytesSentCount))
    }

    /// The counter's rate per second; 0 before the second tick.
    func perSecond(_ counter: KeyPath<Sample, UInt64>) -> Double {
        guard let first = samples.first, let last = samples.last, last.at > first.at else {
            return 0
        }
        let seconds = Double(last.at.nanoseconds(since: first.at)) / 1e9
        return Double(last[keyPath: counter] &- first[keyPath: counter]) / seconds
    }
}
