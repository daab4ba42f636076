// How long something took, in buckets that double.

/// Counts of durations by power of two. It has a fixed size and costs one addition to record.
public struct LatencyHistogram: Sendable {
    /// How many buckets there are: the first holds everything up to 131 µs, each further one twice as
    /// much as the one before, the last but one up to 8.6 s, the last the rest.
    public static let bucketCount = 18
    private static let firstBits = 17

    /// How many durations fell into each bucket.
    public private(set) var counts = [UInt64](repeating: 0, count: bucketCount)
    /// All durations together, in nanoseconds.
    public private(set) var nanoseconds: UInt64 = 0

    /// Nothing recorded.
    public init() {}

    /// How many durations were recorded.
    public var count: UInt64 { counts.reduce(0, +) }

    /// Counts one duration.
    public mutating func record(_ duration: Duration) {
        let value = duration.wholeNanoseconds
        nanoseconds &+= value
        // The bound of a bucket belongs to it.
        let bits = 64 - max(value, 1).advanced(by: -1).leadingZeroBitCount
        counts[min(max(0, bits - Self.firstBits), Self.bucketCount - 1)] += 1
    }

    /// The most that a duration in this bucket has, in nanoseconds; nil for the last one.
    public static func bound(_ bucket: Int) -> UInt64? {
        bucket < bucketCount - 1 ? 1 << UInt64(firstBits + bucket) : nil
    }

    /// The bound of the bucket in which this share of the durations, the shortest first, has its end:
    /// 0.99 for the 99th percentile. Nil if nothing was recorded, or it lies beyond all bounds.
    public func quantile(_ share: Double) -> Duration? {
        let wanted = UInt64((Double(count) * share).rounded(.up))
        var sum: UInt64 = 0
        for (bucket, number) in counts.enumerated() where wanted > 0 {
            sum += number
            if sum >= wanted { return Self.bound(bucket).map { .nanoseconds(Int64($0)) } }
        }
        return nil
    }
}
