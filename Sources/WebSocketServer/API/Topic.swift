// The name of a topic, and what happens to subscribers that cannot keep up.
import Storage

/// Names one topic of one server: ``ServerContext/makeTopic(policy:logByteLimit:)`` makes one. It may be
/// kept for ever; once the topic is removed it stands for nothing.
public struct Topic: Hashable, Sendable, BitwiseCopyable {
    let index: TopicIndex
    let generation: UInt32
}

/// What becomes of a subscriber that is further behind than the topic's log reaches
/// (``Limits/topicLogByteCount``).
public enum SlowConsumerPolicy: UInt8, Sendable, BitwiseCopyable {
    /// Close 4001: it should reconnect and fetch what it missed. For a chat.
    case disconnect
    /// It loses everything but the newest message. For a live map, where only the newest counts.
    case skipToLatest
}

/// How messages of a topic are encoded for a connection: one log for each in use, so that a message
/// is encoded once however many subscribers it has.
enum Encoding: UInt8, CaseIterable, BitwiseCopyable {
    case plain
    /// Compressed with the largest window (RFC 7692), where that makes a message shorter.
    case deflated
}

/// A topic: its policy and one variant for each encoding that a subscriber uses.
struct TopicState: ~Copyable {
    /// Variants by encoding; `none` where no subscriber uses one.
    var variants: InlineArray<2, VariantIndex> = [.none, .none]
    var generation: UInt32 = 0
    var policy = SlowConsumerPolicy.disconnect
    var logByteLimit = 0
    var name: String?
    var isTaken = false
}

extension Topic {
    /// Writes the name for a hand-over, in which topics keep their names.
    public func save(to writer: inout StateWriter) {
        writer.write(index.rawValue)
        writer.write(generation)
    }

    /// Reads what ``save(to:)`` wrote; throws if the bytes end too early.
    public init(from reader: inout StateReader) throws(StateError) {
        index = TopicIndex(rawValue: try reader.read())
        generation = try reader.read()
    }
}
