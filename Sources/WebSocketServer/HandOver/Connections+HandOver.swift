// All connections, written and restored in the same slots.
import LinuxReactor
import Storage
import WebSocketCore

extension ServerContext {
    /// Returns the descriptors in the order in which the connections are written: that of slots.
    func saveConnections(to writer: inout StateWriter) -> [FileDescriptor] {
        writer.write(connections.lastResourceID)
        writer.write(UInt32(connections.slots.endIndex))
        var descriptors: [FileDescriptor] = []
        descriptors.reserveCapacity(connections.slots.count)
        var attempts: [Slot] = []
        let count = writer.count
        writer.write(UInt32(0))
        // Most have a hundred bytes.
        writer.bytes.reserve(connections.slots.count * 128)
        for slot in connections.slots.indices {
            guard canBeHandedOver(slot) else {
                if connections.slots[slot].flags.contains(.attempting) { attempts.append(slot) }
                continue
            }
            descriptors.append(connections.slots[slot].descriptor)
            let record = writer.beginRecord()
            saveConnection(slot, to: &writer)
            saveSubscriptions(of: slot, to: &writer)
            writer.endRecord(record)
        }
        writer.overwrite(UInt32(descriptors.count), at: count)
        saveAttempts(attempts, to: &writer)
        return descriptors
    }

    /// Four million: a damaged number must not create a table of gigabytes.
    private static var restoredBound: UInt32 { 1 << 22 }

    /// Returns the slots that are in use now. Each is checked while it is at hand: with a million
    /// connections, to look at all of them once more would wait for the memory all the time.
    mutating func restoreConnections(
        from reader: inout StateReader, _ descriptors: [FileDescriptor]
    ) throws(StateError) -> [Slot] {
        connections.lastResourceID = try reader.read()
        let bound = try reader.read(UInt32.self)
        let count = try reader.read(UInt32.self)
        guard count == descriptors.count, count <= bound else {
            throw StateError("\(count) connections and \(descriptors.count) descriptors")
        }
        guard bound <= Self.restoredBound else { throw StateError("\(bound) are too many places") }
        let boundaries = try FrameBoundaries(of: topics)
        var slots: [Slot] = []
        slots.reserveCapacity(descriptors.count)
        for descriptor in descriptors {
            let outerEnd = try reader.enterRecord()
            let slot = try restoreConnection(descriptor, below: bound, from: &reader)
            try restoreSubscriptions(of: slot, from: &reader)
            try reader.leaveRecord(outerEnd)
            try checkRestored(slot, boundaries)
            slots.append(slot)
        }
        connections.slots.extendLayout(to: Int(bound)) { Connection() }
        let attempts = try readAttempts(from: &reader)
        for (slot, attempt) in attempts { endAttempt(slot, attempt) }
        if slots.count + attempts.count < bound {
            connections.slots.freeLayout { $0.phase == .free }
        }
        for variant in topics.variants.indices where topics.variants[variant].subscribers.count > 0
        {
            topics.markDirty(variant)
        }
        try checkRestoredTopics(boundaries)
        return slots
    }

    // MARK: Subscriptions

    private func saveSubscriptions(of slot: Slot, to writer: inout StateWriter) {
        let place = writer.count
        writer.write(UInt32(0))
        var count: UInt32 = 0
        var index = connections.slots[slot].delivery.firstSubscription
        while index != .none {
            let subscription = topics.subscriptions[index]
            let variant = subscription.variant
            let record = writer.beginRecord()
            writer.writeFields(Subscription.savedByteCount) { fields in
                fields.write(variant.rawValue)
                topics.variants[variant].topic.save(to: &fields)
                fields.write(subscription.markedEnd)
                fields.write(
                    topics.variants[variant].subscribers[Int(subscription.subscriber)].cursor)
            }
            writer.endRecord(record)
            count += 1
            index = subscription.next
        }
        if count > 0 { writer.overwrite(count, at: place) }
    }

    private mutating func restoreSubscriptions(
        of slot: Slot, from reader: inout StateReader
    ) throws(StateError) {
        var last = SubscriptionIndex.none
        for _ in 0..<(try reader.read(UInt32.self)) {
            let outerEnd = try reader.enterRecord()
            let subscription = try restoreSubscription(of: slot, from: &reader)
            try reader.leaveRecord(outerEnd)
            if last == .none {
                connections.slots[slot].delivery.firstSubscription = subscription
            } else {
                topics.subscriptions[last].next = subscription
            }
            last = subscription
        }
    }

    private mutating func restoreSubscription(
        of slot: Slot, from reader: inout StateReader
    ) throws(StateError) -> SubscriptionIndex {
        var fields = try reader.readFields(Subscription.savedByteCount)
        let variant = VariantIndex(rawValue: reader.next(&fields))
        let topic = Topic(from: reader, &fields)
        let markedEnd: UInt64 = reader.next(&fields)
        let cursor: UInt64 = reader.next(&fields)
        guard topics.variants.contains(variant),
            cursor >= topics.variants[variant].log.start || topics.isKeyed(variant),
            cursor <= topics.variants[variant].log.end
        else { throw StateError("a subscription is damaged") }
        let subscriber = UInt32(topics.variants[variant].subscribers.count)
        let subscription = topics.subscriptions.allocate(
            Subscription(
                variant: variant, subscriber: subscriber, next: .none, markedEnd: markedEnd))
        topics.variants[variant].topic = topic
        topics.variants[variant].subscribers.append(
            Subscriber(cursor: cursor, connection: slot, subscription: subscription))
        return subscription
    }
}
