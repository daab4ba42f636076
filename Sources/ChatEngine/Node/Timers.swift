// When a node has to do something of its own accord.

/// The instants that a node waits for, in nanoseconds.
struct Timers: Sendable {
    /// Since when there is no connection; nil before the first turn.
    var downSince: UInt64?
    /// When the oldest publish is late, or earlier.
    var delayCheckAt: UInt64?
    /// When messages are sent again that Redis has taken no writes of.
    var resumeAt: UInt64?
    /// When the last turn wanted the next one at the latest.
    var promised: UInt64?
    /// Nothing counts as late before this, since the process itself stood still.
    var lenientUntil: UInt64 = 0
}
