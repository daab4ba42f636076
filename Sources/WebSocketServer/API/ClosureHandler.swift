// A handler made of closures instead of a type of its own.
import LinuxReactor
import WebSocketCore

/// A handler made of closures, for programs that need no handler type of their own.
public struct ClosureHandler: WebSocketHandler {
    /// Called once for each message, in the order of sending. An error that it throws closes the
    /// connection: a ``Disconnect`` as it says, any other with 1011, and that is logged.
    public typealias OnMessage = (
        borrowing Message, ConnectionID, inout ServerContext
    ) throws -> Void

    private let message: OnMessage
    private let open: (ConnectionID, inout ServerContext) -> Void
    private let close: (ConnectionID, CloseCause, inout ServerContext) -> Void

    /// Makes a handler of three closures, of which only `onMessage` is required. Each is called as
    /// the method of ``WebSocketHandler`` with its name is, on the server's thread.
    public init(
        onOpen: @escaping (ConnectionID, inout ServerContext) -> Void = { _, _ in },
        onClose: @escaping (ConnectionID, CloseCause, inout ServerContext) -> Void = { _, _, _ in },
        onMessage: @escaping OnMessage
    ) {
        message = onMessage
        open = onOpen
        close = onClose
    }

    public mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        open(id, &io)
    }

    public mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws {
        try self.message(message, id, &io)
    }

    public mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext)
    {
        close(id, cause, &io)
    }
}
