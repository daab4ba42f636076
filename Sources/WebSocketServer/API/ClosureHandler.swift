// A server in ten lines: closures instead of a handler type.
import LinuxReactor
import WebSocketCore

/// A handler made of closures, for programs that need no handler type of their own.
public struct ClosureHandler: WebSocketHandler {
    /// Called once for each message, in the order of sending. An error that it throws closes the
    /// connection.
    public typealias OnMessage = (
        borrowing Message, ConnectionID, inout ServerContext
    ) throws(Disconnect) -> Void

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

    public mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        open(id, &io)
    }

    public mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {
        try self.message(message, id, &io)
    }

    public mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext)
    {
        close(id, cause, &io)
    }
}

/// Serves WebSockets with a closure until SIGINT or SIGTERM comes, then stops in order and returns.
/// Prints its addresses to the standard output. Pages of the same host may connect
/// (``OriginPolicy/sameHost``), and all ``Limits`` have their defaults.
///
/// ```swift
/// try serve(port: 8080) { message, id, io in
///     io.send("You said: \(message.text)", to: id)
/// }
/// ```
///
/// - Parameters:
///   - host: the name or address to listen on; by default only this machine can connect.
///   - port: the TCP port; 0 takes a free one.
///   - onMessage: called once for each message; see ``ClosureHandler/OnMessage``.
/// - Throws: if the server cannot start, because the port is in use or a privilege is missing.
public func serve(
    host: String = "127.0.0.1", port: UInt16, onMessage: @escaping ClosureHandler.OnMessage
) throws(SystemError) {
    var configuration = ServerConfiguration(host: host, port: port)
    configuration.stopSignals = [.interrupt, .terminate]
    let server = try Server(ClosureHandler(onMessage: onMessage), configuration)
    for address in server.addresses { print("Listening on ws://\(address)") }
    server.run()
}
