// What the calls of this module throw, beside `CancellationError`.
import WebSocketServer

/// The connection has ended, or has begun to close: nothing can be sent on it.
public struct SocketClosed: Error, Hashable, Sendable, CustomStringConvertible {
    /// Why it has ended; nil while the closing handshake is under way.
    public let cause: CloseCause?

    /// A short sentence for the log.
    public var description: String {
        cause.map { "The WebSocket has ended: \($0)" } ?? "The WebSocket is closing."
    }
}

/// Two loops read the messages of one WebSocket at the same time, so that each would get some of
/// them. The second one gets this error; the first one goes on.
public struct MessagesAlreadyRead: Error, Hashable, Sendable, CustomStringConvertible {
    /// A short sentence for the log.
    public var description: String {
        "The messages of this WebSocket are being read by another loop already: "
            + "read them in one place, and pass them on from there."
    }
}

/// The server or client has stopped, so its state is gone.
public struct ServerStopped: Error, Hashable, Sendable, CustomStringConvertible {
    /// A short sentence for the log.
    public var description: String { "The server has stopped." }
}
