// A handler whose state another process takes over.
import Storage

/// A handler that passes its state to the process that takes over its connections.
public protocol HandOverHandler: WebSocketHandler, ~Copyable {
    /// Writes everything that must survive a hand-over to another process. Called at most once, as
    /// the last callback. ``Server`` does not hand over by itself yet.
    func save(to writer: inout StateWriter, _ io: borrowing ServerContext)

    /// Reads everything that ``save(to:_:)`` wrote, before any other callback. Topics and
    /// connections have the same IDs as before. A thrown error ends the hand-over.
    mutating func restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError)
}

extension HandOverHandler where Self: ~Copyable {
    public func _save(to writer: inout StateWriter, _ io: borrowing ServerContext) {
        save(to: &writer, io)
    }

    public mutating func _restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError) {
        try restore(from: &reader, &io)
    }
}
