// UNSAFE: lets clock_gettime(2) and localtime_r(3) write into locals.
import Glibc
import LinuxReactor

/// The clocks, for the log: it is written to from any thread, and so has no turn whose time it
/// could take.
enum WallClock {
    /// CLOCK_MONOTONIC.
    static func monotonicNow() -> Instant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    /// The time of day here: "09:41:02".
    static func timeOfDay() -> String {
        var seconds = time(nil)
        var parts = unsafe tm()
        guard unsafe localtime_r(&seconds, &parts) != nil else { return "--:--:--" }
        let numbers = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec]
        return numbers.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
