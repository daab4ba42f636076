// A server in one call, on the thread that calls: for a program that does nothing else.
import LibC
import LinuxReactor

/// Serves WebSockets with closures until SIGINT or SIGTERM comes, then stops in order and returns.
/// Prints its addresses to the standard output. Pages of the same host may connect
/// (``OriginPolicy/sameHost``), and all ``Limits`` have their defaults.
///
/// ```swift
/// serve(port: 8080) { message, id, io in
///     io.send("You said: \(message.text)", to: id)
/// }
/// ```
///
/// If the server cannot start, because the port is in use or a privilege is missing, this says so
/// on the standard error and ends the program with status 1. A ``Server`` throws that instead.
///
/// - Parameters:
///   - host: the name or address to listen on; by default only this machine can connect.
///   - port: the TCP port; 0 takes a free one.
///   - onOpen: called once for each connection, when messages may be sent to it.
///   - onClose: called once for each connection that was opened, when it has ended.
///   - onMessage: called once for each message; see ``ClosureHandler/OnMessage``.
public func serve(
    host: String = "127.0.0.1", port: UInt16,
    onOpen: @escaping ClosureHandler.OnOpen = { _, _ in },
    onClose: @escaping ClosureHandler.OnClose = { _, _, _ in },
    onMessage: @escaping ClosureHandler.OnMessage
) {
    serve(
        ClosureHandler(open: onOpen, close: onClose, message: onMessage),
        ServerConfiguration(host: host, port: port))
}

/// Serves with a handler, on the calling thread, until SIGINT or SIGTERM comes or the handler asks
/// for a stop, and all connections have ended.
///
/// ```swift
/// serve(Chat(), ServerConfiguration(port: 8080))
/// ```
///
/// The handler may share something with the rest of the program, since both run on this thread; a
/// ``Server`` can go to another thread, so its handler must not. If the server cannot start, this
/// says so on the standard error and ends the program with status 1. A ``Server`` throws that
/// instead.
///
/// - Parameters:
///   - handler: the handler, which is called on this thread.
///   - configuration: the same as for a ``Server``. Where it has no
///     ``ServerConfiguration/stopSignals``, they are SIGINT and SIGTERM.
///   - onListening: called once, with all listening sockets, before the first client is served. By
///     default it prints their addresses. The standard output is flushed after it.
public func serve<Handler: WebSocketHandler & ~Copyable>(
    _ handler: consuming Handler, _ configuration: ServerConfiguration,
    onListening: ([Listener]) -> Void = printAddresses
) {
    var configuration = configuration
    if configuration.stopSignals.isEmpty { configuration.stopSignals = [.interrupt, .terminate] }
    let loop: ServerLoop<Handler>
    do {
        loop = try ServerLoop(handler, configuration)
    } catch {
        let sentence = "\(error)\n"
        _ = unsafe write(STDERR_FILENO, sentence, sentence.utf8.count)
        exit(EXIT_FAILURE)
    }
    onListening(loop.listeners)
    // What it has printed appears at once, even in a file, a pipe or a journal.
    fflush(nil)
    loop.run()
}

/// Prints the addresses for clients to the standard output, as ``serve(_:_:onListening:)`` does,
/// and flushes it, so that they appear at once even in a file, a pipe or a journal.
public func printAddresses(of listeners: [Listener]) {
    for listener in listeners where listener.kind.servesClients {
        print("Listening on \(listener.kind == .tls ? "wss" : "ws")://\(listener.address)")
    }
    fflush(nil)
}
