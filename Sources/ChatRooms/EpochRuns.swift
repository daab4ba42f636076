// Which epoch each message of a room has. Almost always it is one for all of them: another one
// begins with the first message after the room was opened again.

/// The epochs of a row of messages without gaps, as runs of the same one.
struct EpochRuns {
    private struct Run {
        /// The offset of its first message.
        var first: Int
        var epoch: UInt64
    }

    /// No epoch: the epoch of a message that is not known. Epochs have 48 bits.
    static var unknown: UInt64 { .max }

    /// The epoch of the messages before the first run.
    private var base: UInt64
    private var runs: [Run] = []

    init(_ epoch: UInt64 = 0) {
        base = epoch
    }

    /// The newest message's.
    var last: UInt64 { runs.last?.epoch ?? base }

    func epoch(of offset: Int) -> UInt64 {
        guard let run = runs.last(where: { $0.first <= offset }) else { return base }
        return run.epoch
    }

    /// The message with this offset, which follows all others, has this epoch.
    @inline(__always)
    mutating func append(_ epoch: UInt64, at offset: Int) {
        guard epoch != last else { return }
        runs.append(Run(first: offset, epoch: epoch))
    }

    /// The epochs of messages before this one are not asked for any more.
    @inline(__always)
    mutating func drop(before offset: Int) {
        while let run = runs.first, run.first <= offset {
            base = run.epoch
            runs.removeFirst()
        }
    }

    /// Where another epoch than the message's before begins, from the oldest message on.
    var beginnings: [(offset: Int, epoch: UInt64)] { runs.map { ($0.first, $0.epoch) } }
    /// The epoch of the oldest message.
    var first: UInt64 { base }
}
