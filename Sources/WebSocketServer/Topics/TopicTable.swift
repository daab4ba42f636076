// Topics and their subscribers. This room knows no socket and no kernel, and of a connection only
// its `Delivery`, which the caller lends.
import LinuxReactor
import Storage
import WebSocketCore

/// All topics. Work on connections is returned to the caller, or recorded in ``laggards`` and
/// ``released``.
struct TopicTable: ~Copyable {
    let pinned = Pinned()
    var states = SlotTable<TopicState>()
    var variants = SlotTable<TopicVariant>()
    var subscriptions = SlotTable<Subscription>()
    var names: [String: Topic] = [:]
    var generation: UInt32 = 0
    var dirtyVariants: [VariantIndex] = []
    var spareLog = ByteBuffer(minimumCapacity: 16 * 1024)
    /// Subscribers that have come to half of a log, or fell out of one whose policy is to
    /// disconnect them.
    var laggards: [Laggard] = []
    /// Variants of topics that skip, of which a pass over all subscribers has ended.
    var skipping: [VariantIndex] = []
    /// Publishers whose reading may be resumed.
    var released: [ConnectionID] = []
    var skipCount: UInt64 = 0
    /// What topics with keys retain.
    var retained = SlotTable<RetainedMessages>()
    /// Retained messages on their way to one subscriber; only meaningful while they are sent.
    var piece = RetainedPiece()
    /// How many keys were removed since there were too many, or too large ones.
    var evictionCount: UInt64 = 0

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
        if policy == .latestPerKey { state.retained = retained.allocate(RetainedMessages()) }
        return Topic(index: states.allocate(state), generation: generation)
    }

    mutating func named(_ name: String, logByteLimit: Int) -> Topic {
        if let topic = names[name] { return topic }
        let topic = make(policy: .disconnect, logByteLimit: logByteLimit)
        states[topic.index].name = name
        names[name] = topic
        return topic
    }

    /// Removes a topic that has no subscribers any more.
    mutating func remove(_ topic: Topic) {
        precondition(subscriberCount(of: topic) == 0, "a topic that is removed has no subscribers")
        if let name = states[topic.index].name { names[name] = nil }
        let retained = states[topic.index].retained
        if retained != .none { self.retained.free(retained, leaving: RetainedMessages()) }
        states.free(topic.index, leaving: TopicState())
    }

    func isCurrent(_ topic: Topic) -> Bool {
        states.contains(topic.index) && states[topic.index].isTaken
            && states[topic.index].generation == topic.generation
    }

    func subscriberCount(of topic: Topic) -> Int {
        guard isCurrent(topic) else { return 0 }
        var count = 0
        for encoding in Encoding.allCases {
            let variant = states[topic.index].variants[Int(encoding.rawValue)]
            if variant != .none { count += variants[variant].subscribers.count }
        }
        return count
    }

    func lastSubscriber(of topic: Topic) -> Subscriber? {
        for encoding in Encoding.allCases {
            let variant = states[topic.index].variants[Int(encoding.rawValue)]
            guard variant != .none, variants[variant].subscribers.count > 0 else { continue }
            return variants[variant].subscribers[variants[variant].subscribers.count - 1]
        }
        return nil
    }

    // MARK: Subscribers

    /// The subscription to a topic in the list that begins with `first`.
    func subscription(to topic: Topic, from first: SubscriptionIndex) -> SubscriptionIndex? {
        var index = first
        while index != .none {
            if variants[subscriptions[index].variant].topic == topic { return index }
            index = subscriptions[index].next
        }
        return nil
    }

    /// The subscription to a variant in the list that begins with `first`.
    func subscription(
        in variant: VariantIndex, from first: SubscriptionIndex
    ) -> SubscriptionIndex? {
        var index = first
        while index != .none {
            if subscriptions[index].variant == variant { return index }
            index = subscriptions[index].next
        }
        return nil
    }

    mutating func join(
        _ topic: Topic, _ encoding: Encoding, connection: Slot, _ delivery: inout Delivery
    ) {
        precondition(isCurrent(topic), "a topic that was removed has no new subscribers")
        assert(subscription(to: topic, from: delivery.firstSubscription) == nil, "subscribed twice")
        let variant = variant(of: topic, encoding)
        let subscriber = UInt32(variants[variant].subscribers.count)
        let subscription = subscriptions.allocate(
            Subscription(variant: variant, subscriber: subscriber, next: delivery.firstSubscription)
        )
        delivery.firstSubscription = subscription
        let end = variants[variant].log.end
        // A newcomer walks through what is retained, before everything else.
        let cursor = retainedByteCount(variant) > 0 ? 0 : end
        variants[variant].subscribers.append(
            Subscriber(cursor: cursor, connection: connection, subscription: subscription))
        if cursor < end { markDirty(variant) }
    }

    /// The variant of a topic for an encoding, made when the first subscriber needs it.
    private mutating func variant(of topic: Topic, _ encoding: Encoding) -> VariantIndex {
        let index = Int(encoding.rawValue)
        if states[topic.index].variants[index] != .none {
            return states[topic.index].variants[index]
        }
        var variant = TopicVariant()
        variant.topic = topic
        variant.policy = states[topic.index].policy
        variant.logByteLimit = states[topic.index].logByteLimit
        variant.hasEvents = encoding == .eventStream
        let retained = states[topic.index].retained
        if retained != .none { variant.begin(at: self.retained[retained].number(encoding)) }
        states[topic.index].variants[index] = variants.allocate(variant)
        return states[topic.index].variants[index]
    }

    /// Ends one subscription. True if something was copied to the outbox.
    mutating func leave(
        _ subscription: SubscriptionIndex, delivering: Bool, _ delivery: inout Delivery,
        _ spare: inout ByteBuffer
    ) -> Bool {
        precondition(subscriptions[subscription].variant != .none, "it has left already")
        var copied = false
        if delivering {
            copied = materializeBacklog(subscription, &delivery, &spare)
            // None of its markers may outlive the subscription that they refer to.
            materializeMarkers(&delivery)
        }
        let (variant, subscriber) = (
            subscriptions[subscription].variant, Int(subscriptions[subscription].subscriber)
        )
        if isKeyed(variant) {
            forgetWalk(variant, variants[variant].subscribers[subscriber].connection)
        }
        variants[variant].unblock(subscription, &subscriptions)
        variants[variant].removeSubscriber(subscriber, &subscriptions)
        unlink(subscription, &delivery)
        if variants[variant].subscribers.count == 0 { retire(variant) }
        subscriptions.free(subscription, leaving: .free)
        return copied
    }

    /// Ends all subscriptions. A connection that is blocked and further behind than `byteLimit`
    /// gets no copy.
    mutating func leaveAll(
        delivering: Bool, byteLimit: Int, _ delivery: inout Delivery, _ spare: inout ByteBuffer
    ) -> Bool {
        let delivering = delivering && !isTooFarBehind(delivery, byteLimit)
        if !delivering { delivery.outbox.removeAllMarkers() }
        var copied = false
        while delivery.firstSubscription != .none {
            if leave(delivery.firstSubscription, delivering: delivering, &delivery, &spare) {
                copied = true
            }
        }
        return copied
    }

    private func isTooFarBehind(_ delivery: borrowing Delivery, _ byteLimit: Int) -> Bool {
        delivery.isBlocked && delivery.outbox.bytes.count + backlogByteCount(delivery) > byteLimit
    }

    /// Bytes that were published to the connection's topics and that it has not been sent yet.
    func backlogByteCount(_ delivery: borrowing Delivery) -> Int {
        var count = 0
        var index = delivery.firstSubscription
        while index != .none {
            let (variant, subscriber) = (
                subscriptions[index].variant, Int(subscriptions[index].subscriber)
            )
            let cursor = variants[variant].subscribers[subscriber].cursor
            count +=
                cursor < variants[variant].log.start
                ? retainedByteCount(variant) : Int(variants[variant].log.end - cursor)
            index = subscriptions[index].next
        }
        return count
    }

    /// The largest part of a log that the connection is behind in any of its topics; 1 is as far as
    /// a log may reach.
    func largestLag(_ delivery: borrowing Delivery) -> Double {
        var largest = 0.0
        var index = delivery.firstSubscription
        while index != .none {
            let entry = subscriptions[index]
            let cursor = variants[entry.variant].subscribers[Int(entry.subscriber)].cursor
            let lag = Double(variants[entry.variant].log.end - cursor)
            largest = max(largest, lag / Double(max(1, variants[entry.variant].logByteLimit)))
            index = entry.next
        }
        return largest
    }

    private mutating func unlink(_ subscription: SubscriptionIndex, _ delivery: inout Delivery) {
        let next = subscriptions[subscription].next
        if delivery.firstSubscription == subscription {
            delivery.firstSubscription = next
            return
        }
        var index = delivery.firstSubscription
        while subscriptions[index].next != subscription { index = subscriptions[index].next }
        subscriptions[index].next = next
    }

    /// Frees a variant that has no subscribers: its log is not needed.
    private mutating func retire(_ variant: VariantIndex) {
        precondition(variants[variant].blocked.isEmpty, "a blocked subscriber is a subscriber")
        let topic = variants[variant].topic
        releasePublishers(variant)
        if isCurrent(topic) {
            for encoding in Encoding.allCases
            where states[topic.index].variants[Int(encoding.rawValue)] == variant {
                states[topic.index].variants[Int(encoding.rawValue)] = .none
            }
        }
        // It may still be in the queue, where a variant that is not marked dirty is skipped.
        variants.free(variant, leaving: TopicVariant())
    }

    mutating func releasePublishers(_ variant: VariantIndex) {
        guard !variants[variant].waiting.isEmpty else { return }
        released += variants[variant].waiting
        variants[variant].waiting = []
    }
}
