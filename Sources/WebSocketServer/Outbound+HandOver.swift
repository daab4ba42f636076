// The tables of a server, written down and laid out again with the same numbers.
import Glibc
import LinuxReactor
import Storage
import WebSocketCore

// MARK: - Topics

extension Outbound {
    func saveTopics(to writer: inout StateWriter) {
        writer.write(topicGeneration)
        writer.write(UInt32(topics.bound))
        for index in 0..<UInt32(topics.bound) {
            writer.write(topics[index].isTaken)
            guard topics[index].isTaken else { continue }
            writer.write(topics[index].generation)
            writer.write(topics[index].policy.rawValue)
            writer.write(Int64(topics[index].logByteLimit))
            writer.write(topics[index].name ?? "")
            for encoding in Encoding.allCases {
                writer.write(topics[index].lanes[Int(encoding.rawValue)])
            }
        }
        writer.write(UInt32(lanes.bound))
        for index in 0..<UInt32(lanes.bound) {
            writer.write(lanes[index].members.count > 0)
            if lanes[index].members.count > 0 { lanes[index].save(to: &writer) }
        }
    }

    mutating func restoreTopics(from reader: inout StateReader) throws(StateError) {
        topicGeneration = try reader.read()
        let restored = try Self.readTopics(&reader)
        topics.lay(out: restored.count, isTaken: { restored[Int($0)] != nil }) { TopicState() }
        for (index, saved) in restored.enumerated() {
            guard let saved else { continue }
            saved.apply(to: &topics[UInt32(index)])
            if !saved.name.isEmpty {
                topicNames[saved.name] = Topic(
                    index: UInt32(index), generation: saved.generation)
            }
        }
        let laneCount = try reader.read(UInt32.self)
        var saved: [SavedLane?] = []
        for _ in 0..<laneCount {
            saved.append(try reader.readBool() ? try SavedLane(from: &reader) : nil)
        }
        lanes.lay(out: saved.count, isTaken: { saved[Int($0)] != nil }) { TopicLane() }
        for (index, lane) in saved.enumerated() {
            guard let lane else { continue }
            try lane.apply(to: &lanes[UInt32(index)])
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
    let policy: SlowMemberPolicy
    let logByteLimit: Int
    let name: String
    var lanes: [UInt32] = []

    init(from reader: inout StateReader) throws(StateError) {
        generation = try reader.read()
        policy = try SlowMemberPolicy(from: &reader)
        logByteLimit = try reader.readCount()
        name = try reader.readString()
        for _ in Encoding.allCases { lanes.append(try reader.read()) }
    }

    func apply(to topic: inout TopicState) {
        topic.isTaken = true
        topic.generation = generation
        topic.policy = policy
        topic.logByteLimit = logByteLimit
        topic.name = name.isEmpty ? nil : name
        for (index, lane) in lanes.enumerated() { topic.lanes[index] = lane }
    }
}

extension SlowMemberPolicy {
    fileprivate init(from reader: inout StateReader) throws(StateError) {
        let value = try reader.read(UInt8.self)
        guard let policy = Self(rawValue: value) else {
            throw StateError("\(value) is no policy")
        }
        self = policy
    }
}

extension TopicLane {
    fileprivate func save(to writer: inout StateWriter) {
        writer.write(policy.rawValue)
        writer.write(Int64(logByteLimit))
        writer.write(log.start)
        writer.write(log.latestFrame)
        writer.write(log.frames)
    }
}

private struct SavedLane {
    let policy: SlowMemberPolicy
    let logByteLimit: Int
    let start: UInt64
    let latestFrame: UInt64
    let frames: ArraySlice<UInt8>

    init(from reader: inout StateReader) throws(StateError) {
        policy = try SlowMemberPolicy(from: &reader)
        logByteLimit = try reader.readCount()
        start = try reader.read()
        latestFrame = try reader.read()
        frames = try reader.readBytes()
    }

    func apply(to lane: inout TopicLane) throws(StateError) {
        guard
            let log = TopicLog(start: start, latestFrame: latestFrame, frames: frames.span)
        else { throw StateError("a topic's log is damaged") }
        lane.policy = policy
        lane.logByteLimit = logByteLimit
        lane.log = log
        // Nobody counts as swept: the next pass looks at every cursor.
        lane.floor = start
        lane.passStart = start
    }
}

// MARK: - Connections

extension Outbound {
    /// Returns the descriptors in the order in which the connections are written.
    func saveConnections(to writer: inout StateWriter) -> [FileDescriptor] {
        writer.write(lastResourceId)
        writer.write(UInt32(connections.bound))
        var slots: [UInt32] = []
        for slot in 0..<UInt32(connections.bound) where connections[slot].canBeHandedOver {
            slots.append(slot)
        }
        writer.write(UInt32(slots.count))
        for slot in slots {
            writer.write(slot)
            connections[slot].save(to: &writer)
            saveCompression(of: slot, to: &writer)
            saveSubscriptions(of: slot, to: &writer)
        }
        saveDials(to: &writer)
        return slots.map { connections[$0].descriptor }
    }

    /// Four million: a damaged number must not make a table of gigabytes.
    private static var restoredBound: UInt32 { 1 << 22 }

    /// Returns the slots that are taken now.
    mutating func restoreConnections(
        from reader: inout StateReader, _ descriptors: [FileDescriptor]
    ) throws(StateError) -> [UInt32] {
        lastResourceId = try reader.read()
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
        connections.lay(
            out: Int(bound), isTaken: { restored[$0] != nil || dials[$0] != nil }
        ) { Connection() }
        for (slot, resourceId) in dials { endDial(slot, resourceId) }
        for slot in slots {
            guard let saved = restored[slot] else { continue }
            try saved.apply(to: &connections[slot])
            if let compression = saved.compression { restore(compression, of: slot) }
            for subscription in saved.subscriptions { try restore(subscription, of: slot) }
        }
        for lane in 0..<UInt32(lanes.bound) where lanes[lane].members.count > 0 {
            queueLane(lane)
        }
        return slots
    }

    /// Connections outward that are still being made are not handed over, only their names: whoever
    /// takes over tells the handler that nothing came of them.
    private func saveDials(to writer: inout StateWriter) {
        let slots = (0..<UInt32(connections.bound)).filter {
            connections[$0].flags.contains(.dialing)
        }
        writer.write(UInt32(slots.count))
        for slot in slots {
            writer.write(slot)
            writer.write(connections[slot].resourceId)
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

    private mutating func endDial(_ slot: UInt32, _ resourceId: UInt64) {
        connections[slot].resourceId = resourceId
        connections[slot].flags = [.client, .dialing]
        connections[slot].phase = .connecting
        giveUpDial(slot, .connectFailed(ECANCELED))
    }

    private func saveSubscriptions(of slot: UInt32, to writer: inout StateWriter) {
        var indices: [UInt32] = []
        var index = connections[slot].firstSubscription
        while index != Subscription.none {
            indices.append(index)
            index = subscriptions[index].next
        }
        writer.write(UInt32(indices.count))
        for index in indices {
            let subscription = subscriptions[index]
            writer.write(subscription.lane)
            lanes[subscription.lane].topic.save(to: &writer)
            writer.write(subscription.markedEnd)
            writer.write(lanes[subscription.lane].members[Int(subscription.member)].cursor)
        }
    }

    private mutating func restore(
        _ saved: SavedSubscription, of slot: UInt32
    ) throws(StateError) {
        guard Int(saved.lane) < lanes.bound, saved.cursor >= lanes[saved.lane].log.start,
            saved.cursor <= lanes[saved.lane].log.end
        else { throw StateError("a subscription is damaged") }
        let member = UInt32(lanes[saved.lane].members.count)
        let subscription = subscriptions.take(
            Subscription(
                lane: saved.lane, member: member, next: connections[slot].firstSubscription,
                markedEnd: saved.markedEnd))
        lanes[saved.lane].topic = saved.topic
        connections[slot].firstSubscription = subscription
        lanes[saved.lane].members.append(
            Member(cursor: saved.cursor, connection: slot, subscription: subscription))
    }
}
