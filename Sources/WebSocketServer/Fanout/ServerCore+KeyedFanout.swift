// Fan-out of topics that keep each key's newest message: from the log to those who keep up, from
// what is retained to newcomers and those who are behind.
import LinuxReactor

extension ServerCore where K: ~Copyable {
    /// Bytes of retained messages in one send. What a socket does not take of it is gathered again
    /// later, with what is the newest then.
    private static var pieceByteCount: Int { 16 * 1024 }

    /// Serves the subscribers of a keyed variant, as far as its slice of the sweep goes.
    mutating func sweepKeyedSlice(_ sweep: inout TopicTable.Sweep) {
        while let found = io.topics.nextKeyedDue(&sweep) {
            var due = found
            let slot = due.connection
            guard io.connections.slots[slot].phase != .terminated else {
                io.topics.isLost(due)
                continue
            }
            if !io.connections.slots[slot].delivery.outbox.isEmpty {
                flush(slot)
                sweep.spend(1)
                guard let now = io.topics.refreshed(due) else {
                    io.settle(slot)
                    continue
                }
                due = now
            }
            guard !io.connections.slots[slot].delivery.isBlocked else {
                io.topics.isBlocked(due)
                continue
            }
            sweep.spend(sendKeyed(due))
        }
    }

    /// Sends a subscriber of a keyed topic what it misses, until it has all or its socket is full.
    /// Returns what that costs of the budget.
    mutating func sendKeyed(_ first: TopicTable.Due) -> Int {
        var due = first
        var cost = 0
        while io.topics.walks(due.variant, Int(due.subscriber)) {
            let slot = due.connection
            let end = io.topics.variants[due.variant].log.end
            io.topics.gatherPiece(
                due.variant, Int(due.subscriber), before: end, about: Self.pieceByteCount)
            let byteCount = io.topics.piece.bytes.count
            io.meter.spend(byteCount)
            var sentCount = 0
            if byteCount > 0 {
                cost += 1 + byteCount >> 14
                let outcome = Self.send(
                    io.topics.piece.bytes, to: io.connections.slots[slot].descriptor,
                    io.connections.slots[slot].encryption, &io.encryption, &kernel,
                    atOnce: contentByteCount(of: slot, due.variant))
                io.telemetry.statistics.sendCount += 1
                switch outcome {
                case .sent(let count):
                    io.telemetry.statistics.bytesSentCount += UInt64(count)
                    io.connections.records.sent(slot, count)
                    sentCount = count
                case .wouldBlock: break
                case .failed(let number):
                    io.topics.isLost(due)
                    sendFailed(slot, number)
                    return cost
                }
            }
            let tookAll = io.topics.deliveredPiece(
                due, sentCount, &io.connections.slots[slot].delivery)
            guard tookAll, !isBackedUp(slot) else {
                block(slot)
                return cost
            }
            guard let now = io.topics.refreshed(due) else {
                io.settle(slot)
                return cost
            }
            due = now
        }
        return cost + sendBroadcasts(due)
    }
}
