// How far a topic has come, for the process after a crash.

/// How far a topic has come, in the handler's own numbering: what was published last.
///
/// ``ServerContext/setPlace(of:_:)`` sets it with each message that the handler could send again
/// after a crash, since it is in a database, for example.
public struct TopicPlace: Hashable, Sendable, BitwiseCopyable {
    /// Which topic it is, for the handler of the next process: ``Topic`` means nothing there.
    public var topic: UInt64
    /// The number of the last message.
    public var offset: UInt64
    /// Which numbering it belongs to.
    public var epoch: UInt64

    /// The place of a message.
    public init(topic: UInt64, offset: UInt64, epoch: UInt64) {
        self.topic = topic
        self.offset = offset
        self.epoch = epoch
    }
}
