// The tables of a server, written down and laid out again with the same numbers.
import Glibc
import LinuxReactor
import Storage
import WebSocketCore

// MARK: - Topics

extension ServerContext {
    func saveTopics(to writer: inout StateWriter) {
        writer.write(topics.generation)
        writer.write(UInt32(topics.states.endIndex))
        for index in 0..<UInt32(topics.states.endIndex) {
            writer.write(topics.states[index].isTaken)
            guard topics.states[index].isTaken else { continue }
            writer.write(topics.states[index].generation)
            writer.write(topics.states[index].policy.rawValue)
            writer.write(Int64(topics.states[index].logByteLimit))
            writer.write(topics.states[index].name ?? "")
            for encoding in Encoding.allCases {
                writer.write(topics.states[index].variants[Int(encoding.rawValue)])
            }
        }
        writer.write(UInt32(topics.variants.endIndex))
        for index in 0..<UInt32(topics.variants.endIndex) {
            writer.write(topics.variants[index].subscribers.count > 0)
            if topics.variants[index].subscribers.count > 0 {
                topics.variants[index].save(to: &writer)
            }
        }
    }

    mutating func restoreTopics(from reader: inout StateReader) throws(StateError) {
        topics.generation = try reader.read()
        let restored = try Self.readTopics(&reader)
        topics.states.restoreLayout(
            restored.count, isTaken: { restored[Int($0)] != nil }, { TopicState() })
        for (index, saved) in restored.enumerated() {
            guard let saved else { continue }
            saved.apply(to: &topics.states[UInt32(index)])
            if !saved.name.isEmpty {
                topics.names[saved.name] = Topic(
                    index: UInt32(index), generation: saved.generation)
            }
        }
        let variantCount = try reader.read(UInt32.self)
        var saved: [SavedVariant?] = []
        for _ in 0..<variantCount {
            saved.append(try reader.readBool() ? try SavedVariant(from: &reader) : nil)
        }
        topics.variants.restoreLayout(
            saved.count, isTaken: { saved[Int($0)] != nil }, { TopicVariant() })
        for (index, variant) in saved.enumerated() {
            guard let variant else { continue }
            try variant.apply(to: &topics.variants[UInt32(index)])
        }
    }

    private static func readTopics(
        _ reader: inout StateReader
    ) throws(StateError) -> [SavedTopic?] {
        var restored: [SavedTopic?] = []
        for _ in 0..<(try reader.read(UInt32.self)) {
            restored.append(try reader.readBool() ? try SavedTopic(from: &reader) : nil)
        }
        return restored
    }
}

private struct SavedTopic {
    let generation: UInt32
    let policy: SlowConsumerPolicy
    let logByteLimit: Int
    let name: String
    var variants: [UInt32] = []

    init(from reader: inout StateReader) throws(StateError) {
        generation = try reader.read()
        policy = try SlowConsumerPolicy(from: &reader)
        logByteLimit = try reader.readCount()
        name = try reader.readString()
        for _ in Encoding.allCases { variants.append(try reader.read()) }
    }

    func apply(to topic: inout TopicState) {
        topic.isTaken = true
        topic.generation = generation
        topic.policy = policy
        topic.logByteLimit = logByteLimit
        topic.name = name.isEmpty ? nil : name
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
        // Nobody counts as swept: the next pass looks at every cursor.
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
        var slots: [UInt32] = []
        for slot in 0..<UInt32(connections.slots.endIndex)
        where connections.slots[slot].canBeHandedOver {
            slots.append(slot)
        }
        writer.write(UInt32(slots.count))
        for slot in slots {
            writer.write(slot)
            connections.slots[slot].save(to: &writer)
            saveCompression(of: slot, to: &writer)
            saveSubscriptions(of: slot, to: &writer)
        }
        saveDials(to: &writer)
        return slots.map { connections.slots[$0].descriptor }
    }

    /// Four million: a damaged number must not make a table of gigabytes.
    private static var restoredBound: UInt32 { 1 << 22 }

    /// Returns the slots that are taken now.
    mutating func restoreConnections(
        from reader: inout StateReader, _ descriptors: [FileDescriptor]
    ) throws(StateError) -> [UInt32] {
        connections.lastResourceID = try reader.read()
        let bound = try reader.read(UInt32.self)
        let count = try reader.read(UInt32.self)
        guard count == descriptors.count, count <= bound else {
            throw StateError("\(count) connections and \(descriptors.count) descriptors")
        }
        guard bound <= Self.restoredBound else { throw StateError("\(bound) are too many places") }
        // First everything is read, since the table is laid out by which slots are taken.
        var restored: [UInt32: SavedConnection] = [:]
        var slots: [UInt32] = []
        for descriptor in descriptors {
            let slot = try reader.read(UInt32.self)
            guard slot < bound, restored[slot] == nil else {
                throw StateError("slot \(slot) cannot be taken")
            }
            slots.append(slot)
            restored[slot] = try SavedConnection(from: &reader, descriptor)
        }
        let dials = try readDials(from: &reader, bound)
        guard dials.keys.allSatisfy({ restored[$0] == nil }) else {
            throw StateError("a slot is taken twice")
        }
        connections.slots.restoreLayout(
            Int(bound), isTaken: { restored[$0] != nil || dials[$0] != nil }, { Connection() })
        for (slot, resourceID) in dials { endDial(slot, resourceID) }
        for slot in slots {
            guard let saved = restored[slot] else { continue }
            try saved.apply(to: &connections.slots[slot])
            if let compression = saved.compression { restore(compression, of: slot) }
            for subscription in saved.subscriptions { try restore(subscription, of: slot) }
        }
        for variant in 0..<UInt32(topics.variants.endIndex)
        where topics.variants[variant].subscribers.count > 0 {
            topics.markDirty(variant)
        }
        return slots
    }

    /// Connections outward that are still being made are not handed over, only their names: whoever
    /// takes over tells the handler that nothing came of them.
    private func saveDials(to writer: inout StateWriter) {
        let slots = (0..<UInt32(connections.slots.endIndex)).filter {
            connections.slots[$0].flags.contains(.dialing)
        }
        writer.write(UInt32(slots.count))
        for slot in slots {
            writer.write(slot)
            writer.write(connections.slots[slot].resourceID)
        }
    }

    private func readDials(
        from reader: inout StateReader, _ bound: UInt32
    ) throws(StateError) -> [UInt32: UInt64] {
        var dials: [UInt32: UInt64] = [:]
        for _ in 0..<(try reader.read(UInt32.self)) {
            let slot = try reader.read(UInt32.self)
            guard slot < bound, dials[slot] == nil else {
                throw StateError("slot \(slot) cannot be taken")
            }
            dials[slot] = try reader.read()
        }
        return dials
    }

    private mutating func endDial(_ slot: UInt32, _ resourceID: UInt64) {
        connections.slots[slot].resourceID = resourceID
        connections.slots[slot].flags = [.client, .dialing]
        connections.slots[slot].advance(.connectBegun)
        terminate(slot, .connectFailed(ECANCELED), reset: false)
    }

    private func saveSubscriptions(of slot: UInt32, to writer: inout StateWriter) {
        var indices: [UInt32] = []
        var index = connections.slots[slot].delivery.firstSubscription
        while index != Subscription.none {
            indices.append(index)
            index = topics.subscriptions[index].next
        }
        writer.write(UInt32(indices.count))
        for index in indices {
            let subscription = topics.subscriptions[index]
            writer.write(subscription.variant)
            topics.variants[subscription.variant].topic.save(to: &writer)
            writer.write(subscription.markedEnd)
            writer.write(
                topics.variants[subscription.variant].subscribers[Int(subscription.subscriber)]
                    .cursor)
        }
    }

    private mutating func restore(
        _ saved: SavedSubscription, of slot: UInt32
    ) throws(StateError) {
        guard Int(saved.variant) < topics.variants.endIndex,
            saved.cursor >= topics.variants[saved.variant].log.start,
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
