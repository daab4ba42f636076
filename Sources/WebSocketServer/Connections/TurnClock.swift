// The time of a turn: read once, so that all its callbacks see the same time.
import LinuxReactor
import WebSocketCore

/// Both clocks, as read at the beginning of the turn.
struct TurnClock {
    private(set) var now: Instant
    private(set) var wall: WallTime
    /// The time of the turn before.
    private var before: Instant
    /// When the loop last went on after it had stood still.
    private(set) var resumedAt: Instant
    /// The Date field of HTTP, formatted once a second.
    private var lastDate = (second: UInt64.max, text: "")

    init<K: Kernel & ~Copyable>(_ kernel: inout K) {
        now = kernel.monotonicNow()
        wall = kernel.wallClockNow()
        (before, resumedAt) = (now, now)
    }

    mutating func read<K: Kernel & ~Copyable>(_ kernel: inout K) {
        before = now
        now = kernel.monotonicNow()
        wall = kernel.wallClockNow()
    }

    /// Whether the loop stood still past this time, which was due: for a quarter of a second there
    /// was no turn, since the process was stopped, the machine was suspended, or a callback took
    /// that long. What peers have sent meanwhile has perhaps not been received yet.
    mutating func stoodStill(past due: Instant) -> Bool {
        if due < resumedAt { return true }
        guard before < due, now.nanoseconds(since: due) > 250_000_000 else { return false }
        resumedAt = now
        return true
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
