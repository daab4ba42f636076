// When the tick is due: a callback at a steady interval; and what else is seldom due.
import LinuxReactor

/// When the handler's next tick is due, or something that is due even less often: a turn compares
/// one time for both.
struct Ticker {
    let interval: Duration
    /// When there is something to do.
    private(set) var next: Instant
    private var nextTick: Instant

    init(interval: Duration, from now: Instant) {
        self.interval = interval
        next = now + interval
        nextTick = next
    }

    /// Makes ``next`` no later than this.
    mutating func wake(at time: Instant) { next = min(next, time) }

    /// Whether there is something to do. Then ``next`` is the next tick, until ``wake(at:)``.
    mutating func isAwake(at now: Instant) -> Bool {
        guard now >= next else { return false }
        next = nextTick
        return true
    }

    /// Whether a tick is due; if so, the next one is an interval from now.
    mutating func isDue(at now: Instant) -> Bool {
        guard now >= nextTick else { return false }
        nextTick = now + interval
        next = nextTick
        return true
    }
}
