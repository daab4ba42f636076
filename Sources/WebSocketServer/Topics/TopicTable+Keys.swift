// Topics that keep each key's newest message: publishing, removing, and who walks through them.
import LinuxReactor
import Storage
import WebSocketCore

extension TopicTable {
    /// How much a topic may retain: ``Limits/topicKeyCount`` and ``Limits/retainedByteCount``.
    struct RetainedBounds: BitwiseCopyable {
        var keyCount: Int
        var byteCount: Int
    }

    /// A message to a topic that keeps each key's newest.
    struct KeyedMessage: ~Copyable, ~Escapable {
        let payload: Span<UInt8>
        let opcode: Opcode
        let key: TopicKey
        /// Whether the key ends with it.
        var isLast = false
        var isStreamed = false
        let eventID: Span<UInt8>

        @_lifetime(copy payload, copy eventID)
        init(
            _ payload: Span<UInt8>, _ opcode: Opcode, _ key: TopicKey, _ eventID: Span<UInt8>
        ) {
            self.eventID = eventID
            self.payload = payload
            self.opcode = opcode
            self.key = key
        }
    }

    func isKeyed(_ topic: Topic) -> Bool { states[topic.index].policy == .latestPerKey }

    func isKeyed(_ variant: VariantIndex) -> Bool { variants[variant].policy == .latestPerKey }

    /// Where the retained messages of a variant's topic are.
    private func retainedIndex(_ variant: VariantIndex) -> TableIndex<RetainedMessages> {
        states[variants[variant].topic.index].retained
    }

    private func encoding(_ variant: VariantIndex) -> Encoding {
        if variants[variant].hasEvents { return .eventStream }
        let deflated = Int(Encoding.deflated.rawValue)
        let isDeflated = states[variants[variant].topic.index].variants[deflated] == variant
        return isDeflated ? .deflated : .plain
    }

    // MARK: Publishing

    /// Publishes as to any topic, and keeps the message in place of its key's last one. `skipped`
    /// is the subscription that does not get it, or `none`; its cursor may be anywhere.
    @inline(never)
    mutating func publish(
        keyed message: borrowing KeyedMessage, to topic: Topic,
        skipping skipped: SubscriptionIndex, _ bounds: RetainedBounds,
        _ deflaters: inout DeflaterPool
    ) -> Published {
        let retained = states[topic.index].retained
        var offsets: InlineArray<3, UInt64> = [0, 0, 0]
        for place in offsets.indices {
            let variant = states[topic.index].variants[place]
            if variant != .none { offsets[place] = variants[variant].log.end }
        }
        let hasAll = skipped == .none || isAtEnd(skipped)
        let published = publish(
            message.payload, as: message.opcode, to: topic, skipping: hasAll ? skipped : .none,
            isStreamed: message.isStreamed, eventID: message.eventID, &deflaters)
        let index = self.retained[retained].renew(message.key, at: offsets)
        self.retained[retained].messages[index].replace(message)
        let deflated = states[topic.index].variants[Int(Encoding.deflated.rawValue)]
        if deflated != .none {
            variants.copyLog(
                deflated, from: offsets[Int(Encoding.deflated.rawValue)],
                to: variants[deflated].log.end,
                into: &self.retained[retained].messages[index].deflated)
        }
        if !hasAll { stepOver(skipped, index, retained) }
        self.retained[retained].count(index)
        bound(retained, bounds)
        if published.deliveryCount == 0 { removeEndedKeys(of: topic.index) }
        return published
    }

    private func isAtEnd(_ subscription: SubscriptionIndex) -> Bool {
        let (variant, subscriber) = (
            subscriptions[subscription].variant, Int(subscriptions[subscription].subscriber)
        )
        return variants[variant].subscribers[subscriber].cursor == variants[variant].log.end
    }

    /// A subscriber that is behind does not get this message: so it must not read the log, where
    /// the message stands between others.
    private mutating func stepOver(
        _ skipped: SubscriptionIndex, _ index: RetainedIndex,
        _ retained: TableIndex<RetainedMessages>
    ) {
        let variant = subscriptions[skipped].variant
        let slot = variants[variant].subscribers[Int(subscriptions[skipped].subscriber)].connection
        self.retained[retained].messages[index].except = slot
        self.retained[retained].hasExceptions = true
        self.retained[retained].walkEnds[slot] = variants[variant].log.end
    }

    private mutating func bound(
        _ retained: TableIndex<RetainedMessages>, _ bounds: RetainedBounds
    ) {
        while self.retained[retained].count > 1,
            self.retained[retained].count > bounds.keyCount
                || self.retained[retained].byteCount > bounds.byteCount
        {
            self.retained[retained].removeOldest()
            evictionCount += 1
        }
    }

    // MARK: Removing

    mutating func remove(_ key: TopicKey, from topic: Topic) -> Bool {
        retained[states[topic.index].retained].remove(key)
    }

    /// Removes the keys that have ended, as far as all subscribers have their last messages.
    mutating func removeEndedKeys(_ variant: VariantIndex) {
        guard variants[variant].subscribers.count > 0, isKeyed(variant) else { return }
        removeEndedKeys(of: variants[variant].topic.index)
    }

    private mutating func removeEndedKeys(of state: TopicIndex) {
        let retained = states[state].retained
        guard self.retained[retained].lastCount > 0 else { return }
        var reached: InlineArray<3, UInt64> = [.max, .max, .max]
        for place in reached.indices {
            let variant = states[state].variants[place]
            if variant != .none { reached[place] = variants[variant].lowestCursor(subscriptions) }
        }
        self.retained[retained].removeEnded(before: reached)
    }

    // MARK: Walking

    /// Whether a subscriber gets retained messages next, and not what the log has for it.
    func walks(_ variant: VariantIndex, _ subscriber: Int) -> Bool {
        guard isKeyed(variant) else { return false }
        let cursor = variants[variant].subscribers[subscriber].cursor
        if cursor < variants[variant].log.start { return true }
        let slot = variants[variant].subscribers[subscriber].connection
        guard let end = retained[retainedIndex(variant)].walkEnds[slot] else { return false }
        return cursor < end
    }

    /// Lets a subscriber skip everything that is not its key's newest, in the log of now.
    mutating func letWalk(_ variant: VariantIndex, _ subscriber: Int) {
        let slot = variants[variant].subscribers[subscriber].connection
        retained[retainedIndex(variant)].walkEnds[slot] = variants[variant].log.end
    }

    /// Makes ``piece`` what a subscriber that walks gets next: about `byteCount` bytes of what was
    /// published before the offset `end`.
    mutating func gatherPiece(
        _ variant: VariantIndex, _ subscriber: Int, before end: UInt64, about byteCount: Int
    ) {
        let (index, encoding) = (retainedIndex(variant), encoding(variant))
        let (slot, cursor) = (
            variants[variant].subscribers[subscriber].connection,
            variants[variant].subscribers[subscriber].cursor
        )
        retained.write(
            index, encoding, for: slot, from: cursor, before: end, about: byteCount, to: &piece)
    }

    /// Moves the cursor of a subscriber that walks.
    mutating func moved(_ variant: VariantIndex, _ subscriber: Int, to cursor: UInt64) {
        variants[variant].subscribers[subscriber].cursor = cursor
        let slot = variants[variant].subscribers[subscriber].connection
        let retained = retainedIndex(variant)
        guard let end = self.retained[retained].walkEnds[slot], end <= cursor else { return }
        self.retained[retained].walkEnds[slot] = nil
    }

    /// Records that the socket took `count` bytes of ``piece``; see ``delivered(_:_:_:)``.
    mutating func deliveredPiece(
        _ due: Due, _ count: Int, _ delivery: inout Delivery
    ) -> Bool {
        guard count < piece.bytes.count else {
            moved(due.variant, Int(due.subscriber), to: piece.end)
            return true
        }
        let (boundary, cursor) = piece.boundary(after: count)
        delivery.outbox.bytes.append(piece.bytes.span.extracting(count..<boundary))
        moved(due.variant, Int(due.subscriber), to: cursor)
        if cursor < variants[due.variant].log.end {
            variants[due.variant].block(due.subscription, &subscriptions)
        }
        return false
    }

    /// About what a subscriber that is not in the log any more is behind.
    func retainedByteCount(_ variant: VariantIndex) -> Int {
        isKeyed(variant) ? retained[retainedIndex(variant)].byteCount : 0
    }

    /// What a new subscriber of a topic with keys gets first, and a bit more.
    func retainedByteCount(of topic: Topic) -> Int {
        retained[states[topic.index].retained].byteCount
    }

    /// The connection leaves a variant's topic.
    mutating func forgetWalk(_ variant: VariantIndex, _ slot: Slot) {
        retained[retainedIndex(variant)].forget(slot)
    }
}

extension RetainedMessage {
    fileprivate mutating func replace(_ message: borrowing TopicTable.KeyedMessage) {
        frame.removeAll(keepingCapacity: true)
        frame.appendFrame(message.opcode, message.payload)
        deflated.removeAll(keepingCapacity: true)
        eventID.removeAll(keepingCapacity: true)
        eventID.append(message.eventID)
        isStreamed = message.isStreamed
        isLast = message.isLast
        except = .none
    }
}

extension RetainedMessages {
    /// Removes the keys that have ended, and whose last message began before these offsets.
    fileprivate mutating func removeEnded(before offsets: InlineArray<3, UInt64>) {
        for index in messages.indices where messages[index].isLast {
            let place = order[messages[index].place]
            var isOver = true
            for encoding in Encoding.allCases
            where encoding != .eventStream || messages[index].isStreamed {
                let number = Int(encoding.rawValue)
                if offsets[number] <= place.offsets[number] { isOver = false }
            }
            if isOver { _ = remove(messages[index].key) }
        }
    }
}

extension TopicVariant {
    /// The lowest cursor after a pass over all subscribers.
    fileprivate func lowestCursor(_ subscriptions: borrowing SlotTable<Subscription>) -> UInt64 {
        var lowest = deliveredFloor
        for entry in blocked {
            let index = Int(subscriptions[entry.subscription].subscriber)
            lowest = min(lowest, subscribers[index].cursor)
        }
        return lowest
    }
}
