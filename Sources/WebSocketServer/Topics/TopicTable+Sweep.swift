// The sweep: who is behind, which bytes are to be sent, and what was delivered of them.
import LinuxReactor
import WebSocketCore

extension TopicTable {
    /// How many sends a variant gets before the next one has its turn.
    private static var sliceBudget: Int { 64 }

    /// How far the sweep of a turn has come.
    struct Sweep: BitwiseCopyable {
        var budget: Int
        fileprivate(set) var variantCount = 0
        fileprivate var slice = 0
        fileprivate var variant = Subscription.none

        init(budget: Int) { self.budget = budget }

        mutating func spend(_ count: Int) {
            budget -= count
            slice -= count
        }
    }

    /// Somebody to whom the log's bytes from `cursor` on are to be sent.
    struct Due: BitwiseCopyable {
        var cursor: UInt64
        var variant: UInt32
        var subscriber: UInt32
        var connection: UInt32
        var subscription: UInt32
    }

    /// The next who is behind; nil when nobody is, or the budget is spent.
    mutating func nextDue(_ sweep: inout Sweep) -> Due? {
        while true {
            if sweep.variant == Subscription.none {
                guard beginSlice(&sweep) else { return nil }
            }
            let variant = sweep.variant
            while variants[variant].sweepIndex < variants[variant].subscribers.count,
                sweep.slice > 0
            {
                let index = variants[variant].sweepIndex
                let subscriber = variants[variant].subscribers[index]
                variants[variant].sweepIndex = index + 1
                guard subscriber.cursor < variants[variant].log.end else { continue }
                return Due(
                    cursor: subscriber.cursor, variant: variant, subscriber: UInt32(index),
                    connection: subscriber.connection, subscription: subscriber.subscription)
            }
            endSlice(&sweep)
        }
    }

    @inline(never)
    private mutating func beginSlice(_ sweep: inout Sweep) -> Bool {
        while sweep.variantCount < dirtyVariants.count, sweep.budget > 0 {
            let variant = dirtyVariants[sweep.variantCount]
            sweep.variantCount += 1
            guard variants[variant].isDirty else { continue }
            variants[variant].isDirty = false
            if variants[variant].sweepIndex == 0 {
                variants[variant].passEnd = variants[variant].log.end
            }
            sweep.slice = min(sweep.budget, Self.sliceBudget)
            sweep.variant = variant
            return true
        }
        dirtyVariants.removeFirst(sweep.variantCount)
        return false
    }

    @inline(never)
    private mutating func endSlice(_ sweep: inout Sweep) {
        let variant = sweep.variant
        sweep.variant = Subscription.none
        // All may have left on the way, and the variant with them.
        guard variants[variant].subscribers.count > 0 else { return }
        let isOver = variants[variant].sweepIndex >= variants[variant].subscribers.count
        if !isOver || !finishPass(variant) { markDirty(variant) }
    }

    /// The same subscriber, after its connection has been seen to; nil if it has left or caught up.
    func refreshed(_ due: Due) -> Due? {
        guard subscriptions[due.subscription].variant == due.variant else { return nil }
        var due = due
        due.subscriber = subscriptions[due.subscription].subscriber
        due.cursor = variants[due.variant].subscribers[Int(due.subscriber)].cursor
        return due.cursor < variants[due.variant].log.end ? due : nil
    }

    /// What is to be sent.
    @inline(__always)
    @_lifetime(borrow self)
    func bytes(_ due: Due) -> Span<UInt8> {
        variants[due.variant].log.slice(from: due.cursor, to: variants[due.variant].log.end)
    }

    /// So many bytes were taken. A frame that was taken in part is finished from the outbox, so that
    /// the cursor always stands at a boundary. False if its socket is full.
    mutating func delivered(_ due: Due, _ count: Int, _ delivery: inout Delivery) -> Bool {
        let end = variants[due.variant].log.end
        let reached = due.cursor + UInt64(count)
        guard reached < end else {
            variants[due.variant].subscribers[Int(due.subscriber)].cursor = end
            return true
        }
        deliveredInPart(due, reached, end, &delivery)
        return false
    }

    @inline(never)
    private mutating func deliveredInPart(
        _ due: Due, _ reached: UInt64, _ end: UInt64, _ delivery: inout Delivery
    ) {
        let boundary = variants[due.variant].log.boundary(at: reached, from: due.cursor)
        variants[due.variant].subscribers[Int(due.subscriber)].cursor = boundary
        if reached < boundary {
            variants.copyLog(due.variant, from: reached, to: boundary, into: &delivery.outbox.bytes)
        }
        if boundary < end { variants[due.variant].block(due.subscription, &subscriptions) }
    }

    /// Its socket is full already.
    mutating func isBlocked(_ due: Due) {
        variants[due.variant].block(due.subscription, &subscriptions)
    }

    /// It takes nothing any more, and needs nothing of the log.
    mutating func isLost(_ due: Due) {
        variants[due.variant].subscribers[Int(due.subscriber)].cursor =
            variants[due.variant].log.end
    }

    /// Of a connection that can be written to again: what it lacks, topic by topic.
    mutating func nextDue(
        of connection: UInt32, _ delivery: inout Delivery, _ subscription: inout UInt32
    ) -> Due? {
        while subscription != Subscription.none {
            let entry = subscriptions[subscription]
            let cursor = variants[entry.variant].subscribers[Int(entry.subscriber)].cursor
            if cursor < variants[entry.variant].log.end {
                guard !delivery.isBlocked, delivery.outbox.isEmpty else { return nil }
                return Due(
                    cursor: cursor, variant: entry.variant, subscriber: entry.subscriber,
                    connection: connection,
                    subscription: subscription)
            }
            variants[entry.variant].unblock(subscription, &subscriptions)
            // The last that the log was kept for.
            if !variants[entry.variant].isDirty, variants[entry.variant].blocked.isEmpty {
                variants[entry.variant].log.drop(
                    before: variants[entry.variant].log.end, spare: &spareLog)
            }
            subscription = entry.next
        }
        return nil
    }

    /// Everybody has been seen to: drops what nobody needs any more, and those who fell out of the log.
    /// False if something was published since the pass began.
    private mutating func finishPass(_ variant: UInt32) -> Bool {
        variants[variant].sweepIndex = 0
        variants[variant].deliveredFloor = variants[variant].passEnd
        applySlowConsumerPolicy(variant)
        let oldest = variants[variant].oldestNeeded(subscriptions)
        variants[variant].log.drop(before: oldest, spare: &spareLog)
        if !variants[variant].isCongested { releasePublishers(variant) }
        return variants[variant].deliveredFloor == variants[variant].log.end
    }

    /// Does to subscribers that are further behind than the log may reach what the topic's policy says.
    private mutating func applySlowConsumerPolicy(_ variant: UInt32) {
        let end = variants[variant].log.end
        let limit = UInt64(variants[variant].logByteLimit)
        guard end - variants[variant].log.start > limit else { return }
        for subscription in variants[variant].blocked {
            let index = Int(subscriptions[subscription].subscriber)
            let subscriber = variants[variant].subscribers[index]
            guard end - subscriber.cursor > limit else { continue }
            switch variants[variant].policy {
            case .disconnect:
                laggards.append(subscriber.connection)
                variants[variant].subscribers[index].cursor = end
            case .skipToLatest:
                // It may have nothing to lose but the newest, however large that is.
                guard subscriber.cursor < variants[variant].log.latestFrame else { continue }
                variants[variant].subscribers[index].cursor = variants[variant].log.latestFrame
                skipCount += 1
            }
        }
    }
}
