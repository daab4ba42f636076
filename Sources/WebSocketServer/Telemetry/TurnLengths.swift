// How long the turns of the loop take, in time and in work.
import LinuxReactor

/// The lengths of the turns, and the longest of the last minute.
public struct TurnLengths: Sendable {
    /// From here on a turn is long enough to look at its CPU time, in nanoseconds. As often, at
    /// most, it is looked at between turns: what short ones have used is not counted to a long one.
    static var long: UInt64 { 1_000_000 }
    private static var window: UInt64 { 60_000_000_000 }

    /// Turns by their length on the clock: also the time in which the process did not run.
    public private(set) var time = LatencyHistogram()
    /// Turns by their work, in the units of ``Work``.
    public private(set) var work = LatencyHistogram()
    private var longestTime = RecentMaximum()
    private var longestCPU = RecentMaximum()
    private var longestWork = RecentMaximum()
    private var lastCPU: UInt64 = 0
    private var lastCPUAt = Instant(nanoseconds: 0)

    /// The longest turn of the last one to two minutes, on the clock.
    public var longest: Duration { .nanoseconds(Int64(clamping: longestTime.value)) }
    /// The same in CPU time of the loop's thread: what the work has cost, however busy the machine
    /// is. Never less than it was, and at most a millisecond more; turns below one are not
    /// measured, and count as their time.
    public var longestCPUTime: Duration { .nanoseconds(Int64(clamping: longestCPU.value)) }
    /// The most work of a turn in the last one to two minutes, in the units of ``Work``.
    public var mostWork: Int { Int(clamping: longestWork.value) }

    @inline(__always)
    mutating func record(_ nanoseconds: UInt64, work: Int, at now: Instant) {
        time.record(nanoseconds)
        self.work.record(UInt64(work))
        longestTime.record(nanoseconds, now, Self.window)
        longestWork.record(UInt64(work), now, Self.window)
        if nanoseconds < Self.long { longestCPU.record(nanoseconds, now, Self.window) }
    }

    /// Whether the thread's CPU time has to be read again, before a turn that begins now.
    @inline(__always)
    func isCPUTimeOld(at now: Instant) -> Bool { now.nanoseconds(since: lastCPUAt) >= Self.long }

    /// A turn begins; `total` is the thread's CPU time so far.
    mutating func noteCPU(_ total: UInt64, at now: Instant) {
        lastCPU = total
        lastCPUAt = now
    }

    /// A long turn has ended; `total` is the thread's CPU time so far. Turns shortly before it may
    /// be counted to it; but no turn has more CPU time than time.
    mutating func recordCPU(_ total: UInt64, _ nanoseconds: UInt64) {
        longestCPU.raise(to: min(nanoseconds, total > lastCPU ? total - lastCPU : 0))
        lastCPU = total
    }
}

/// The largest number of this window and the one before.
private struct RecentMaximum {
    private var current: UInt64 = 0
    private var previous: UInt64 = 0
    private var begun = Instant(nanoseconds: 0)

    var value: UInt64 { max(current, previous) }

    mutating func record(_ number: UInt64, _ now: Instant, _ window: UInt64) {
        if now.nanoseconds(since: begun) >= window {
            (previous, current, begun) = (current, 0, now)
        }
        if number > current { current = number }
    }

    mutating func raise(to number: UInt64) { if number > current { current = number } }
}
