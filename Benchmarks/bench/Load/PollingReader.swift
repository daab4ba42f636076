// One reader who polls: how far they have read, and when they ask again.

struct PollingReader {
    var connection = PollingConnection()
    /// A request is on its way, or waits for its answer.
    var isAsking = false
    /// It has had its first answer, or cannot have it.
    var isReady = false
    /// What it has read up to; nil before its first answer.
    var offset: Int?
    private var nextAsk: UInt64 = 0

    func isDue(_ now: UInt64) -> Bool { !isAsking && nextAsk <= now }

    /// The load begins. Those who ask every so often do not all ask in the same instant.
    ///
    /// - Parameter share: of all readers, those before this one.
    mutating func begin(_ polling: LoadPlan.Polling, at begin: UInt64, share: Double) {
        guard case .every(let seconds) = polling else { return }
        nextAsk = begin + UInt64(seconds * share * 1e9)
    }

    /// - Parameters:
    ///   - isLast: there is nothing more to be had behind this answer.
    ///   - isDraining: nothing more is said: who asks now hears the last.
    mutating func answered(
        _ polling: LoadPlan.Polling, isLast: Bool, _ now: UInt64, isDraining: Bool
    ) {
        switch polling {
        case .waiting: nextAsk = now
        case .every(let seconds):
            // The next is due one interval after the last was, whatever the answer took.
            let step = UInt64(seconds * 1e9)
            while isLast, nextAsk <= now { nextAsk += step }
            // What has not been asked for yet need not wait for its turn.
            if isDraining { nextAsk = min(nextAsk, now + 200_000_000) }
        }
    }

    /// Tried again a second later, and before the start not at all.
    mutating func failed(_ now: UInt64) { nextAsk = now + 1_000_000_000 }
}

extension LoadPlan.Polling {
    /// Seconds that the server may wait with its answer; nil if it answers at once.
    var wait: Double? {
        if case .waiting(let longest) = self { longest } else { nil }
    }
}
