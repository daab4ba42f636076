// Topics: who belongs to them, and what is published to them.
import LinuxReactor
import Logging
import WebSocketCore

extension ServerContext {
    /// A new topic without subscribers. It stands until ``removeTopic(_:)``, and owns no log while it
    /// has no subscribers.
    ///
    /// - Parameters:
    ///   - policy: what becomes of subscribers that cannot keep up.
    ///   - logByteLimit: how many bytes a subscriber may be behind; nil for ``Limits/topicLogByteCount``.
    public mutating func makeTopic(
        policy: SlowConsumerPolicy = .disconnect, logByteLimit: Int? = nil
    ) -> Topic {
        topics.make(policy: policy, logByteLimit: logByteLimit ?? settings.limits.topicLogByteCount)
    }

    /// The topic of this name, which is made when it is first asked for, with the default policy.
    /// It stands until ``removeTopic(_:)``: an application that takes names from clients bounds
    /// them.
    public mutating func topic(named name: String) -> Topic {
        topics.named(name, logByteLimit: settings.limits.topicLogByteCount)
    }

    /// Removes a topic. Its subscribers get what was published to it before. Takes time in proportion
    /// to the subscribers; does nothing if it was removed already.
    public mutating func removeTopic(_ topic: Topic) {
        guard isCurrent(topic) else { return }
        while let subscriber = topics.lastSubscriber(of: topic) {
            leave(subscriber.connection, subscriber.subscription)
        }
        topics.remove(topic)
    }

    /// Whether the topic has not been removed. What is done with one that has been does nothing.
    public func isCurrent(_ topic: Topic) -> Bool {
        topics.isCurrent(topic)
    }

    /// How many connections are subscribed.
    public func subscriberCount(of topic: Topic) -> Int {
        topics.subscriberCount(of: topic)
    }

    /// Whether the connection is subscribed to the topic.
    public func isSubscribed(_ id: ConnectionID, to topic: Topic) -> Bool {
        connections.slot(of: id).flatMap { subscription(of: $0, to: topic) } != nil
    }

    /// Subscribes a connection: it gets what is published from now on. Subscribing twice is the
    /// same as once; it ends with the connection. One that was made by ``connect(_:)`` cannot be
    /// subscribed, since what a topic's log holds is not masked: that is logged. Takes time in proportion to the topics that the
    /// connection has, and never to the subscribers of this one.
    public mutating func subscribe(_ id: ConnectionID, to topic: Topic) {
        guard let slot = connections.slot(of: id), connections.slots[slot].isOpen, isCurrent(topic),
            subscription(of: slot, to: topic) == nil
        else { return }
        guard connections.slots[slot].role == .server else {
            let reason: Logger.Message =
                "\(id) was made outward and cannot be subscribed to a topic."
            return telemetry.logger.warning(reason)
        }
        leaveFastPath(slot)
        let encoding = connections.slots[slot].encoding
        topics.join(topic, encoding, connection: slot, &connections.slots[slot].delivery)
    }

    private func subscription(of slot: UInt32, to topic: Topic) -> UInt32? {
        topics.subscription(to: topic, from: connections.slots[slot].delivery.firstSubscription)
    }

    /// Ends a subscription. What was published before still arrives: it is copied if the connection
    /// has not been sent it yet.
    public mutating func unsubscribe(_ id: ConnectionID, from topic: Topic) {
        guard let slot = connections.slot(of: id),
            let subscription = subscription(of: slot, to: topic)
        else {
            return
        }
        leave(slot, subscription)
    }

    /// Publishes a text message to everyone subscribed, except one: one copy into the topic's log,
    /// whatever the number of subscribers, and one that is compressed if some of them negotiated that
    /// (``ServerConfiguration/compression``). They are sent it before the turn ends, or in the turns after
    /// if they are many (``Limits/flushBudget``).
    public mutating func publish(
        _ text: String, to topic: Topic, except: ConnectionID? = nil
    ) {
        var text = text
        text.makeContiguousUTF8()
        publish(text.utf8.span, as: .text, to: topic, except: except)
    }

    /// Publishes a text message; `text` must be UTF-8, which is not checked.
    public mutating func publish(
        text: Span<UInt8>, to topic: Topic, except: ConnectionID? = nil
    ) {
        publish(text, as: .text, to: topic, except: except)
    }

    /// Publishes a binary message.
    public mutating func publish(
        binary bytes: Span<UInt8>, to topic: Topic, except: ConnectionID? = nil
    ) {
        publish(bytes, as: .binary, to: topic, except: except)
    }

    /// Publishes a received message as it is, text or binary.
    public mutating func publish(
        _ message: borrowing Message, to topic: Topic, except: ConnectionID? = nil
    ) {
        publish(message.bytes, as: message.kind.opcode, to: topic, except: except)
    }

    /// One frame into each log in use, and no work per subscriber.
    private mutating func publish(
        _ payload: Span<UInt8>, as opcode: Opcode, to topic: Topic, except: ConnectionID?
    ) {
        guard topics.isCurrent(topic) else { return }
        telemetry.statistics.publishedCount += 1
        let skipped = except.flatMap { connections.slot(of: $0) }.map { stepOver(topic, $0) }
        let published = topics.publish(
            payload, as: opcode, to: topic, skipping: skipped ?? Subscription.none,
            &deflate.deflaters)
        telemetry.statistics.deliveryCount += UInt64(published.deliveryCount)
        if published.congested != Subscription.none { holdPublisher(published.congested) }
    }

    /// Brings a subscriber to the log's end that is to step over the next message.
    private mutating func stepOver(_ topic: Topic, _ slot: UInt32) -> UInt32 {
        guard let subscription = subscription(of: slot, to: topic) else { return Subscription.none }
        let copied = topics.materializeBacklog(
            subscription, &connections.slots[slot].delivery, &output.spare)
        if copied { connections.queue(slot) }
        return subscription
    }
}

// MARK: - What topics ask of connections

extension ServerContext {
    /// The publisher that fills a topic faster than it is swept is not read until it is.
    private mutating func holdPublisher(_ variant: UInt32) {
        let slot = inbound.reading.slot
        guard slot != UInt32.max, !connections.slots[slot].readPauses.contains(.congestion) else {
            return
        }
        pauseReading(slot, .congestion)
        topics.variants[variant].waiting.append(connections.id(of: slot))
    }

    /// Lets the publishers go on that were held while a topic was half full.
    mutating func releasePublishers() {
        guard !topics.released.isEmpty else { return }
        let released = topics.released
        topics.released = []
        for id in released {
            if let slot = connections.slot(of: id) { resumeReading(slot, .congestion) }
        }
    }

    private mutating func leave(_ slot: UInt32, _ subscription: UInt32) {
        let copied = topics.leave(
            subscription, delivering: true, &connections.slots[slot].delivery, &output.spare)
        if copied { connections.queue(slot) }
        releasePublishers()
    }

    /// Ends all subscriptions of a connection, copying what it is still owed or dropping it.
    ///
    /// A cursor costs nothing, what lies behind it does: one that does not read and is behind by more
    /// than it may leave unread gets no copy.
    mutating func leaveAllTopics(_ slot: UInt32, delivering: Bool) {
        let copied = topics.leaveAll(
            delivering: delivering, byteLimit: settings.limits.outboxByteCount,
            &connections.slots[slot].delivery, &output.spare)
        if copied { connections.queue(slot) }
        releasePublishers()
    }
}
