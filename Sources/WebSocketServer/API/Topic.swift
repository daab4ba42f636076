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
    /// It skips everything but the newest message. For a live map, where only the newest counts. A
    /// subscriber whose line is full skips earlier, when what it has missed would take longer than
    /// ``Limits/skipDelay``: what it gets is never old.
    case skipToLatest
    /// It gets the newest message of each key (``TopicKey``) that it has missed, in the order in
    /// which they were last published, and never an older one after a newer one of the same key. A
    /// new subscriber gets each key's newest first. For a map of trains, where of each train only
    /// the last position counts. A subscriber whose line is full goes over to this earlier, as with
    /// ``skipToLatest``. What is kept is bounded by ``Limits/topicKeyCount`` and
    /// ``Limits/retainedByteCount``.
    case latestPerKey
}

extension Topic {
    /// Writes the topic's identity, which it keeps in a hand-over.
    public func save(to writer: inout StateWriter) {
        writer.write(index.rawValue)
        writer.write(generation)
    }

    func save(to fields: inout OutputRawSpan) {
        fields.write(index.rawValue)
        fields.write(generation)
    }

    init(from reader: borrowing StateReader, _ fields: inout StateFields) {
        index = TopicIndex(rawValue: reader.next(&fields))
        generation = reader.next(&fields)
    }

    /// Reads what ``save(to:)`` wrote; throws if the bytes end too early.
    public init(from reader: inout StateReader) throws(StateError) {
        index = TopicIndex(rawValue: try reader.read())
        generation = try reader.read()
    }
}
