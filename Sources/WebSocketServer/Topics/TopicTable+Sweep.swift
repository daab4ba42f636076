// The sweep: which subscribers are behind, which bytes they are to get, and what was delivered.
import LinuxReactor
import WebSocketCore

extension TopicTable {
    /// How many sends a variant gets before the next one has its turn.
    private static var sliceBudget: Int { 64 }

    /// The progress of a turn's sweep.
    struct Sweep: BitwiseCopyable {
        var budget: Int
        fileprivate(set) var variantCount = 0
        fileprivate var slice = 0
        fileprivate var variant = VariantIndex.none
        /// Whether the present variant is keyed: ``nextDue(_:)`` does not serve it.
        fileprivate(set) var isKeyed = false

        init(budget: Int) { self.budget = budget }

        mutating func spend(_ count: Int) {
            budget -= count
            slice -= count
        }
    }

    /// A subscriber that is to be sent the log's bytes from `cursor` on.
    struct Due: BitwiseCopyable {
        var cursor: UInt64
        var variant: VariantIndex
        var subscriber: UInt32
        var connection: Slot
        var subscription: SubscriptionIndex
    }

    /// The next subscriber that is behind; nil when there is none, or the budget is spent.
    mutating func nextDue(_ sweep: inout Sweep) -> Due? {
        while true {
            if sweep.variant == .none {
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

    /// The same for the keyed variant at which ``nextDue(_:)`` has stopped; nil at the end of its
    /// slice.
    mutating func nextKeyedDue(_ sweep: inout Sweep) -> Due? {
        let variant = sweep.variant
        while variants[variant].sweepIndex < variants[variant].subscribers.count, sweep.slice > 0 {
            let index = variants[variant].sweepIndex
            let subscriber = variants[variant].subscribers[index]
            variants[variant].sweepIndex = index + 1
            guard subscriber.cursor < variants[variant].log.end else { continue }
            return Due(
                cursor: subscriber.cursor, variant: variant, subscriber: UInt32(index),
                connection: subscriber.connection, subscription: subscriber.subscription)
        }
        sweep.isKeyed = false
        endSlice(&sweep)
        return nil
    }

    /// False if no variant is left, or the next one is keyed.
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
            sweep.isKeyed = isKeyed(variant)
            return !sweep.isKeyed
        }
        dirtyVariants.removeFirst(sweep.variantCount)
        return false
    }

    @inline(never)
    private mutating func endSlice(_ sweep: inout Sweep) {
        let variant = sweep.variant
        sweep.variant = .none
        // All subscribers may have left meanwhile, and the variant with them.
        guard variants[variant].subscribers.count > 0 else { return }
        let isOver = variants[variant].sweepIndex >= variants[variant].subscribers.count
        if isOver, variants[variant].policy != .disconnect { skipping.append(variant) }
        if !isOver || !finishPass(variant) { markDirty(variant) }
    }

    /// The same subscriber, after its outbox was flushed; nil if it has left or caught up.
    func refreshed(_ due: Due) -> Due? {
        guard subscriptions[due.subscription].variant == due.variant else { return nil }
        var due = due
        due.subscriber = subscriptions[due.subscription].subscriber
        due.cursor = variants[due.variant].subscribers[Int(due.subscriber)].cursor
        return due.cursor < variants[due.variant].log.end ? due : nil
    }

    /// The bytes to be sent.
    @inline(__always)
    @_lifetime(borrow self)
    func bytes(_ due: Due) -> Span<UInt8> {
        variants[due.variant].log.slice(from: due.cursor, to: variants[due.variant].log.end)
    }

    /// Records that the socket took `count` bytes. The rest of a frame that was taken in part goes
    /// to the outbox, so that the cursor is always at a frame boundary. False if the socket is
    /// full.
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
        let boundary = variants[due.variant].log.boundary(
            at: reached, from: due.cursor, hasEvents: variants[due.variant].hasEvents)
        variants[due.variant].subscribers[Int(due.subscriber)].cursor = boundary
        if reached < boundary {
            variants.copyLog(due.variant, from: reached, to: boundary, into: &delivery.outbox.bytes)
        }
        if boundary < end { variants[due.variant].block(due.subscription, &subscriptions) }
    }

    /// Records that the subscriber's socket is full already.
    mutating func isBlocked(_ due: Due) {
        variants[due.variant].block(due.subscription, &subscriptions)
    }

    /// Records that the connection is lost: it needs nothing of the log any more.
    mutating func isLost(_ due: Due) {
        variants[due.variant].subscribers[Int(due.subscriber)].cursor =
            variants[due.variant].log.end
    }

    /// For a connection that is writable again: the next topic that it is behind in.
    mutating func nextDue(
        of connection: Slot, _ delivery: inout Delivery, _ subscription: inout SubscriptionIndex
    ) -> Due? {
        while subscription != .none {
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
            // It was the last subscriber that the log was kept for.
            if !variants[entry.variant].isDirty, variants[entry.variant].blocked.isEmpty {
                variants[entry.variant].log.drop(
                    before: variants[entry.variant].log.end, spare: &spareLog)
            }
            subscription = entry.next
        }
        return nil
    }

    /// Ends a pass over all subscribers: drops bytes that are no longer needed, and applies the
    /// policy to subscribers that fell out of the log. False if something was published since the
    /// pass began.
    private mutating func finishPass(_ variant: VariantIndex) -> Bool {
        variants[variant].sweepIndex = 0
        variants[variant].deliveredFloor = variants[variant].passEnd
        let length = variants[variant].log.end - variants[variant].log.start
        if length > UInt64(variants[variant].logByteLimit) / 2 || variants[variant].hasReported {
            checkLaggards(variant)
        }
        let oldest = variants[variant].oldestNeeded(subscriptions)
        variants[variant].log.drop(before: oldest, spare: &spareLog)
        if !variants[variant].isCongested { releasePublishers(variant) }
        return variants[variant].deliveredFloor == variants[variant].log.end
    }
}
