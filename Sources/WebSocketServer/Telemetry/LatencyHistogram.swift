// Durations, counted in buckets of doubling size.

/// Counts durations by power of two. Its size is fixed, and recording costs one addition.
public struct LatencyHistogram: Sendable {
    /// The number of buckets. The first counts durations up to 131 µs, each further one up to twice
    /// the bound of the one before, the last but one up to 8.6 s, and the last all longer ones.
    public static let bucketCount = 18
    private static let firstBits = 17

    /// The number of durations in each bucket.
    public private(set) var counts = [UInt64](repeating: 0, count: bucketCount)
    /// The sum of all durations, in nanoseconds.
    public private(set) var nanoseconds: UInt64 = 0

    /// Nothing recorded.
    public init() {}

    /// The number of durations recorded.
    public var count: UInt64 { counts.reduce(0, +) }

    /// Counts one duration.
    public mutating func record(_ duration: Duration) { record(duration.wholeNanoseconds) }

    /// Counts a number of nanoseconds, or of units of ``Work``.
    public mutating func record(_ value: UInt64) {
        nanoseconds &+= value
        // The upper bound is part of the bucket.
        let bits = 64 - max(value, 1).advanced(by: -1).leadingZeroBitCount
        counts[min(max(0, bits - Self.firstBits), Self.bucketCount - 1)] += 1
    }

    /// The upper bound of a bucket, in nanoseconds, which is part of it; nil for the last bucket.
    public static func bound(_ bucket: Int) -> UInt64? {
        bucket < bucketCount - 1 ? 1 << UInt64(firstBits + bucket) : nil
    }

    /// The upper bound of the bucket that contains the given quantile: 0.99 is the 99th percentile.
    /// Nil if nothing was recorded, or if the quantile is in the last bucket, which has no bound.
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
