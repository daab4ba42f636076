// When a run warms up, measures and ends: the coordinator sends this to all generators.

/// Times in nanoseconds of ``Clock``.
struct Timing: Codable, Sendable, Equatable {
    let begin: UInt64
    let measureFrom: UInt64
    private(set) var measureUntil: UInt64
    /// The number of parts of equal length in the timeline.
    private(set) var intervalCount: Int
    let intervalLength: UInt64

    init(begin: UInt64, measureFrom: UInt64, measureUntil: UInt64, intervalCount: Int) {
        self.begin = begin
        self.measureFrom = measureFrom
        self.measureUntil = measureUntil
        self.intervalCount = intervalCount
        intervalLength = max(1, (measureUntil - measureFrom) / UInt64(intervalCount))
    }

    /// The same with an earlier end: the last interval becomes shorter.
    func shortened(until time: UInt64) -> Timing {
        var shortened = self
        shortened.measureUntil = min(measureUntil, max(measureFrom, time))
        let length = shortened.measureUntil - measureFrom
        shortened.intervalCount = min(
            intervalCount, max(1, Int((length + intervalLength - 1) / intervalLength)))
        return shortened
    }

    var measuredSeconds: Double { Double(measureUntil - measureFrom) / 1e9 }

    func isMeasured(_ time: UInt64) -> Bool { time >= measureFrom && time < measureUntil }

    /// Which interval a measured time belongs to.
    func interval(of time: UInt64) -> Int {
        min(intervalCount - 1, Int((time - measureFrom) / intervalLength))
    }

    /// The number of intervals: as many as a timeline can show, none shorter than 0.1 s.
    static func intervals(for seconds: Double) -> Int { min(60, max(4, Int(seconds * 10))) }
}
