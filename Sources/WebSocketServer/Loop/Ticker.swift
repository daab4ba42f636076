// When the tick is due: a callback at a steady interval.
import LinuxReactor

/// When the handler's next tick is due.
struct Ticker {
    let interval: Duration
    private(set) var next: Instant

    init(interval: Duration, from now: Instant) {
        self.interval = interval
        next = now + interval
    }

    /// Whether a tick is due; if so, the next one is an interval from now.
    mutating func isDue(at now: Instant) -> Bool {
        guard now >= next else { return false }
        next = now + interval
        return true
    }
}
