// How much happens a second just now: differences of counters over the last ten seconds.
import WebSocketServer

/// Counters as they were at the last ticks.
struct Rates: Sendable {
    /// What one tick saw.
    struct Sample: Sendable {
        let at: Instant
        let accepted: UInt64
        let messagesIn: UInt64
        let messagesOut: UInt64
        let bytesIn: UInt64
        let bytesOut: UInt64
    }

    /// Ten differences.
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

    /// How many a second; 0 before two ticks have been seen.
    func perSecond(_ counter: KeyPath<Sample, UInt64>) -> Double {
        guard let first = samples.first, let last = samples.last, last.at > first.at else {
            return 0
        }
        let seconds = Double(last.at.nanoseconds(since: first.at)) / 1e9
        return Double(last[keyPath: counter] &- first[keyPath: counter]) / seconds
    }
}
