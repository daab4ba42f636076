// UNSAFE: lets clock_gettime(2) and localtime_r(3) write into local variables.
import LibC
import LinuxReactor

/// The clocks for the log. Any thread may log, so the log can't use the time of a turn.
enum WallClock {
    /// CLOCK_MONOTONIC.
    static func monotonicNow() -> Instant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Instant(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    /// The local time of day: "09:41:02".
    static func timeOfDay() -> String {
        var seconds = time(nil)
        var parts = unsafe tm()
        guard unsafe localtime_r(&seconds, &parts) != nil else { return "--:--:--" }
        let numbers = unsafe [parts.tm_hour, parts.tm_min, parts.tm_sec]
        return numbers.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
    }
}
