// The few statistics that a handful of measurements allow.

enum Statistics {
    /// The middle value, or the mean of the two in the middle; 0 without values.
    static func median(_ values: [Double]) -> Double {
        guard !values.isEmpty else { return 0 }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }

    /// Which of the values is the median, or the one just below it.
    static func medianIndex(_ values: [Double]) -> Int? {
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        return order.isEmpty ? nil : order[(order.count - 1) / 2]
    }

    /// Where the ratio of the medians of two samples lies with 95 % confidence: the bootstrap, both
    /// samples drawn anew 2,000 times, always with the same random numbers.
    static func ratioInterval(_ a: [Double], _ b: [Double]) -> ClosedRange<Double>? {
        guard !a.isEmpty, !b.isEmpty, median(a) > 0 else { return nil }
        var random = SplitMix(state: 0x5EED)
        var ratios: [Double] = []
        for _ in 0..<2000 {
            let below = median(a.map { _ in a[Int(random.next(below: a.count))] })
            let above = median(b.map { _ in b[Int(random.next(below: b.count))] })
            if below > 0 { ratios.append(above / below) }
        }
        guard !ratios.isEmpty else { return nil }
        ratios.sort()
        let low = ratios[ratios.count * 25 / 1000]
        let high = ratios[min(ratios.count - 1, ratios.count * 975 / 1000)]
        return low...high
    }
}

/// A small random number generator that starts from a seed.
struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        return bits ^ bits >> 31
    }

    mutating func next(below bound: Int) -> UInt64 { next() % UInt64(bound) }
}
