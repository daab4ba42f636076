// The tables of a server, written and restored with the same indices.
import LibC
import LinuxReactor
import Storage
import WebSocketCore

// MARK: - Topics

extension ServerContext {
    func saveTopics(to writer: inout StateWriter) {
        writer.write(topics.generation)
        writer.write(UInt32(topics.states.endIndex))
        for index in topics.states.indices {
            writer.write(topics.states[index].isTaken)
            guard topics.states[index].isTaken else { continue }
            writer.write(topics.states[index].generation)
            writer.write(topics.states[index].policy.rawValue)
            writer.write(Int64(topics.states[index].logByteLimit))
            writer.write(topics.states[index].name ?? "")
            for encoding in Encoding.ofFrames {
                writer.write(topics.states[index].variants[Int(encoding.rawValue)].rawValue)
            }
            let retained = topics.states[index].retained
            if retained != .none { topics.retained[retained].save(to: &writer) }
        }
        writer.write(UInt32(topics.variants.endIndex))
        for index in topics.variants.indices {
            // Event streams end with this process, and their logs with them.
            let isKept =
                topics.variants[index].subscribers.count > 0 && !topics.variants[index].hasEvents
            writer.write(isKept)
            if isKept { topics.variants[index].save(to: &writer) }
        }
    }

    mutating func restoreTopics(from reader: inout StateReader) throws(StateError) {
        topics.generation = try reader.read()
        let restored = try readTopics(&reader)
        topics.states.restoreLayout(
            restored.count, isTaken: { restored[Int($0.rawValue)] != nil },
            making: { TopicState() })
        for (index, saved) in restored.enumerated() {
            guard let saved else { continue }
            saved.apply(to: &topics.states[TopicIndex(index)])
            if !saved.name.isEmpty {
                topics.names[saved.name] = Topic(
                    index: TopicIndex(index), generation: saved.generation)
            }
        }
        let variantCount = try reader.read(UInt32.self)
        var saved: [SavedVariant?] = []
        for _ in 0..<variantCount {
            saved.append(try reader.readBool() ? try SavedVariant(from: &reader) : nil)
        }
        topics.variants.restoreLayout(
            saved.count, isTaken: { saved[Int($0.rawValue)] != nil }, making: { TopicVariant() })
        for (index, variant) in saved.enumerated() {
            guard let variant else { continue }
            try variant.apply(to: &topics.variants[VariantIndex(index)])
        }
    }

    private mutating func readTopics(
        _ reader: inout StateReader
    ) throws(StateError) -> [SavedTopic?] {
        var restored: [SavedTopic?] = []
        for _ in 0..<(try reader.read(UInt32.self)) {
            guard try reader.readBool() else {
                restored.append(nil)
                continue
            }
            var topic = try SavedTopic(from: &reader)
            if topic.policy == .latestPerKey {
                topic.retained = topics.retained.allocate(RetainedMessages())
                try topics.retained[topic.retained].restore(from: &reader)
            }
            restored.append(topic)
        }
        return restored
    }
}

private struct SavedTopic {
    let generation: UInt32
    let policy: SlowConsumerPolicy
    let logByteLimit: Int
    let name: String
    var variants: [VariantIndex] = []
    var retained = TableIndex<RetainedMessages>.none

    init(from reader: inout StateReader) throws(StateError) {
        generation = try reader.read()
        policy = try SlowConsumerPolicy(from: &reader)
        logByteLimit = try reader.readCount()
        name = try reader.readString()
        for _ in Encoding.ofFrames { variants.append(VariantIndex(rawValue: try reader.read())) }
    }

    func apply(to topic: inout TopicState) {
        topic.isTaken = true
        topic.generation = generation
        topic.policy = policy
        topic.logByteLimit = logByteLimit
        topic.name = name.isEmpty ? nil : name
        topic.retained = retained
        for (index, variant) in variants.enumerated() { topic.variants[index] = variant }
    }
}

extension SlowConsumerPolicy {
    fileprivate init(from reader: inout StateReader) throws(StateError) {
        let value = try reader.read(UInt8.self)
        guard let policy = Self(rawValue: value) else {
            throw StateError("\(value) is no policy")
        }
        self = policy
    }
}

extension TopicVariant {
    fileprivate func save(to writer: inout StateWriter) {
        writer.write(policy.rawValue)
        writer.write(Int64(logByteLimit))
        writer.write(log.start)
        writer.write(log.latestFrame)
        writer.write(log.frames)
    }
}

private struct SavedVariant {
    let policy: SlowConsumerPolicy
    let logByteLimit: Int
    let start: UInt64
    let latestFrame: UInt64
    let frames: ArraySlice<UInt8>

    init(from reader: inout StateReader) throws(StateError) {
        policy = try SlowConsumerPolicy(from: &reader)
        logByteLimit = try reader.readCount()
        start = try reader.read()
        latestFrame = try reader.read()
        frames = try reader.readBytes()
    }

    func apply(to variant: inout TopicVariant) throws(StateError) {
        guard
            let log = TopicLog(start: start, latestFrame: latestFrame, frames: frames.span)
        else { throw StateError("a topic's log is damaged") }
        variant.policy = policy
        variant.logByteLimit = logByteLimit
        variant.log = log
        // No subscriber counts as swept: the next pass looks at every cursor.
        variant.deliveredFloor = start
        variant.passEnd = start
    }
}

// MARK: - Connections

extension ServerContext {
    /// Returns the descriptors in the order in which the connections are written.
    func saveConnections(to writer: inout StateWriter) -> [FileDescriptor] {
        writer.write(connections.lastResourceID)
        writer.write(UInt32(connections.slots.endIndex))
        var slots: [Slot] = []
        for slot in connections.slots.indices where canBeHandedOver(slot) {
            slots.append(slot)
        }
        writer.write(UInt32(slots.count))
        for slot in slots {
            writer.write(slot.rawValue)
            connections.slots[slot].save(to: &writer)
            saveCompression(of: slot, to: &writer)
            saveEncryption(of: slot, to: &writer)
            saveSubscriptions(of: slot, to: &writer)
        }
        saveAttempts(to: &writer)
        return slots.map { connections.slots[$0].descriptor }
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
        // First everything is read, since the layout of the table depends on which slots are in
        // use.
        var restored: [Slot: SavedConnection] = [:]
        var slots: [Slot] = []
        for descriptor in descriptors {
            let slot = Slot(rawValue: try reader.read())
            guard slot.rawValue < bound, restored[slot] == nil else {
                throw StateError("slot \(slot) cannot be taken")
            }
            slots.append(slot)
            restored[slot] = try SavedConnection(from: &reader, descriptor) {
                reader throws(StateError) in try restoreEncryption(from: &reader)
            }
        }
        let attempts = try readAttempts(from: &reader, bound)
        guard attempts.keys.allSatisfy({ restored[$0] == nil }) else {
            throw StateError("a slot is taken twice")
        }
        connections.slots.restoreLayout(
            Int(bound), isTaken: { restored[$0] != nil || attempts[$0] != nil },
            making: { Connection() })
        for (slot, attempt) in attempts { endAttempt(slot, attempt) }
        for slot in slots {
            guard let saved = restored[slot] else { continue }
            try saved.apply(to: &connections.slots[slot])
            let unsentByteCount = encryption.unsentByteCount(saved.encryption)
            connections.slots[slot].ownOutputByteCount = min(
                saved.ownOutputByteCount, saved.output.count + unsentByteCount)
            if let compression = saved.compression { restore(compression, of: slot) }
            // Each becomes the first of the list: in the end the order is as it was.
            for subscription in saved.subscriptions.reversed() {
                try restore(subscription, of: slot)
            }
        }
        for variant in topics.variants.indices where topics.variants[variant].subscribers.count > 0
        {
            topics.markDirty(variant)
        }
        return slots
    }

    private func saveSubscriptions(of slot: Slot, to writer: inout StateWriter) {
        var indices: [SubscriptionIndex] = []
        var index = connections.slots[slot].delivery.firstSubscription
        while index != .none {
            indices.append(index)
            index = topics.subscriptions[index].next
        }
        writer.write(UInt32(indices.count))
        for index in indices {
            let subscription = topics.subscriptions[index]
            writer.write(subscription.variant.rawValue)
            topics.variants[subscription.variant].topic.save(to: &writer)
            writer.write(subscription.markedEnd)
            writer.write(
                topics.variants[subscription.variant].subscribers[Int(subscription.subscriber)]
                    .cursor)
        }
    }

    private mutating func restore(
        _ saved: SavedSubscription, of slot: Slot
    ) throws(StateError) {
        guard topics.variants.contains(saved.variant),
            saved.cursor >= topics.variants[saved.variant].log.start
                || topics.isKeyed(saved.variant),
            saved.cursor <= topics.variants[saved.variant].log.end
        else { throw StateError("a subscription is damaged") }
        let subscriber = UInt32(topics.variants[saved.variant].subscribers.count)
        let subscription = topics.subscriptions.allocate(
            Subscription(
                variant: saved.variant, subscriber: subscriber,
                next: connections.slots[slot].delivery.firstSubscription,
                markedEnd: saved.markedEnd))
        topics.variants[saved.variant].topic = saved.topic
        connections.slots[slot].delivery.firstSubscription = subscription
        topics.variants[saved.variant].subscribers.append(
            Subscriber(cursor: saved.cursor, connection: slot, subscription: subscription))
    }
}
