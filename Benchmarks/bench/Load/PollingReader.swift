// One reader that polls: how far it has read, and when it asks again.

struct PollingReader {
    var connection = PollingConnection()
    /// A request is on its way, or waits for its response.
    var isAsking = false
    /// The reader has had its first response, or cannot get it.
    var isReady = false
    /// The offset of the last message that was read; nil before the first response.
    var offset: Int?
    private var nextAsk: UInt64 = 0

    func isDue(_ now: UInt64) -> Bool { !isAsking && nextAsk <= now }

    /// The load begins. Readers that poll at an interval do not all start at the same time.
    ///
    /// - Parameter share: of all readers, those before this one.
    mutating func begin(_ polling: LoadPlan.Polling, at begin: UInt64, share: Double) {
        guard case .every(let seconds) = polling else { return }
        nextAsk = begin + UInt64(seconds * share * 1e9)
    }

    /// - Parameters:
    ///   - isLast: there are no more messages after this response.
    ///   - isDraining: no more messages are sent, so a request now gets the last ones.
    mutating func answered(
        _ polling: LoadPlan.Polling, isLast: Bool, _ now: UInt64, isDraining: Bool
    ) {
        switch polling {
        case .waiting: nextAsk = now
        case .every(let seconds):
            // The next request is due one interval after the last was due, however long the
            // response took.
            let step = UInt64(seconds * 1e9)
            while isLast, nextAsk <= now { nextAsk += step }
            // When draining, the next request need not wait until it is due.
            if isDraining { nextAsk = min(nextAsk, now + 200_000_000) }
        }
    }

    /// A failed request is repeated a second later; before the start it is not repeated.
    mutating func failed(_ now: UInt64) { nextAsk = now + 1_000_000_000 }
}

extension LoadPlan.Polling {
    /// Seconds that the server may wait with its response; nil if it responds at once.
    var wait: Double? {
        if case .waiting(let longest) = self { longest } else { nil }
    }
}
