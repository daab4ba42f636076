// A client in three lines: closures instead of a handler type, for one connection.
import LinuxReactor
import WebSocketCore

/// Opens one WebSocket, calls the closures until it ends, and returns the cause. SIGINT and SIGTERM
/// close it in order.
///
/// ```swift
/// let cause = try connect(
///     ConnectRequest("ws://127.0.0.1:8080/"), onOpen: { id, io in io.send("Hello!", to: id) }
/// ) { message, id, io in
///     print(message.text)
///     io.close(id)
/// }
/// ```
///
/// - Parameters:
///   - request: the server, and the opening handshake's fields.
///   - onOpen: called once, when the server has accepted.
///   - onMessage: called once for each message, in the order of sending. An error that it throws
///     closes the connection.
/// - Returns: why the connection ended, or failed to open; the log has the words of `onError`.
/// - Throws: only if the loop cannot start, for lack of descriptors.
/// For a program that does more, write a ``WebSocketHandler`` and run it in a ``WebSocketClient``.
@discardableResult
public func connect(
    _ request: ConnectRequest,
    onOpen: @escaping ClosureHandler.OnOpen = { _, _ in },
    onMessage: @escaping ClosureHandler.OnMessage
) throws(SystemError) -> CloseCause {
    var configuration = ClientConfiguration()
    configuration.stopSignals = [.interrupt, .terminate]
    let outcome = Outcome()
    let handler = OneConnection(
        request: request, open: onOpen, message: onMessage, outcome: outcome)
    try ServerLoop(handler, ServerConfiguration(configuration)).run()
    guard let cause = outcome.cause else { preconditionFailure("every connect has its close") }
    return cause
}

/// The result of the handler, which outlives its loop.
private final class Outcome {
    var cause: CloseCause?
}

private struct OneConnection: OperationsHandler {
    let request: ConnectRequest
    let open: ClosureHandler.OnOpen
    let message: ClosureHandler.OnMessage
    let outcome: Outcome

    mutating func onStart(_ io: inout ServerContext) { io.connect(request) }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws {
        try open(id, &io)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws {
        try self.message(message, id, &io)
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        // The closures may have opened other connections: the first one that ends counts.
        guard outcome.cause == nil else { return }
        outcome.cause = cause
        io.stop()
    }
}
