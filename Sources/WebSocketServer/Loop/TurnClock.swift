// The time of a turn: read once, so that all its callbacks see the same.
import LinuxReactor

/// Both clocks as they stood when the turn began.
struct TurnClock: BitwiseCopyable {
    private(set) var now: Instant
    private(set) var wall: WallTime

    init<K: Kernel & ~Copyable>(_ kernel: inout K) {
        now = kernel.monotonicNow()
        wall = kernel.wallClockNow()
    }

    mutating func read<K: Kernel & ~Copyable>(_ kernel: inout K) {
        now = kernel.monotonicNow()
        wall = kernel.wallClockNow()
    }
}

extension Instant {
    /// In ticks of 2^26 ns (67 ms), which fit into 32 bits for nine years of uptime.
    var coarse: UInt32 { UInt32(truncatingIfNeeded: nanoseconds >> 26) }
}
