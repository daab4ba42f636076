// Topics: their identity, their policy for subscribers that cannot keep up, and their state.
import Storage

/// Identifies one topic of one server; ``ServerContext/makeTopic(policy:logByteLimit:)`` makes one.
/// It may be kept without limit: once the topic is removed, using it does nothing.
public struct Topic: Hashable, Sendable, BitwiseCopyable {
    let index: TopicIndex
    let generation: UInt32
}

/// What happens to a subscriber that is further behind than the topic's log may reach
/// (``Limits/topicLogByteCount``).
public enum SlowConsumerPolicy: UInt8, Sendable, BitwiseCopyable {
    /// It is closed with ``Limits/slowConsumerCloseCode``, and should reconnect and fetch what it
    /// missed. For a chat.
    case disconnect
    /// It skips everything but the newest message. For a live map, where only the newest counts.
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
    /// Writes the topic's identity, which it keeps in a hand-over.
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
