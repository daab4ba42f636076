// The time of a turn: read once, so that all its callbacks see the same time.
import LinuxReactor
import WebSocketCore

/// Both clocks, as read at the beginning of the turn.
struct TurnClock {
    private(set) var now: Instant
    private(set) var wall: WallTime
    /// The Date field of HTTP, formatted once a second.
    private var lastDate = (second: UInt64.max, text: "")

    init<K: Kernel & ~Copyable>(_ kernel: inout K) {
        now = kernel.monotonicNow()
        wall = kernel.wallClockNow()
    }

    mutating func read<K: Kernel & ~Copyable>(_ kernel: inout K) {
        now = kernel.monotonicNow()
        wall = kernel.wallClockNow()
    }

    /// The Date field of HTTP (RFC 9110 §6.6.1) for this turn.
    mutating func httpDate() -> String {
        if lastDate.second != wall.seconds {
            lastDate = (wall.seconds, HTTPDate.format(secondsSince1970: Int(wall.seconds)))
        }
        return lastDate.text
    }
}

extension Instant {
    /// In ticks of 2^26 ns (67 ms), which fit into 32 bits for nine years of uptime.
    var coarse: UInt32 { UInt32(truncatingIfNeeded: nanoseconds >> 26) }
}
