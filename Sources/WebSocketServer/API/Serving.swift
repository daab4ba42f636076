// A server in one call, on the thread that calls.
import LinuxReactor

/// Serves WebSockets with closures until SIGINT or SIGTERM comes, then stops in order and returns.
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
///   - onOpen: called once for each connection, when messages may be sent to it.
///   - onClose: called once for each connection that was opened, when it has ended.
///   - onMessage: called once for each message; see ``ClosureHandler/OnMessage``.
/// - Throws: if the server cannot start, because the port is in use or a privilege is missing.
public func serve(
    host: String = "127.0.0.1", port: UInt16,
    onOpen: @escaping ClosureHandler.OnOpen = { _, _ in },
    onClose: @escaping ClosureHandler.OnClose = { _, _, _ in },
    onMessage: @escaping ClosureHandler.OnMessage
) throws(SystemError) {
    var configuration = ServerConfiguration(host: host, port: port)
    configuration.stopSignals = [.interrupt, .terminate]
    let handler = ClosureHandler(open: onOpen, close: onClose, message: onMessage)
    try serve(handler, configuration) { listeners in
        for listener in listeners { print("Listening on ws://\(listener.address)") }
    }
}

/// Serves with a handler that shares something with the calling thread, and so must not go to
/// another one, as it can with a ``Server``. Returns when somebody has asked for a stop, by a
/// signal or in the handler, and all connections have ended.
///
/// - Parameters:
///   - handler: the handler, which is called on this thread.
///   - configuration: the same as for a ``Server``.
///   - onListening: called once, with all listening sockets, before the first client is served.
/// - Throws: if the server cannot start, because the port is in use or a privilege is missing.
public func serve<Handler: WebSocketHandler & ~Copyable>(
    _ handler: consuming Handler, _ configuration: ServerConfiguration,
    onListening: ([Listener]) -> Void = { _ in }
) throws(SystemError) {
    let loop = try ServerLoop(handler, configuration)
    onListening(loop.listeners)
    loop.run()
}
