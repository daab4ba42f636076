// A handler whose connections survive a crash of the process.
import Storage

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

/// What became of a connection when the process before crashed.
public enum RecoveredState: Hashable, Sendable {
    /// It goes on where it was: everything that came from it was answered, and it has everything
    /// that was sent to it.
    case open
    /// Its client has lost it, or is about to, and may come back: `onClose` follows.
    case lost
}

/// A handler whose connections go on after a crash: SIGKILL, a fault, a watchdog.
///
/// It needs a ``ServerConfiguration/descriptorStore``. A copy of each connection waits there from a
/// second or two after its opening handshake on, and beside it a note of what the handler needs to
/// go on with it. The next process takes both. A connection goes on if it was at rest: nothing of a
/// message had come or gone in part, nothing was owed to it (``ServerContext/setOwing(_:_:)``), and
/// the kernel confirms that not a byte was moved since the note. All others are reset, so that
/// their clients come back. An encrypted connection (TLS) never goes on, nor one with more than 12
/// subscriptions, nor one that keeps a compression window.
///
/// What was published to a topic with a place (``ServerContext/setPlace(of:_:)``) and had not
/// reached a subscriber is for the next handler to send. What was published without one may be
/// lost.
public protocol RecoveryHandler: WebSocketHandler, ~Copyable {
    /// Writes what the handler of the next process needs to go on with this connection, in 640
    /// bytes at most; topics and their places need not be in it. Called at the end of a turn: once
    /// some time after `onOpen`, after each ``ServerContext/connectionChanged(_:)``, and for all
    /// connections after a hand-over. Returns false if it cannot go on: then it is reset in a
    /// crash, without a word to the next handler, unless
    /// ``ServerContext/connectionChanged(_:)`` says later that there is something to write.
    func saveConnection(
        _ id: ConnectionID, to writer: inout StateWriter, _ io: borrowing ServerContext
    ) -> Bool

    /// Takes a connection of a process that has crashed: what ``saveConnection(_:to:_:)`` wrote,
    /// and how far it has come in each topic that it was subscribed to. Called once for each, after
    /// ``OperationsHandler/onStart(_:)-(ServerContext)`` and before anything else, instead of
    /// `onOpen`. It has its old resource number, and no subscriptions. Send what it has missed of
    /// each topic, and subscribe it again.
    ///
    /// Returns whether the handler has it now: then `onClose` will be called for it, at once if it
    /// is ``RecoveredState/lost``. If it is false, or this throws, an open connection is closed with
    /// 1012, and the handler hears nothing more of it.
    mutating func recoverConnection(
        _ id: ConnectionID, _ state: RecoveredState, from reader: inout StateReader,
        places: [TopicPlace], _ io: inout ServerContext
    ) throws(StateError) -> Bool
}

extension RecoveryHandler where Self: ~Copyable {
    public static var _recovers: Bool { true }

    public func _saveConnection(
        _ id: ConnectionID, to writer: inout StateWriter, _ io: borrowing ServerContext
    ) -> Bool {
        saveConnection(id, to: &writer, io)
    }

    public mutating func _recoverConnection(
        _ id: ConnectionID, _ state: RecoveredState, from reader: inout StateReader,
        places: [TopicPlace], _ io: inout ServerContext
    ) throws(StateError) -> Bool {
        try recoverConnection(id, state, from: &reader, places: places, &io)
    }
}
