// A handler whose connections survive a crash of the process.
import Storage

/// A handler whose connections go on after a crash: SIGKILL, a fault, a watchdog.
///
/// It needs a ``ServerConfiguration/descriptorStore``. A copy of each connection waits there from a
/// second or two after its opening handshake on, and beside it a note of what the handler needs to
/// go on with it. The next process takes both. A connection goes on if it was at rest: nothing of a
/// message had come or gone in part, no answer was due (``ServerContext/setOwing(_:_:)``), and
/// the kernel confirms that not a byte has moved since. All others are reset, so that their clients
/// come back. An encrypted connection (TLS) never goes on, nor does a connection that is subscribed
/// to more than 12 topics with a place, or that keeps a compression window from message to message.
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
    /// Returns whether the handler has it now: then `onClose` will be called for it, soon if it is
    /// ``RecoveredState/lost``. If it is false, or this throws, an open connection is closed with
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
