// Topics and their logs, written and restored with the same indices.
import LinuxReactor
import Storage
import WebSocketCore

extension ServerContext {
    func saveTopics(to writer: inout StateWriter) {
        writer.write(topics.generation)
        writer.write(UInt32(topics.states.endIndex))
        let areKept = topics.variants.indices.map { isHandedOver($0) }
        for index in topics.states.indices {
            writer.write(topics.states[index].isTaken)
            guard topics.states[index].isTaken else { continue }
            writer.writeRecord { saveTopic(index, areKept, to: &$0) }
        }
        writer.write(UInt32(topics.variants.endIndex))
        for index in topics.variants.indices {
            let isKept = areKept[Int(index.rawValue)]
            writer.write(isKept)
            if isKept { writer.writeRecord { topics.variants[index].save(to: &$0) } }
        }
    }

    private func saveTopic(
        _ index: TopicIndex, _ areKept: [Bool], to writer: inout StateWriter
    ) {
        writer.write(topics.states[index].generation)
        writer.write(topics.states[index].policy.rawValue)
        writer.write(Int64(topics.states[index].logByteLimit))
        writer.write(topics.states[index].name ?? "")
        for encoding in Encoding.allCases {
            let variant = topics.states[index].variants[Int(encoding.rawValue)]
            let isKept = variant != .none && areKept[Int(variant.rawValue)]
            writer.write(isKept ? variant.rawValue : VariantIndex.none.rawValue)
        }
        let retained = topics.states[index].retained
        if retained != .none { topics.retained[retained].save(to: &writer) }
    }

    /// Whether a subscriber of the variant goes on, which needs its log.
    private func isHandedOver(_ variant: VariantIndex) -> Bool {
        for index in 0..<topics.variants[variant].subscribers.count
        where canBeHandedOver(topics.variants[variant].subscribers[index].connection) {
            return true
        }
        return false
    }

    mutating func restoreTopics(from reader: inout StateReader) throws(StateError) {
        topics.generation = try reader.read()
        let restored = try readTopics(&reader)
        topics.states.restoreLayout(
            restored.count, isTaken: { restored[Int($0.rawValue)] != nil },
            making: { TopicState() })
        topics.names.reserveCapacity(restored.count)
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
            guard try reader.readBool() else {
                saved.append(nil)
                continue
            }
            saved.append(
                try reader.readRecord { reader throws(StateError) in
                    try SavedVariant(from: &reader)
                })
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
            let outerEnd = try reader.enterRecord()
            var topic = try SavedTopic(from: &reader)
            if topic.policy == .latestPerKey {
                topic.retained = topics.retained.allocate(RetainedMessages())
                try topics.retained[topic.retained].restore(from: &reader)
            }
            try reader.leaveRecord(outerEnd)
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
    var variants: InlineArray<3, VariantIndex> = [.none, .none, .none]
    var retained = TableIndex<RetainedMessages>.none

    init(from reader: inout StateReader) throws(StateError) {
        generation = try reader.read()
        policy = try SlowConsumerPolicy(from: &reader)
        logByteLimit = try reader.readCount()
        name = try reader.readString()
        for index in variants.indices {
            variants[index] = VariantIndex(rawValue: try reader.read())
        }
    }

    func apply(to topic: inout TopicState) {
        topic.isTaken = true
        topic.generation = generation
        topic.policy = policy
        topic.logByteLimit = logByteLimit
        topic.name = name.isEmpty ? nil : name
        topic.retained = retained
        topic.variants = variants
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
        writer.write(hasEvents)
        writer.write(log.start)
        writer.write(log.latestFrame)
        writer.write(log.frames)
    }
}

private struct SavedVariant {
    let policy: SlowConsumerPolicy
    let logByteLimit: Int
    let hasEvents: Bool
    let start: UInt64
    let latestFrame: UInt64
    let frames: ArraySlice<UInt8>

    init(from reader: inout StateReader) throws(StateError) {
        policy = try SlowConsumerPolicy(from: &reader)
        logByteLimit = try reader.readCount()
        hasEvents = try reader.readBool()
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
        variant.hasEvents = hasEvents
        variant.log = log
        // No subscriber counts as swept: the next pass looks at every cursor.
        variant.deliveredFloor = start
        variant.passEnd = start
    }
}
