// A handler whose state another process takes over.
import Storage

/// A handler that passes its state to the process that takes over its connections.
public protocol HandOverHandler: WebSocketHandler, ~Copyable {
    /// Writes everything that must survive a hand-over to another program: see
    /// ``Server/reexec(_:onFailure:)``. Called twice for each, between two turns: for the check,
    /// after which the server serves on, and as the last callback before the other program takes
    /// over. If that fails, callbacks go on.
    func save(to writer: inout StateWriter, _ io: borrowing ServerContext)

    /// Reads everything that ``save(to:_:)`` wrote, before any other callback. Topics and
    /// connections have the same IDs as before. A thrown error ends the hand-over.
    ///
    /// It is called in the program that takes over, and before that in a child of which nothing is
    /// left, to see whether it throws: it should do nothing but read. Where the handler of the
    /// program before was no ``HandOverHandler``, the reader is at its end at once.
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
