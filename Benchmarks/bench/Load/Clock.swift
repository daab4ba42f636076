// UNSAFE: asks the kernel for the time into a local.
import Glibc

/// CLOCK_MONOTONIC, which all processes of one machine share.
enum Clock {
    /// Nanoseconds; about 25 ns to ask.
    static var now: UInt64 { time(of: CLOCK_MONOTONIC)! }

    /// Nanoseconds of any clock, such as the processor time of another process; nil if it has
    /// stopped for good.
    static func time(of clock: clockid_t) -> UInt64? {
        var time = timespec()
        guard unsafe clock_gettime(clock, &time) == 0 else { return nil }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// When a run warms up, measures and ends, in nanoseconds of ``Clock``.
struct Timing: Codable, Sendable, Equatable {
    var begin: UInt64
    var measureFrom: UInt64
    var measureUntil: UInt64
    /// How finely the timeline is cut.
    var intervalCount: Int

    var measuredSeconds: Double { Double(measureUntil - measureFrom) / 1e9 }

    func isMeasured(_ time: UInt64) -> Bool { time >= measureFrom && time < measureUntil }

    /// Which interval a measured time belongs to.
    func interval(of time: UInt64) -> Int {
        let length = max(1, (measureUntil - measureFrom) / UInt64(intervalCount))
        return min(intervalCount - 1, Int((time - measureFrom) / length))
    }

    /// As many intervals as a timeline can show, none shorter than a tenth of a second.
    static func intervals(for seconds: Double) -> Int { min(60, max(4, Int(seconds * 10))) }
}
