// When messages are due, whatever the server does meanwhile.

/// An open loop: message k is due at `start + k / rate`, and is sent then or, if the generator is
/// late, as soon as it can. Its latency counts from when it was due, so a server that stalls for a
/// second is charged with every message that should have been sent in that second: no coordinated
/// omission.
///
/// Several generators share one schedule: each takes every `stride`-th message.
struct Schedule {
    private let start: UInt64
    private let rate: Double
    private let stride: Int
    private var next: Int

    /// - Parameters:
    ///   - start: when message 0 is due, in nanoseconds of any clock.
    ///   - rate: messages a second, of all generators together; above 0.
    ///   - offset: the first message of this generator; below `stride`.
    ///   - stride: how many generators there are.
    init(start: UInt64, rate: Double, offset: Int = 0, stride: Int = 1) {
        precondition(rate > 0 && stride > 0 && (0..<stride).contains(offset))
        self.start = start
        self.rate = rate
        self.stride = stride
        next = offset
    }

    /// When the next message is due.
    var nextDue: UInt64 { start + UInt64(Double(next) / rate * 1e9) }

    /// The number and the due time of the next message if it is due by now and before `end`; it is
    /// then taken. Called again until it returns nil.
    mutating func take(by now: UInt64, before end: UInt64) -> (number: Int, due: UInt64)? {
        let due = nextDue
        guard due <= now, due < end else { return nil }
        defer { next += stride }
        return (next, due)
    }
}
