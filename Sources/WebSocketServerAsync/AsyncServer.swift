// The server as a program with async functions uses it.
import LinuxReactor
import WebSocketServer

/// A WebSocket server that calls an async closure for each connection.
///
/// ```swift
/// let server = try AsyncServer(ServerConfiguration(port: 8080)) { socket in
///     for try await message in socket.messages { try await socket.send(message) }
/// }
/// try await server.run()
/// ```
///
/// Each connection has one task. It begins when the connection is open, and is cancelled when the
/// connection has ended. A closure that returns closes its connection normally; a thrown
/// `Disconnect` closes it as that says, and any other error with 1011, which is logged.
///
/// Tasks run on the loop's thread, in the turn in which their messages come, so the closure must
/// not block: it awaits what takes time. What it awaits may run anywhere.
public final class AsyncServer: Sendable {
    private let server: Server<AsyncHandler>
    private let reactor: Reactor
    private let bounds: SocketBounds

    /// The addresses that the server listens on for clients, with the actual ports.
    public var addresses: [NetworkAddress] { server.addresses }
    /// All listening sockets, for clients and for operating the server.
    public var listeners: [Listener] { server.listeners }

    /// Binds the listening sockets. Clients can connect from then on; ``run()`` serves them.
    ///
    /// - Parameters:
    ///   - configuration: where to listen, and the limits: the same as for a `Server`.
    ///   - bounds: how much may wait for a task, and for a socket.
    ///   - shouldUpgrade: called for each opening handshake, on the loop's thread; see
    ///     `WebSocketHandler.onUpgrade(_:)`. It returns what to add to the answer, or throws a
    ///     `HandshakeRejection`. The default accepts every path.
    ///   - respond: answers plain HTTP requests, on the loop's thread; the default is
    ///     `HTTPResponse.webSocketOnly(_:)`.
    ///   - serve: called once for each connection, in its task.
    /// - Throws: what went wrong, in a sentence for a person: a port is in use, a privilege is
    ///   missing.
    public init(
        _ configuration: ServerConfiguration, bounds: SocketBounds = SocketBounds(),
        shouldUpgrade: @escaping @Sendable (borrowing HTTPRequest) throws -> UpgradeReply = { _ in
            UpgradeReply()
        },
        respond: @escaping @Sendable (borrowing HTTPRequest) -> HTTPResponse = {
            .webSocketOnly($0.head)
        },
        serve: @escaping @Sendable (WebSocket) async throws -> Void
    ) throws(SystemError) {
        self.bounds = bounds
        reactor = Reactor(configuration.logger)
        let service = Service(
            bounds: bounds, subprotocols: configuration.subprotocols,
            shouldUpgrade: shouldUpgrade, respond: respond, serve: serve)
        server = try Server(AsyncHandler(reactor, service), configuration)
        reactor.attach(server.mailbox)
    }

    deinit { reactor.loopEnded() }

    /// Serves on a thread of its own until somebody asks for a stop, by a stop signal or
    /// ``stop(grace:restarting:)``, and returns when all connections and all of their tasks have
    /// ended. Where the calling task is cancelled, the server stops in order. Call it once: a
    /// second call ends the process.
    ///
    /// - Throws: if the system has no more threads.
    public func run() async throws(SystemError) {
        let server = server
        try await reactor.runLoop("server", stop: { server.stop() }, { server.run() })
    }

    /// Stops the server in order, from any thread and at any time: it accepts no more connections
    /// and closes the open ones, each of which ends its task. It returns at once; ``run()`` returns
    /// at the end.
    ///
    /// - Parameters:
    ///   - grace: the time over which the Closes are spread, at most; nil for 5 s, or none for a
    ///     restart.
    ///   - restarting: tells the peers that the server will be back at once (Close 1012).
    public func stop(grace: Duration? = nil, restarting: Bool = false) {
        server.stop(grace: grace, restarting: restarting)
    }

    /// Calls `body` with the server's state on the loop's thread: to publish, to count, to make
    /// topics. It must not block. Before ``run()`` it waits for that.
    ///
    /// - Throws: ``ServerStopped`` if the loop has ended, and what `body` throws.
    public nonisolated(nonsending) func withContext<Result: Sendable>(
        _ body: @Sendable (inout ServerContext) throws -> Result
    ) async throws -> Result {
        try await reactor.perform(body)
    }

    /// Opens a WebSocket to another server in this server's loop, and calls `body` with it, in a
    /// task that is cancelled when the connection has ended. The connection is closed when `body`
    /// returns or throws.
    ///
    /// - Returns: what `body` returns.
    /// - Throws: a `ConnectionError` if the connection cannot be opened, `CancellationError`, and
    ///   what `body` throws.
    public func connect<Result: Sendable>(
        to request: ConnectRequest,
        _ body: @escaping @Sendable (WebSocket) async throws -> Result
    ) async throws -> Result {
        let socket = try await reactor.open(request, bounds)
        return try await reactor.use(socket, body)
    }
}
