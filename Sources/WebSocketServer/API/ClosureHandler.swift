// A handler made of closures instead of a type of its own.
import LinuxReactor
import WebSocketCore

/// A handler made of closures, for programs that need no handler type of their own.
public struct ClosureHandler: WebSocketHandler {
    /// Called once for each connection, when messages may be sent to it. An error that it throws
    /// closes the connection, as for ``OnMessage``.
    public typealias OnOpen = (ConnectionID, inout ServerContext) throws -> Void
    /// Called once for each connection that was opened, when it has ended.
    public typealias OnClose = (ConnectionID, CloseCause, inout ServerContext) -> Void
    /// Called once for each message, in the order of sending. An error that it throws closes the
    /// connection: a ``Disconnect`` as it says, any other with 1011, and that is logged.
    public typealias OnMessage = (
        borrowing Message, ConnectionID, inout ServerContext
    ) throws -> Void

    private let open: OnOpen
    private let close: OnClose
    private let message: OnMessage

    /// Makes a handler of three closures, of which only `onMessage` is required. Each is called as
    /// the method of ``WebSocketHandler`` with its name is, on the server's thread. So it must not
    /// share variables with other threads; the compiler checks that (`sending`). Closures that
    /// share something with the calling thread go to
    /// ``serve(host:port:onOpen:onClose:onMessage:)``.
    public init(
        onOpen: sending @escaping OnOpen = { _, _ in },
        onClose: sending @escaping OnClose = { _, _, _ in },
        onMessage: sending @escaping OnMessage
    ) {
        self.init(open: onOpen, close: onClose, message: onMessage)
    }

    /// The same for closures that stay on the calling thread.
    init(open: @escaping OnOpen, close: @escaping OnClose, message: @escaping OnMessage) {
        self.open = open
        self.close = close
        self.message = message
    }

    public mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws {
        try open(id, &io)
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
