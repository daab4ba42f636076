// Fan-out: each subscriber that is behind gets one send, from its cursor to the end of the log.
import LinuxReactor
import Storage
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Sweeps the topics that have something new, in fair turns, until all are done or the budget
    /// is spent; then the loop handles everything else before it goes on.
    ///
    /// Returns how many variants have had their share.
    mutating func sweepTopics() -> Int {
        guard !io.topics.dirtyVariants.isEmpty else { return 0 }
        io.telemetry.statistics.sweepCount += 1
        // Reading the clock in each turn would cost too much: a sample says as much.
        guard io.telemetry.statistics.sweepCount & 15 == 0 else { return sweepDirtyVariants() }
        let start = kernel.monotonicNow()
        let count = sweepDirtyVariants()
        io.telemetry.statistics.sweepNanoseconds +=
            16 * kernel.monotonicNow().nanoseconds(since: start)
        return count
    }

    private mutating func sweepDirtyVariants() -> Int {
        var sweep = TopicTable.Sweep(budget: io.settings.limits.flushBudget)
        while true {
            while let due = io.topics.nextDue(&sweep) { deliver(due, &sweep) }
            // It stops at a topic with keys, which is served in another way.
            guard sweep.isKeyed else { break }
            sweepKeyedSlice(&sweep)
        }
        io.meter.spend(Work.call * (io.settings.limits.flushBudget - sweep.budget))
        io.telemetry.statistics.skipCount = io.topics.skipCount
        if !io.topics.laggards.isEmpty { takeLaggards() }
        if !io.topics.skipping.isEmpty { paceSubscribers() }
        io.releasePublishers()
        return sweep.variantCount
    }

    /// Closes the subscribers that have lost their place, and notes the others for the handler.
    private mutating func takeLaggards() {
        var laggards: [Laggard] = []
        swap(&laggards, &io.topics.laggards)
        for laggard in laggards where laggard.isLost { io.closeSlowConsumer(laggard.connection) }
        for laggard in laggards where !laggard.isLost {
            io.telemetry.statistics.fallingBehindCount += 1
            io.laggards.append((io.connections.id(of: laggard.connection), laggard.topic))
            io.pendingCalls.insert(.laggards)
        }
    }

    /// Bounds what is under way to subscribers of topics that skip, before their lines are full: a
    /// queue in the network fills without any sign of it here.
    private mutating func paceSubscribers() {
        for index in io.topics.skipping.indices {
            let variant = io.topics.skipping[index]
            for _ in 0..<io.topics.paceCount(variant) {
                let slot = io.topics.nextToPace(variant)
                if io.connections.slots[slot].phase != .terminated { pace(slot) }
            }
            io.topics.removeEndedKeys(variant)
        }
        io.topics.skipping.removeAll(keepingCapacity: true)
    }

    /// Sends a subscriber what it is missing, or records that its socket is full.
    private mutating func deliver(_ found: TopicTable.Due, _ sweep: inout TopicTable.Sweep) {
        var due = found
        let slot = due.connection
        // A lost connection keeps its slot until the end of the turn but no longer pins the log.
        guard io.connections.slots[slot].phase != .terminated else { return io.topics.isLost(due) }
        if !io.connections.slots[slot].delivery.outbox.isEmpty {
            flush(slot)
            sweep.spend(1)
            guard let now = io.topics.refreshed(due) else { return io.settle(slot) }
            due = now
        }
        guard !io.connections.slots[slot].delivery.isBlocked else {
            return io.topics.isBlocked(due)
        }
        sweep.spend(sendBroadcasts(due))
    }

    /// One send from a subscriber's cursor to the log's end. Returns what it costs of the budget.
    mutating func sendBroadcasts(_ due: TopicTable.Due) -> Int {
        let slot = due.connection
        // A plain connection must not pay for what an encrypted one needs.
        let outcome =
            io.connections.slots[slot].isEncrypted
            ? sealBroadcasts(due)
            : Self.send(io.topics, due, to: io.connections.slots[slot].descriptor, &kernel)
        io.telemetry.statistics.sendCount += 1
        switch outcome {
        case .sent(let count):
            io.telemetry.statistics.bytesSentCount += UInt64(count)
            io.connections.records.sent(slot, count)
            if io.topics.delivered(due, count, &io.connections.slots[slot].delivery) {
                io.settle(slot)
            } else {
                block(slot)
            }
            return 1 + count >> 14
        case .wouldBlock:
            if !io.topics.delivered(due, 0, &io.connections.slots[slot].delivery) { block(slot) }
        case .failed(let number):
            io.topics.isLost(due)
            sendFailed(slot, number)
        }
        return 1
    }

    private static func send(
        _ topics: borrowing TopicTable, _ due: TopicTable.Due, to socket: FileDescriptor,
        _ kernel: inout K
    ) -> SendOutcome {
        kernel.send(topics.bytes(due), to: socket)
    }

    /// The same for an encrypted connection.
    @inline(never)
    private mutating func sealBroadcasts(_ due: TopicTable.Due) -> SendOutcome {
        let slot = due.connection
        let outcome = Self.seal(
            io.topics, due, to: io.connections.slots[slot].descriptor,
            io.connections.slots[slot].encryption, &io.encryption, &kernel,
            atOnce: contentByteCount(of: slot, due.variant))
        if isBackedUp(slot) { block(slot) }
        return outcome
    }

    private static func seal(
        _ topics: borrowing TopicTable, _ due: TopicTable.Due, to socket: FileDescriptor,
        _ index: TableIndex<EncryptedConnection>, _ encryption: inout EncryptionTable,
        _ kernel: inout K, atOnce byteCount: Int
    ) -> SendOutcome {
        send(topics.bytes(due), to: socket, index, &encryption, &kernel, atOnce: byteCount)
    }

    /// A blocked connection is writable again: sends what its topics have for it.
    mutating func catchUp(_ slot: Slot) {
        var subscription = io.connections.slots[slot].delivery.firstSubscription
        let isPaced = io.connections.slots[slot].flags.contains(.paced)
        if isPaced || io.topics.skips(subscription), let share = pace(slot) {
            io.topics.skip(subscription, keeping: share)
            io.telemetry.statistics.skipCount = io.topics.skipCount
        }
        var served = SubscriptionIndex.none
        while let due = io.topics.nextDue(
            of: slot, &io.connections.slots[slot].delivery, &subscription)
        {
            let isKeyed = io.topics.isKeyed(due.variant)
            io.meter.spend(Work.call * (isKeyed ? sendKeyed(due) : sendBroadcasts(due)))
            // The connection has ended, and its subscriptions with it.
            if io.connections.slots[slot].delivery.firstSubscription == .none { return }
            served = due.subscription
        }
        if served != .none, subscription != .none {
            io.topics.rotate(&io.connections.slots[slot].delivery, behind: served)
        }
    }
}
