// Why a connection ended: the same cause for the handler, the log and the counters.
import LinuxReactor
import WebSocketCore

/// Why a connection ended; ``WebSocketHandler/onClose(_:_:_:)`` gets it. The first cause counts:
/// later events during the close do not change it.
public enum CloseCause: Hashable, Sendable, BitwiseCopyable {
    /// The peer began the closing handshake, with this code (`CloseCode.noStatus` if it gave none).
    case peerClosed(CloseCode)
    /// The peer's stream ended without a Close frame: for example, the browser was killed.
    case endOfStream
    /// The transport failed, with this errno(3) (ECONNRESET, EPIPE, ETIMEDOUT …).
    case connectionLost(Int32)
    /// The handler closed it or threw a ``Disconnect``, with this code. For an opening handshake
    /// that waited for a decision (``UpgradeDecision/later``): it was refused (1008), time ran out
    /// (1013), or the reply could not be sent (1011).
    case serverClosed(CloseCode)
    /// The peer violated the protocol, or a limit on what it may send. The kind determines the code
    /// of the Close frame (1002, 1007, 1008 or 1009).
    case violation(ProtocolViolation.Kind)
    /// Nothing came from the peer, not even a Pong, for ``Limits/pingInterval`` and then
    /// ``Limits/pongDeadline``. The connection is reset, without a Close frame.
    case pingTimeout
    /// The peer did not read what others sent it: its outbox exceeded ``Limits/outboxByteCount``,
    /// or it fell out of a topic's log (``SlowConsumerPolicy/disconnect``). The code is that of the
    /// Close frame, ``Limits/slowConsumerCloseCode``, or `CloseCode.abnormal` if the connection was
    /// reset.
    case slowConsumer(CloseCode)
    /// The server is stopping: it sent Close 1001, or reset the connection at the deadline.
    case stopping
    /// The server is restarting: it sent Close 1012, or reset the connection at the deadline.
    case restarting

    /// The server was short of memory, and this connection held the most of it
    /// (``Limits/memoryByteCount``): it sent Close 1013, or reset the connection if its socket was
    /// full.
    case memoryShort

    // Causes of outgoing connections that failed: `onClose` is called without an `onOpen`.

    /// The host name has no address, or could not be resolved. The number is an EAI_ error of
    /// getaddrinfo(3).
    case nameResolutionFailed(Int32)
    /// No address accepted the connection. The number is the errno(3) of the last attempt
    /// (ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH); EMFILE if ``Limits/connectionCount`` was reached.
    case connectFailed(Int32)
    /// The server answered with this status instead of 101; `onError` has the response.
    case handshakeRefused(HTTPStatus)
    /// The request cannot be sent, or the answer is not a valid opening handshake (RFC 6455 §4.1);
    /// `onError` has the reason.
    case handshakeFailed
    /// The server did not answer within ``Limits/handshakeDeadline``.
    case handshakeTimedOut

    /// The close code that goes with the cause: the code of the Close frame that the peer or the
    /// server sent first, or `CloseCode.abnormal` (1006) if the transport ended without one.
    public var code: CloseCode { row.code }

    /// The number of causes that are counted separately.
    public static let counterCount = samples.count

    /// The index of this cause in ``Statistics/closeCounts``, whatever code it carries: below
    /// ``counterCount``.
    public var counterIndex: Int { row.index }

    /// The names of the causes in metrics, in the order of ``counterIndex``.
    public static let counterNames = samples.map { "\($0.row.name)" }
}

extension CloseCause: CustomStringConvertible {
    /// A short sentence for the log.
    public var description: String { "\(row.sentence)\(row.detail)" }
}
