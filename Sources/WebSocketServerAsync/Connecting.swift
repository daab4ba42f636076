// WebSockets to other servers, for programs that have no server.
import LinuxReactor
import WebSocketServer

/// Opens a WebSocket, calls `body` with it, and closes it in order when `body` returns or throws.
///
/// ```swift
/// let answer = try await connect(to: ConnectRequest("ws://127.0.0.1:8080/")) { socket in
///     try await socket.send("Hello!")
///     for try await message in socket.messages { return message.text }
///     return "no answer"
/// }
/// ```
///
/// `body` runs in a task that is cancelled when the connection has ended, or when the calling task
/// is cancelled; the connection is closed with 1001 then. Each call has a loop on a thread of its
/// own. A program with an ``AsyncServer`` has one already: ``AsyncServer/connect(to:_:)``.
///
/// - Parameters:
///   - request: the server, and the opening handshake's fields.
///   - configuration: limits and logger.
///   - bounds: how much may wait for the task, and for the socket.
///   - body: called once, in its task, when the server has accepted.
/// - Returns: what `body` returns.
/// - Throws: a `ConnectionError` if the connection cannot be opened, a `SystemError` if the loop
///   cannot start, `CancellationError`, and what `body` throws.
public func connect<Result: Sendable>(
    to request: ConnectRequest, _ configuration: ClientConfiguration = ClientConfiguration(),
    bounds: SocketBounds = SocketBounds(),
    _ body: @escaping @Sendable (WebSocket) async throws -> Result
) async throws -> Result {
    try await withClientLoop(configuration) { reactor in
        try await reactor.use(try await reactor.open(request, bounds), body)
    }
}

/// Opens a WebSocket and calls `body` with it, again and again: whenever the connection was lost or
/// closed by the server, or could not be opened, it waits (``BackOff``) and connects again. Ends
/// when `body` returns or throws while its connection is open, or has closed it itself.
///
/// ```swift
/// try await stayConnected(to: ConnectRequest("ws://127.0.0.1:8080/")) { socket in
///     try await socket.send("Here I am.")
///     for try await message in socket.messages { print(message.text) }
/// }
/// ```
///
/// Errors that only say that the connection has ended (``SocketClosed``, and `CancellationError`
/// while the calling task is not cancelled) end nothing but their connection. A server that refuses
/// with 400 to 499 would do so again, so that ends it with the error, but for 408, 425 and 429.
///
/// - Parameters:
///   - request: the server, and the opening handshake's fields: the same for each connection.
///   - backOff: how long to wait before a connection.
///   - configuration: limits and logger.
///   - bounds: how much may wait for the task, and for the socket.
///   - body: called once for each connection, in a task of its own.
/// - Throws: what ends it, and `CancellationError` where the calling task is cancelled.
public func stayConnected(
    to request: ConnectRequest, backOff: BackOff = BackOff(),
    _ configuration: ClientConfiguration = ClientConfiguration(),
    bounds: SocketBounds = SocketBounds(),
    _ body: @escaping @Sendable (WebSocket) async throws -> Void
) async throws {
    try await withClientLoop(configuration) { reactor in
        var failureCount = 0
        while true {
            do {
                let socket = try await reactor.open(request, bounds)
                let began = ContinuousClock.now
                if try await reactor.useUntilLost(socket, body) { return }
                if began.duration(to: .now) >= backOff.steadyTime { failureCount = 0 }
            } catch let error as ConnectionError where backOff.isWorthAnotherTry(error) {}
            try await Task.sleep(for: backOff.delay(after: failureCount))
            failureCount += 1
        }
    }
}

extension Reactor {
    /// Serves a connection. Returns whether its task is done, or has lost it.
    fileprivate func useUntilLost(
        _ socket: WebSocket, _ body: @escaping @Sendable (WebSocket) async throws -> Void
    ) async throws -> Bool {
        do {
            return try await use(socket) { socket in
                try await body(socket)
                return socket.hasEndedItself ?? true
            }
        } catch let error where error is SocketClosed || error is CancellationError {
            try Task.checkCancellation()
            return socket.hasEndedItself ?? false
        }
    }
}

extension WebSocket {
    /// Whether this side has ended the connection, or the other one; nil while it is open.
    fileprivate var hasEndedItself: Bool? {
        state.withLock { state in
            switch state.cause {
            case nil: state.isClosedHere ? true : nil
            case .serverClosed: true
            default: false
            }
        }
    }
}

/// Runs a loop without listeners for as long as `body` takes.
private func withClientLoop<Result: Sendable>(
    _ configuration: ClientConfiguration, _ body: (Reactor) async throws -> Result
) async throws -> Result {
    let reactor = Reactor(configuration.logger)
    let client = try WebSocketClient(AsyncHandler(reactor, Service()), configuration)
    reactor.attach(client.mailbox)
    // It is stopped below, also where the calling task is cancelled.
    async let loop: Void = reactor.runLoop("client", stop: {}, { client.run() })
    do {
        let result = try await body(reactor)
        client.stop(grace: .zero)
        try await loop
        return result
    } catch {
        client.stop(grace: .zero)
        try await loop
        throw error
    }
}
