// One connection, as its task sees it.
import Synchronization
import WebSocketServer

/// A WebSocket and its task: read it, send on it, subscribe it to topics.
///
/// It may be passed to other tasks and threads. A task that runs on the loop's thread, as the
/// connection's own and its child tasks do, pays for no change of threads.
public final class WebSocket: Sendable {
    /// What is known of the opening handshake.
    public let request: UpgradeRequest
    /// The connection's name in the server: for ``withContext(_:)``, and in logs.
    public let id: ConnectionID

    let reactor: Reactor
    let bounds: SocketBounds
    let state = Mutex(SocketState())

    init(_ id: ConnectionID, _ request: UpgradeRequest, _ reactor: Reactor, _ bounds: SocketBounds)
    {
        self.id = id
        self.request = request
        self.reactor = reactor
        self.bounds = bounds
    }

    deinit {
        reactor.unreadByteCount.subtract(state.withLock { $0.byteCount }, ordering: .relaxed)
    }

    /// The messages of the peer, in the order of sending. The sequence ends when the connection
    /// has: ``closeCause`` says why. Messages that came before are still delivered first, also to a
    /// task that has been cancelled for the end. While the connection is open, `next` of a
    /// cancelled task throws `CancellationError`.
    ///
    /// Several loops may follow each other, but not read at the same time:
    /// ``MessagesAlreadyRead``.
    public var messages: Messages { Messages(self) }

    /// Why the connection has ended; nil while it has not.
    public var closeCause: CloseCause? { state.withLock { $0.cause } }

    /// Begins the closing handshake; what was sent before arrives first. Closing twice is the same
    /// as once. ``messages`` ends, and the connection's task is cancelled, when the peer has
    /// answered, or after `Limits.closeDeadline`.
    ///
    /// - Parameters:
    ///   - code: the code of the Close frame; a code that may not be sent becomes 1011.
    ///   - reason: a short sentence; cut to 123 bytes on the wire (RFC 6455 §5.5).
    public nonisolated(nonsending) func close(
        code: CloseCode = .normal, reason: String = ""
    ) async {
        state.withLock { $0.isClosedHere = true }
        try? await reactor.perform { io in io.close(self.id, code: code, reason: reason) }
    }

    /// Calls `body` with the server's state on the loop's thread, at once if the calling task runs
    /// there: for everything that has no method of its own here. It must not block.
    ///
    /// - Throws: ``ServerStopped`` if the loop has ended, and what `body` throws.
    public nonisolated(nonsending) func withContext<Result: Sendable>(
        _ body: @Sendable (inout ServerContext) throws -> Result
    ) async throws -> Result {
        try await reactor.perform(body)
    }
}

/// What is known of an opening handshake. It is kept as long as its ``WebSocket``, with the bytes
/// of the request.
public struct UpgradeRequest: Sendable {
    /// Path, query and header fields of the request; nil for an outgoing connection.
    public let head: RequestHead?
    /// The subprotocol that both sides have agreed on (RFC 6455 §1.9); nil for none.
    public let subprotocol: String?
    /// The address of the other side, from the kernel or from a trusted proxy.
    public let peer: NetworkAddress

    /// The request's path in its normal form, percent-encoded; "/" for an outgoing connection.
    public var path: String { head?.path ?? "/" }
}
