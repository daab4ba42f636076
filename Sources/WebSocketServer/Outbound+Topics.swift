// Topics: who belongs to them, and what is published to them.
import LinuxReactor
import Logging
import Storage
import WebSocketCore

extension Outbound {
    /// A new topic without members. It stands until ``removeTopic(_:)``, and owns no log while it
    /// has no members.
    ///
    /// - Parameters:
    ///   - policy: what becomes of members that cannot keep up.
    ///   - logByteLimit: how many bytes a member may be behind; nil for ``Limits/topicLogByteCount``.
    public mutating func makeTopic(
        policy: SlowMemberPolicy = .disconnect, logByteLimit: Int? = nil
    ) -> Topic {
        topicGeneration += 1
        var state = TopicState()
        state.generation = topicGeneration
        state.policy = policy
        state.logByteLimit = logByteLimit ?? limits.topicLogByteCount
        state.isTaken = true
        return Topic(index: topics.take(state), generation: topicGeneration)
    }

    /// The topic of this name, which is made when it is first asked for, with the default policy.
    /// It stands until ``removeTopic(_:)``: an application that takes names from clients bounds
    /// them.
    public mutating func topic(named name: String) -> Topic {
        if let topic = topicNames[name] { return topic }
        let topic = makeTopic()
        topics[topic.index].name = name
        topicNames[name] = topic
        return topic
    }

    /// Removes a topic. Its members get what was published to it before. Takes time in proportion
    /// to the members; does nothing if it was removed already.
    public mutating func removeTopic(_ topic: Topic) {
        guard isCurrent(topic) else { return }
        for encoding in Encoding.allCases {
            let lane = topics[topic.index].lanes[Int(encoding.rawValue)]
            guard lane != Subscription.none else { continue }
            while lanes[lane].members.count > 0 {
                let member = lanes[lane].members[lanes[lane].members.count - 1]
                leave(member.connection, member.subscription, delivering: true)
            }
        }
        if let name = topics[topic.index].name { topicNames[name] = nil }
        topics.giveBack(topic.index, leaving: TopicState())
    }

    /// Whether the topic has not been removed. What is done with one that has been does nothing.
    public func isCurrent(_ topic: Topic) -> Bool {
        Int(topic.index) < topics.bound && topics[topic.index].isTaken
            && topics[topic.index].generation == topic.generation
    }

    /// How many connections are subscribed.
    public func subscriberCount(of topic: Topic) -> Int {
        guard isCurrent(topic) else { return 0 }
        var count = 0
        for encoding in Encoding.allCases {
            let lane = topics[topic.index].lanes[Int(encoding.rawValue)]
            if lane != Subscription.none { count += lanes[lane].members.count }
        }
        return count
    }

    /// Whether the connection is subscribed to the topic.
    public func isSubscribed(_ id: ConnectionID, to topic: Topic) -> Bool {
        slot(of: id).flatMap { subscription(of: $0, to: topic) } != nil
    }

    /// Subscribes a connection: it gets what is published from now on. Subscribing twice is the
    /// same as once; it ends with the connection. One that was made by ``connect(_:)`` cannot be
    /// subscribed, since what a topic's log holds is not masked: that is logged. Takes time in proportion to the topics that the
    /// connection has, and never to the members of this one.
    public mutating func subscribe(_ id: ConnectionID, to topic: Topic) {
        guard let slot = slot(of: id), connections[slot].isOpen, isCurrent(topic),
            subscription(of: slot, to: topic) == nil
        else { return }
        guard connections[slot].role == .server else {
            let reason: Logger.Message =
                "\(id) was made outward and cannot be subscribed to a topic."
            return logger.warning(reason)
        }
        endShortWay(slot)
        let lane = lane(of: topic, connections[slot].encoding)
        let member = UInt32(lanes[lane].members.count)
        let subscription = subscriptions.take(
            Subscription(
                lane: lane, member: member, next: connections[slot].firstSubscription))
        connections[slot].firstSubscription = subscription
        lanes[lane].members.append(
            Member(cursor: lanes[lane].log.end, connection: slot, subscription: subscription))
    }

    /// Ends a subscription. What was published before still arrives: it is copied if the connection
    /// has not been sent it yet.
    public mutating func unsubscribe(_ id: ConnectionID, from topic: Topic) {
        guard let slot = slot(of: id), let subscription = subscription(of: slot, to: topic) else {
            return
        }
        leave(slot, subscription, delivering: true)
    }

    /// Publishes a text message to everyone subscribed, except one: one copy into the topic's log,
    /// whatever the number of members, and one that is compressed if some of them negotiated that
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

    /// One frame into each log in use, and no work per member.
    private mutating func publish(
        _ payload: Span<UInt8>, as opcode: Opcode, to topic: Topic, except: ConnectionID?
    ) {
        guard isCurrent(topic) else { return }
        statistics.publishedCount += 1
        for encoding in Encoding.allCases {
            let lane = topics[topic.index].lanes[Int(encoding.rawValue)]
            guard lane != Subscription.none, lanes[lane].members.count > 0 else { continue }
            statistics.deliveryCount += UInt64(lanes[lane].members.count)
            let skipped = except.flatMap { slot(of: $0) }.flatMap { memberToSkip($0, in: lane) }
            lanes[lane].log.borrowMemory(of: &spareLog)
            if encoding == .deflated {
                lanes[lane].log.append(opcode, deflating: payload, &deflaters)
            } else {
                lanes[lane].log.append(opcode, payload)
            }
            if let skipped { lanes[lane].members[skipped].cursor = lanes[lane].log.end }
            queueLane(lane)
            if lanes[lane].isCongested { holdPublisher(lane) }
        }
    }
}

// MARK: - Lanes

extension Outbound {
    /// The subscription of a connection to a topic.
    func subscription(of slot: UInt32, to topic: Topic) -> UInt32? {
        var index = connections[slot].firstSubscription
        while index != Subscription.none {
            if lanes[subscriptions[index].lane].topic == topic { return index }
            index = subscriptions[index].next
        }
        return nil
    }

    /// The lane of a topic for an encoding, made when the first member needs it.
    private mutating func lane(of topic: Topic, _ encoding: Encoding) -> UInt32 {
        let index = Int(encoding.rawValue)
        if topics[topic.index].lanes[index] != Subscription.none {
            return topics[topic.index].lanes[index]
        }
        var lane = TopicLane()
        lane.topic = topic
        lane.policy = topics[topic.index].policy
        lane.logByteLimit = topics[topic.index].logByteLimit
        topics[topic.index].lanes[index] = lanes.take(lane)
        return topics[topic.index].lanes[index]
    }

    mutating func queueLane(_ lane: UInt32) {
        guard !lanes[lane].isQueued else { return }
        lanes[lane].isQueued = true
        queuedLanes.append(lane)
    }

    /// The publisher that fills a topic faster than it is swept is not read until it is.
    private mutating func holdPublisher(_ lane: UInt32) {
        let slot = reading.slot
        guard slot != UInt32.max, !connections[slot].holds.contains(.congestion) else { return }
        hold(slot, .congestion)
        lanes[lane].waiting.append(id(of: slot))
    }

    /// The member whose cursor is to step over the next message, brought to the log's end first.
    private mutating func memberToSkip(_ slot: UInt32, in lane: UInt32) -> Int? {
        var index = connections[slot].firstSubscription
        while index != Subscription.none, subscriptions[index].lane != lane {
            index = subscriptions[index].next
        }
        guard index != Subscription.none else { return nil }
        copyPending(slot, index)
        return Int(subscriptions[index].member)
    }

    /// Before a direct message: marks in the outbox how far each topic goes before it.
    mutating func keepPlaceInTopics(_ slot: UInt32) {
        var index = connections[slot].firstSubscription
        while index != Subscription.none {
            let (lane, member) = (subscriptions[index].lane, Int(subscriptions[index].member))
            let end = lanes[lane].log.end
            if lanes[lane].members[member].cursor < end, subscriptions[index].markedEnd < end {
                connections[slot].outbox.appendMarker(source: lane, end: end)
                subscriptions[index].markedEnd = end
            }
            index = subscriptions[index].next
        }
    }

    /// Copies what a member has still to get into its outbox, in its place, and moves its cursor to
    /// the log's end: for when the cursor must go.
    private mutating func copyPending(_ slot: UInt32, _ subscription: UInt32) {
        let (lane, member) = (
            subscriptions[subscription].lane, Int(subscriptions[subscription].member)
        )
        let end = lanes[lane].log.end
        guard lanes[lane].members[member].cursor < end else { return }
        copyMarked(slot)
        let cursor = lanes[lane].members[member].cursor
        borrowMemory(for: slot)
        lanes.copyLog(lane, from: cursor, to: end, into: &connections[slot].outbox.bytes)
        lanes[lane].members[member].cursor = end
        lanes[lane].unblock(subscription, &subscriptions)
        queue(slot)
    }

    /// Replaces the outbox's markers by the bytes that they stand for.
    private mutating func copyMarked(_ slot: UInt32) {
        guard connections[slot].outbox.markerCount > 0 else { return }
        var whole = ByteBuffer()
        while let marker = connections[slot].outbox.firstMarker {
            connections[slot].outbox.moveLeading(into: &whole)
            connections[slot].outbox.removeFirstMarker()
            guard let member = member(of: slot, in: marker.source) else { continue }
            let cursor = lanes[marker.source].members[member].cursor
            guard cursor < marker.end else { continue }
            lanes.copyLog(marker.source, from: cursor, to: marker.end, into: &whole)
            lanes[marker.source].members[member].cursor = marker.end
        }
        connections[slot].outbox.moveLeading(into: &whole)
        connections[slot].outbox.bytes = whole
    }

    /// A connection's place among the members of a lane.
    func member(of slot: UInt32, in lane: UInt32) -> Int? {
        var index = connections[slot].firstSubscription
        while index != Subscription.none {
            if subscriptions[index].lane == lane { return Int(subscriptions[index].member) }
            index = subscriptions[index].next
        }
        return nil
    }

    /// Ends all subscriptions of a connection, copying what it is still owed or dropping it.
    ///
    /// A cursor costs nothing, what lies behind it does: one that does not read and is behind by more
    /// than it may leave unread gets no copy.
    mutating func leaveAllTopics(_ slot: UInt32, delivering: Bool) {
        let delivering = delivering && !isTooFarBehind(slot)
        if !delivering {
            connections[slot].outbox.removeAllMarkers()
        }
        while connections[slot].firstSubscription != Subscription.none {
            leave(slot, connections[slot].firstSubscription, delivering: delivering)
        }
    }

    private func isTooFarBehind(_ slot: UInt32) -> Bool {
        guard connections[slot].flags.contains(.blocked) else { return false }
        var count = connections[slot].outbox.bytes.count
        var index = connections[slot].firstSubscription
        while index != Subscription.none {
            let (lane, member) = (subscriptions[index].lane, Int(subscriptions[index].member))
            count += Int(lanes[lane].log.end - lanes[lane].members[member].cursor)
            index = subscriptions[index].next
        }
        return count > limits.outboxByteCount
    }

    /// Ends one subscription; a lane without members is given back.
    private mutating func leave(_ slot: UInt32, _ subscription: UInt32, delivering: Bool) {
        if delivering {
            copyPending(slot, subscription)
            // None of its markers may outlive the membership that gives it a meaning.
            copyMarked(slot)
        }
        let (lane, member) = (
            subscriptions[subscription].lane, Int(subscriptions[subscription].member)
        )
        lanes[lane].unblock(subscription, &subscriptions)
        lanes[lane].removeMember(member, &subscriptions)
        unlink(slot, subscription)
        if lanes[lane].members.count == 0 { retire(lane) }
        subscriptions.giveBack(subscription, leaving: .free)
    }

    private mutating func unlink(_ slot: UInt32, _ subscription: UInt32) {
        let next = subscriptions[subscription].next
        if connections[slot].firstSubscription == subscription {
            connections[slot].firstSubscription = next
            return
        }
        var index = connections[slot].firstSubscription
        while subscriptions[index].next != subscription { index = subscriptions[index].next }
        subscriptions[index].next = next
    }

    /// Gives a lane back that has no members: nobody needs its log.
    private mutating func retire(_ lane: UInt32) {
        let topic = lanes[lane].topic
        releasePublishers(lane)
        if isCurrent(topic) {
            for encoding in Encoding.allCases
            where topics[topic.index].lanes[Int(encoding.rawValue)] == lane {
                topics[topic.index].lanes[Int(encoding.rawValue)] = Subscription.none
            }
        }
        // It may still stand in the queue, where one that is not marked as queued is passed over.
        lanes.giveBack(lane, leaving: TopicLane())
    }

    /// Lets the publishers go on that were held while the topic was half full.
    mutating func releasePublishers(_ lane: UInt32) {
        guard !lanes[lane].waiting.isEmpty else { return }
        let waiting = lanes[lane].waiting
        lanes[lane].waiting = []
        for id in waiting {
            if let slot = slot(of: id) { release(slot, .congestion) }
        }
    }
}
