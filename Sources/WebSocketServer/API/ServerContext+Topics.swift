// Topics: subscribing connections, and publishing messages to them.
import LinuxReactor
import Logging
import WebSocketCore

extension ServerContext {
    /// Makes a new topic without subscribers. It exists until ``removeTopic(_:)``, and uses no log
    /// while it has no subscribers.
    ///
    /// - Parameters:
    ///   - policy: what happens to subscribers that cannot keep up.
    ///   - logByteLimit: how many bytes a subscriber may be behind; nil for
    ///     ``Limits/topicLogByteCount``.
    public mutating func makeTopic(
        policy: SlowConsumerPolicy = .disconnect, logByteLimit: Int? = nil
    ) -> Topic {
        topics.make(policy: policy, logByteLimit: logByteLimit ?? settings.limits.topicLogByteCount)
    }

    /// The topic with this name. The first call makes it, with the default policy; it exists until
    /// ``removeTopic(_:)``. An application that takes names from clients must limit their number.
    public mutating func topic(named name: String) -> Topic {
        topics.named(name, logByteLimit: settings.limits.topicLogByteCount)
    }

    /// Removes a topic. Its subscribers still get what was published before. Takes time in
    /// proportion to the number of subscribers; does nothing if the topic has been removed already.
    public mutating func removeTopic(_ topic: Topic) {
        guard isCurrent(topic) else { return }
        while let subscriber = topics.lastSubscriber(of: topic) {
            leave(subscriber.connection, subscriber.subscription)
        }
        topics.remove(topic)
    }

    /// Whether the topic still exists. Operations on a removed topic do nothing.
    public func isCurrent(_ topic: Topic) -> Bool {
        topics.isCurrent(topic)
    }

    /// The number of subscribed connections; 0 if the topic has been removed.
    public func subscriberCount(of topic: Topic) -> Int {
        topics.subscriberCount(of: topic)
    }

    /// Whether the connection is subscribed to the topic.
    public func isSubscribed(_ id: ConnectionID, to topic: Topic) -> Bool {
        connections.slot(of: id).flatMap { subscription(of: $0, to: topic) } != nil
    }

    /// Subscribes a connection to a topic: it gets everything published from now on, until
    /// ``unsubscribe(_:from:)`` or its end; of an event stream, every text as an event. Of a topic
    /// that is ``SlowConsumerPolicy/latestPerKey`` it gets each key's newest message first.
    /// Subscribing twice is the same as once. An outgoing connection cannot be subscribed, since a
    /// topic's log is not masked: the attempt is logged. Takes time in proportion to the
    /// connection's subscriptions, and not to the topic's subscribers.
    public mutating func subscribe(_ id: ConnectionID, to topic: Topic) {
        guard let slot = connections.slot(of: id), connections.slots[slot].takesBroadcasts,
            isCurrent(topic), subscription(of: slot, to: topic) == nil
        else { return }
        guard connections.slots[slot].role == .server else {
            let reason: Logger.Message =
                "\(id) is an outgoing connection and cannot be subscribed to a topic."
            return telemetry.logger.warning(reason)
        }
        leaveFastPath(slot)
        let encoding = connections.slots[slot].encoding
        topics.join(topic, encoding, connection: slot, &connections.slots[slot].delivery)
        noteSubscriptions(of: slot)
        if topics.isKeyed(topic) { charge(topics.retainedByteCount(of: topic)) }
    }

    func subscription(of slot: Slot, to topic: Topic) -> SubscriptionIndex? {
        topics.subscription(to: topic, from: connections.slots[slot].delivery.firstSubscription)
    }

    /// Ends a subscription. What was published before still arrives: what the connection has not
    /// been sent yet is copied.
    public mutating func unsubscribe(_ id: ConnectionID, from topic: Topic) {
        guard let slot = connections.slot(of: id),
            let subscription = subscription(of: slot, to: topic)
        else {
            return
        }
        leave(slot, subscription)
        noteSubscriptions(of: slot)
    }

    /// What a crash would leave of the connection is not true any more, until it is flushed.
    private mutating func noteSubscriptions(of slot: Slot) {
        if connections.records.isOn { connections.queue(slot) }
    }

    /// Publishes a text message to all subscribers but `except`. The cost is one copy into the
    /// topic's log, whatever the number of subscribers, and a compressed one if some of them
    /// negotiated that (``ServerConfiguration/compression``). The message is sent before the turn
    /// ends, or in the following turns if there are many subscribers (``Limits/flushBudget``).
    /// Event streams get it as an event without an ID.
    public mutating func publish(
        _ text: String, to topic: Topic, except: ConnectionID? = nil
    ) {
        var text = text
        text.makeContiguousUTF8()
        publish(text.utf8.span, as: .text, to: topic, except: except, isStreamed: true)
    }

    /// Publishes a text message; `text` must be UTF-8, which is not checked. Event streams get it
    /// with this ID, from which a reader that has lost its connection asks to go on; empty for
    /// none. A NUL, CR or LF in it becomes a space.
    public mutating func publish(
        text: Span<UInt8>, to topic: Topic, except: ConnectionID? = nil,
        eventID: Span<UInt8> = Span()
    ) {
        publish(text, as: .text, to: topic, except: except, isStreamed: true, eventID: eventID)
    }

    /// Publishes a text message that event streams do not get: what cannot be made up for later,
    /// for example, such as who is typing.
    public mutating func publishToWebSockets(
        text: Span<UInt8>, to topic: Topic, except: ConnectionID? = nil
    ) {
        publish(text, as: .text, to: topic, except: except, isStreamed: false)
    }

    /// Publishes a binary message. Event streams do not get it: they carry only text.
    public mutating func publish(
        binary bytes: Span<UInt8>, to topic: Topic, except: ConnectionID? = nil
    ) {
        publish(bytes, as: .binary, to: topic, except: except, isStreamed: false)
    }

    /// Publishes an array as a binary message; event streams do not get it.
    public mutating func publish(
        _ bytes: [UInt8], to topic: Topic, except: ConnectionID? = nil
    ) {
        publish(bytes.span, as: .binary, to: topic, except: except, isStreamed: false)
    }

    /// Publishes a received message unchanged, text or binary; event streams get only text.
    public mutating func publish(
        _ message: borrowing Message, to topic: Topic, except: ConnectionID? = nil
    ) {
        publish(
            message.bytes, as: message.kind.opcode, to: topic, except: except,
            isStreamed: message.isText)
    }

    /// Appends one frame to each log in use, with no work per subscriber.
    mutating func publish(
        _ payload: Span<UInt8>, as opcode: Opcode, to topic: Topic, except: ConnectionID?,
        isStreamed: Bool, eventID: Span<UInt8> = Span()
    ) {
        guard topics.isCurrent(topic) else { return }
        guard !topics.isKeyed(topic) else {
            var message = TopicTable.KeyedMessage(payload, opcode, .none, eventID)
            message.isStreamed = isStreamed
            return publish(message, to: topic, except: except)
        }
        telemetry.statistics.publishedCount += 1
        let skipped = except.flatMap { connections.slot(of: $0) }.map { stepOver(topic, $0) }
        let published = topics.publish(
            payload, as: opcode, to: topic, skipping: skipped ?? .none, isStreamed: isStreamed,
            eventID: eventID, &deflate.deflaters)
        telemetry.statistics.deliveryCount += UInt64(published.deliveryCount)
        if published.congested != .none { pausePublisher(published.congested) }
        charge(published.work)
    }

    /// Moves a subscriber's cursor to the end of the log, so that it does not get the next message.
    private mutating func stepOver(_ topic: Topic, _ slot: Slot) -> SubscriptionIndex {
        guard let subscription = subscription(of: slot, to: topic) else { return .none }
        let copied = topics.materializeBacklog(
            subscription, &connections.slots[slot].delivery, &output.spare)
        if copied { connections.queue(slot) } else { noteSubscriptions(of: slot) }
        return subscription
    }
}
