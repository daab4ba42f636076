// Topics, who belongs to them, and how far each subscriber has come. No socket and no kernel is known here, and of a
// connection only its `Delivery`, which is lent.
import LinuxReactor
import WebSocketCore

/// All topics. What is to be done to connections is returned to the caller, or noted in `laggards` and `released`.
struct TopicTable: ~Copyable {
    let pinned = Pinned()
    var states = SlotTable<TopicState>()
    var variants = SlotTable<TopicVariant>()
    var subscriptions = SlotTable<Subscription>()
    var names: [String: Topic] = [:]
    var generation: UInt32 = 0
    var dirtyVariants: [UInt32] = []
    var spareLog = ByteBuffer(minimumCapacity: 16 * 1024)
    /// Connections that fell out of a log whose policy is to disconnect them.
    var laggards: [UInt32] = []
    /// Publishers that may be read again.
    var released: [ConnectionID] = []
    var skipCount: UInt64 = 0

    /// Whether no subscriber waits for a sweep.
    var isSettled: Bool { dirtyVariants.isEmpty }

    // MARK: Topics

    mutating func make(policy: SlowConsumerPolicy, logByteLimit: Int) -> Topic {
        generation += 1
        var state = TopicState()
        state.generation = generation
        state.policy = policy
        state.logByteLimit = logByteLimit
        state.isTaken = true
        return Topic(index: states.allocate(state), generation: generation)
    }

    mutating func named(_ name: String, logByteLimit: Int) -> Topic {
        if let topic = names[name] { return topic }
        let topic = make(policy: .disconnect, logByteLimit: logByteLimit)
        states[topic.index].name = name
        names[name] = topic
        return topic
    }

    /// Forgets a topic that has no subscribers any more.
    mutating func remove(_ topic: Topic) {
        if let name = states[topic.index].name { names[name] = nil }
        states.free(topic.index, leaving: TopicState())
    }

    func isCurrent(_ topic: Topic) -> Bool {
        Int(topic.index) < states.endIndex && states[topic.index].isTaken
            && states[topic.index].generation == topic.generation
    }

    func subscriberCount(of topic: Topic) -> Int {
        guard isCurrent(topic) else { return 0 }
        var count = 0
        for encoding in Encoding.allCases {
            let variant = states[topic.index].variants[Int(encoding.rawValue)]
            if variant != Subscription.none { count += variants[variant].subscribers.count }
        }
        return count
    }

    func lastSubscriber(of topic: Topic) -> Subscriber? {
        for encoding in Encoding.allCases {
            let variant = states[topic.index].variants[Int(encoding.rawValue)]
            guard variant != Subscription.none, variants[variant].subscribers.count > 0 else { continue }
            return variants[variant].subscribers[variants[variant].subscribers.count - 1]
        }
        return nil
    }

    // MARK: Members

    /// The subscription to a topic in the list that begins with `first`.
    func subscription(to topic: Topic, from first: UInt32) -> UInt32? {
        var index = first
        while index != Subscription.none {
            if variants[subscriptions[index].variant].topic == topic { return index }
            index = subscriptions[index].next
        }
        return nil
    }

    /// The subscription to a variant.
    func subscription(in variant: UInt32, from first: UInt32) -> UInt32? {
        var index = first
        while index != Subscription.none {
            if subscriptions[index].variant == variant { return index }
            index = subscriptions[index].next
        }
        return nil
    }

    mutating func join(
        _ topic: Topic, _ encoding: Encoding, connection: UInt32, _ delivery: inout Delivery
    ) {
        let variant = variant(of: topic, encoding)
        let subscriber = UInt32(variants[variant].subscribers.count)
        let subscription = subscriptions.allocate(
            Subscription(variant: variant, subscriber: subscriber, next: delivery.firstSubscription))
        delivery.firstSubscription = subscription
        variants[variant].subscribers.append(
            Subscriber(cursor: variants[variant].log.end, connection: connection, subscription: subscription))
    }

    /// The variant of a topic for an encoding, made when the first subscriber needs it.
    private mutating func variant(of topic: Topic, _ encoding: Encoding) -> UInt32 {
        let index = Int(encoding.rawValue)
        if states[topic.index].variants[index] != Subscription.none {
            return states[topic.index].variants[index]
        }
        var variant = TopicVariant()
        variant.topic = topic
        variant.policy = states[topic.index].policy
        variant.logByteLimit = states[topic.index].logByteLimit
        states[topic.index].variants[index] = variants.allocate(variant)
        return states[topic.index].variants[index]
    }

    /// Ends one subscription. True if something was copied to the outbox.
    mutating func leave(
        _ subscription: UInt32, delivering: Bool, _ delivery: inout Delivery,
        _ spare: inout ByteBuffer
    ) -> Bool {
        var copied = false
        if delivering {
            copied = materializeBacklog(subscription, &delivery, &spare)
            // None of its markers may outlive the membership that gives it a meaning.
            materializeMarkers(&delivery)
        }
        let (variant, subscriber) = (
            subscriptions[subscription].variant, Int(subscriptions[subscription].subscriber)
        )
        variants[variant].unblock(subscription, &subscriptions)
        variants[variant].removeSubscriber(subscriber, &subscriptions)
        unlink(subscription, &delivery)
        if variants[variant].subscribers.count == 0 { retire(variant) }
        subscriptions.free(subscription, leaving: .free)
        return copied
    }

    /// Ends all subscriptions. One that does not read and is behind by more than `byteLimit` gets no copy.
    mutating func leaveAll(
        delivering: Bool, byteLimit: Int, _ delivery: inout Delivery, _ spare: inout ByteBuffer
    ) -> Bool {
        let delivering = delivering && !isTooFarBehind(delivery, byteLimit)
        if !delivering { delivery.outbox.removeAllMarkers() }
        var copied = false
        while delivery.firstSubscription != Subscription.none {
            if leave(delivery.firstSubscription, delivering: delivering, &delivery, &spare) {
                copied = true
            }
        }
        return copied
    }

    private func isTooFarBehind(_ delivery: borrowing Delivery, _ byteLimit: Int) -> Bool {
        guard delivery.isBlocked else { return false }
        var count = delivery.outbox.bytes.count
        var index = delivery.firstSubscription
        while index != Subscription.none {
            let (variant, subscriber) = (subscriptions[index].variant, Int(subscriptions[index].subscriber))
            count += Int(variants[variant].log.end - variants[variant].subscribers[subscriber].cursor)
            index = subscriptions[index].next
        }
        return count > byteLimit
    }

    private mutating func unlink(_ subscription: UInt32, _ delivery: inout Delivery) {
        let next = subscriptions[subscription].next
        if delivery.firstSubscription == subscription {
            delivery.firstSubscription = next
            return
        }
        var index = delivery.firstSubscription
        while subscriptions[index].next != subscription { index = subscriptions[index].next }
        subscriptions[index].next = next
    }

    /// Gives a variant back that has no subscribers: nobody needs its log.
    private mutating func retire(_ variant: UInt32) {
        let topic = variants[variant].topic
        releasePublishers(variant)
        if isCurrent(topic) {
            for encoding in Encoding.allCases
            where states[topic.index].variants[Int(encoding.rawValue)] == variant {
                states[topic.index].variants[Int(encoding.rawValue)] = Subscription.none
            }
        }
        // It may still stand in the queue, where one that is not marked as queued is passed over.
        variants.free(variant, leaving: TopicVariant())
    }

    private mutating func releasePublishers(_ variant: UInt32) {
        guard !variants[variant].waiting.isEmpty else { return }
        released += variants[variant].waiting
        variants[variant].waiting = []
    }

    // MARK: Publishing

    struct Published {
        var deliveryCount = 0
        /// A variant that is half full of unswept bytes, or `none`.
        var congested = Subscription.none
    }

    /// One frame into each log in use, and no work per subscriber.
    @inline(__always)
    mutating func publish(
        _ payload: Span<UInt8>, as opcode: Opcode, to topic: Topic, skipping skipped: UInt32,
        _ deflaters: inout DeflaterPool
    ) -> Published {
        var published = Published()
        for encoding in Encoding.allCases {
            let variant = states[topic.index].variants[Int(encoding.rawValue)]
            guard variant != Subscription.none, variants[variant].subscribers.count > 0 else { continue }
            published.deliveryCount += variants[variant].subscribers.count
            variants[variant].log.acquireBuffer(of: &spareLog)
            if encoding == .deflated {
                variants[variant].log.append(opcode, deflating: payload, &deflaters)
            } else {
                variants[variant].log.append(opcode, payload)
            }
            if skipped != Subscription.none, subscriptions[skipped].variant == variant {
                variants[variant].subscribers[Int(subscriptions[skipped].subscriber)].cursor = variants[variant].log.end
            }
            markDirty(variant)
            if published.congested == Subscription.none, variants[variant].isCongested {
                published.congested = variant
            }
        }
        return published
    }

    mutating func markDirty(_ variant: UInt32) {
        guard !variants[variant].isDirty else { return }
        variants[variant].isDirty = true
        dirtyVariants.append(variant)
    }

    // MARK: Order

    /// Before a direct message: marks in the outbox how far each topic goes before it.
    mutating func insertOrderMarkers(_ delivery: inout Delivery) {
        var index = delivery.firstSubscription
        while index != Subscription.none {
            let (variant, subscriber) = (subscriptions[index].variant, Int(subscriptions[index].subscriber))
            let end = variants[variant].log.end
            if variants[variant].subscribers[subscriber].cursor < end, subscriptions[index].markedEnd < end {
                delivery.outbox.appendMarker(source: variant, end: end)
                subscriptions[index].markedEnd = end
            }
            index = subscriptions[index].next
        }
    }

    /// Copies what a subscriber has still to get into its outbox, in its place, and moves its cursor to
    /// the log's end: for when the cursor must go. True if there was anything.
    mutating func materializeBacklog(
        _ subscription: UInt32, _ delivery: inout Delivery, _ spare: inout ByteBuffer
    ) -> Bool {
        let (variant, subscriber) = (
            subscriptions[subscription].variant, Int(subscriptions[subscription].subscriber)
        )
        let end = variants[variant].log.end
        guard variants[variant].subscribers[subscriber].cursor < end else { return false }
        materializeMarkers(&delivery)
        let cursor = variants[variant].subscribers[subscriber].cursor
        delivery.acquireBuffer(of: &spare)
        variants.copyLog(variant, from: cursor, to: end, into: &delivery.outbox.bytes)
        variants[variant].subscribers[subscriber].cursor = end
        variants[variant].unblock(subscription, &subscriptions)
        return true
    }

    /// Replaces the outbox's markers by the bytes that they stand for.
    private mutating func materializeMarkers(_ delivery: inout Delivery) {
        guard delivery.outbox.markerCount > 0 else { return }
        var whole = ByteBuffer()
        while let marker = delivery.outbox.firstMarker {
            delivery.outbox.moveLeading(into: &whole)
            delivery.outbox.removeFirstMarker()
            guard
                let subscription = subscription(
                    in: marker.source, from: delivery.firstSubscription)
            else { continue }
            let subscriber = Int(subscriptions[subscription].subscriber)
            let cursor = variants[marker.source].subscribers[subscriber].cursor
            guard cursor < marker.end else { continue }
            variants.copyLog(marker.source, from: cursor, to: marker.end, into: &whole)
            variants[marker.source].subscribers[subscriber].cursor = marker.end
        }
        delivery.outbox.moveLeading(into: &whole)
        delivery.outbox.bytes = whole
    }

    /// Copies what the outbox's first marker stands for, whole frames up to about `byteCount`.
    mutating func gather(_ delivery: inout Delivery, into gathered: inout ByteBuffer, about byteCount: Int) {
        guard let marker = delivery.outbox.firstMarker else { return }
        let variant = marker.source
        guard
            let subscription = subscription(in: variant, from: delivery.firstSubscription),
            case let subscriber = Int(subscriptions[subscription].subscriber),
            variants[variant].subscribers[subscriber].cursor < marker.end
        else { return delivery.outbox.removeFirstMarker() }
        let cursor = variants[variant].subscribers[subscriber].cursor
        var end = marker.end
        if end - cursor > UInt64(byteCount) {
            end = min(end, variants[variant].log.boundary(at: cursor + UInt64(byteCount), from: cursor))
        }
        variants.copyLog(variant, from: cursor, to: end, into: &gathered)
        variants[variant].subscribers[subscriber].cursor = end
        if end == marker.end { delivery.outbox.removeFirstMarker() }
    }

    // MARK: The sweep

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
            while variants[variant].sweepIndex < variants[variant].subscribers.count, sweep.slice > 0 {
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
            if variants[variant].sweepIndex == 0 { variants[variant].passEnd = variants[variant].log.end }
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
        variants[due.variant].subscribers[Int(due.subscriber)].cursor = variants[due.variant].log.end
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
                    cursor: cursor, variant: entry.variant, subscriber: entry.subscriber, connection: connection,
                    subscription: subscription)
            }
            variants[entry.variant].unblock(subscription, &subscriptions)
            // The last that the log was kept for.
            if !variants[entry.variant].isDirty, variants[entry.variant].blocked.isEmpty {
                variants[entry.variant].log.drop(before: variants[entry.variant].log.end, spare: &spareLog)
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

extension Delivery {
    /// An outbox that owns no memory takes the spare one.
    mutating func acquireBuffer(of spare: inout ByteBuffer) {
        if outbox.bytes.capacity == 0 { swap(&outbox.bytes, &spare) }
    }
}
