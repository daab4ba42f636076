// Latencies as an HdrHistogram, and their transfer from a generator to the coordinator.
import Histogram

/// Latencies in nanoseconds, up to an hour, each to within 0.1 % (three digits) or 1 % (two).
struct Latencies: Sendable {
    private var histogram: Histogram<UInt64>
    /// The longest, exactly.
    private(set) var maximum: UInt64 = 0

    private static let limit: UInt64 = 3_600_000_000_000

    init(digits: SignificantDigits = .three) {
        histogram = Histogram(
            highestTrackableValue: Self.limit,
            numberOfSignificantValueDigits: digits)
    }

    var count: UInt64 { histogram.totalCount }
    var isEmpty: Bool { count == 0 }
    var mean: Double { isEmpty ? 0 : histogram.mean }

    mutating func record(_ nanoseconds: UInt64) {
        let value = min(nanoseconds, Self.limit)
        histogram.record(value)
        if value > maximum { maximum = value }
    }

    mutating func add(_ other: Latencies) {
        histogram.add(other.histogram)
        maximum = max(maximum, other.maximum)
    }

    /// The latency that this percentage does not exceed; 0 if nothing was recorded.
    func percentile(_ percent: Double) -> UInt64 {
        guard !isEmpty else { return 0 }
        return percent >= 100 ? maximum : min(histogram.valueAtPercentile(percent), maximum)
    }

    /// The percentage of values that do not exceed this latency.
    func share(upTo nanoseconds: UInt64) -> Double {
        isEmpty ? 0 : histogram.percentileAtOrBelowValue(nanoseconds)
    }
}

/// Only recorded values are written: pairs of latency and count, one after the other.
extension Latencies: Codable {
    private enum Key: String, CodingKey { case digits, maximum, pairs }

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        self.init(digits: try values.decode(SignificantDigits.self, forKey: .digits))
        maximum = try values.decode(UInt64.self, forKey: .maximum)
        let pairs = try values.decode([UInt64].self, forKey: .pairs)
        for index in stride(from: 0, to: pairs.count - 1, by: 2) {
            histogram.record(min(pairs[index], Self.limit), count: pairs[index + 1])
        }
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(histogram.numberOfSignificantValueDigits, forKey: .digits)
        try values.encode(maximum, forKey: .maximum)
        var pairs: [UInt64] = []
        for bucket in histogram.recordedValues() { pairs += [bucket.value, bucket.count] }
        try values.encode(pairs, forKey: .pairs)
    }
}
