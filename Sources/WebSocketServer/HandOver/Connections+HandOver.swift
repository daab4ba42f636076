// All connections, written and restored in the same slots.
import LinuxReactor
import Storage
import WebSocketCore

extension ServerContext {
    /// Returns the descriptors in the order in which the connections are written.
    func saveConnections(to writer: inout StateWriter) -> [FileDescriptor] {
        writer.write(connections.lastResourceID)
        writer.write(UInt32(connections.slots.endIndex))
        var descriptors: [FileDescriptor] = []
        descriptors.reserveCapacity(connections.slots.count)
        let count = writer.count
        writer.write(UInt32(0))
        // Most have a hundred bytes.
        writer.bytes.reserve(connections.slots.count * 128)
        for slot in connections.slots.indices where canBeHandedOver(slot) {
            descriptors.append(connections.slots[slot].descriptor)
            let record = writer.beginRecord()
            writer.write(slot.rawValue)
            saveConnection(slot, to: &writer)
            saveSubscriptions(of: slot, to: &writer)
            writer.endRecord(record)
        }
        writer.overwrite(UInt32(descriptors.count), at: count)
        saveAttempts(to: &writer)
        return descriptors
    }

    /// Four million: a damaged number must not create a table of gigabytes.
    private static var restoredBound: UInt32 { 1 << 22 }

    /// Returns the slots that are in use now.
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
        // The layout of the table depends on which slots are in use: a first pass reads only those.
        let start = reader.place
        var isTaken = [Bool](repeating: false, count: Int(bound))
        var slots: [Slot] = []
        slots.reserveCapacity(descriptors.count)
        for _ in descriptors.indices {
            let outerEnd = try reader.enterRecord()
            slots.append(try Self.takeSlot(from: &reader, &isTaken))
            reader.skipRecord(outerEnd)
        }
        let attempts = try readAttempts(from: &reader, &isTaken)
        let end = reader.place
        connections.slots.restoreLayout(
            Int(bound), isTaken: { isTaken[Int($0.rawValue)] }, making: { Connection() })
        for (slot, attempt) in attempts { endAttempt(slot, attempt) }
        reader.return(to: start)
        for (slot, descriptor) in zip(slots, descriptors) {
            let outerEnd = try reader.enterRecord()
            _ = try reader.read(UInt32.self)
            try restoreConnection(slot, descriptor, from: &reader)
            try restoreSubscriptions(of: slot, from: &reader)
            try reader.leaveRecord(outerEnd)
        }
        reader.return(to: end)
        for variant in topics.variants.indices where topics.variants[variant].subscribers.count > 0
        {
            topics.markDirty(variant)
        }
        return slots
    }

    /// Reads the number of a slot, which nobody else may have.
    static func takeSlot(
        from reader: inout StateReader, _ isTaken: inout [Bool]
    ) throws(StateError) -> Slot {
        let slot = Slot(rawValue: try reader.read())
        guard Int(slot.rawValue) < isTaken.count, !isTaken[Int(slot.rawValue)] else {
            throw StateError("slot \(slot) cannot be taken")
        }
        isTaken[Int(slot.rawValue)] = true
        return slot
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
            writer.write(variant.rawValue)
            topics.variants[variant].topic.save(to: &writer)
            writer.write(subscription.markedEnd)
            writer.write(
                topics.variants[variant].subscribers[Int(subscription.subscriber)].cursor)
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
        let variant = VariantIndex(rawValue: try reader.read())
        let topic = try Topic(from: &reader)
        let markedEnd = try reader.read(UInt64.self)
        let cursor = try reader.read(UInt64.self)
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
