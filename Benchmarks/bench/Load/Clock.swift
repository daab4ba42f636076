// UNSAFE: asks the kernel for the time into a local.
import Glibc

/// CLOCK_MONOTONIC, which is the same for all processes of a machine.
enum Clock {
    /// Nanoseconds; reading it takes about 25 ns.
    static var now: UInt64 { time(of: CLOCK_MONOTONIC)! }

    /// Nanoseconds of any clock, such as the processor time of another process; nil if it has
    /// stopped for good.
    static func time(of clock: clockid_t) -> UInt64? {
        var time = timespec()
        guard unsafe clock_gettime(clock, &time) == 0 else { return nil }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
