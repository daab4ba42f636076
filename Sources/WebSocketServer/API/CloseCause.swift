// Why a connection ended: told once, to the handler, the log and the counters alike.
import LinuxReactor
import WebSocketCore

/// Why a connection ended. The first cause counts: what happens while a connection is being closed
/// does not change why.
public enum CloseCause: Hashable, Sendable, BitwiseCopyable {
    /// The peer began the closing handshake, with this code (`CloseCode.noStatus` if it gave none).
    case peerClosed(CloseCode)
    /// The peer's stream ended without a Close frame: a browser that was killed, a cable.
    case endOfStream
    /// The transport failed: errno(3) says how (ECONNRESET, EPIPE, ETIMEDOUT …).
    case connectionLost(Int32)
    /// The handler closed it, or threw a ``Disconnect``, with this code.
    case serverClosed(CloseCode)
    /// The peer broke the protocol or a limit on what it may send; the kind has the code of the
    /// Close frame (1002, 1007, 1008 or 1009).
    case violation(ProtocolViolation.Kind)
    /// Nothing was heard from the peer, not even an answer to a Ping, for ``Limits/pingInterval``
    /// and then ``Limits/pongDeadline``. It is reset, without a Close frame.
    case pingTimeout
    /// It did not read what others caused: its outbox ran over (``Limits/outboxByteCount``), or it
    /// fell out of a topic's log (``SlowConsumerPolicy/disconnect``). The code is that of the Close
    /// frame, ``Limits/slowConsumerCloseCode``, or `CloseCode.abnormal` for one that was reset.
    case slowConsumer(CloseCode)
    /// The server is stopping: it sent Close 1001, or cut off who was left at the deadline.
    case stopping
    /// The server is stopping and will be back at once: it sent Close 1012, or cut off who was left.
    case restarting

    // Of connections outward that came to nothing: `onClose` without an `onOpen`.

    /// The host's name has no address, or could not be looked up: the number is one of the EAI_ ones
    /// of getaddrinfo(3).
    case nameResolutionFailed(Int32)
    /// No address took the connection; errno(3) of the last attempt says why (ECONNREFUSED,
    /// ETIMEDOUT, EHOSTUNREACH; EMFILE if there was no room for one more).
    case connectFailed(Int32)
    /// The server answered with this status instead of 101; `onError` has its words.
    case handshakeRefused(HTTPStatus)
    /// The request cannot be asked, or its answer is none (RFC 6455 §4.1); `onError` says why.
    case handshakeFailed
    /// The server did not answer within ``Limits/handshakeDeadline``.
    case handshakeTimedOut

    /// The status code that goes with the cause: that of the Close frame which the peer or the
    /// server sent first, or `CloseCode.abnormal` (1006) where the transport ended without one.
    public var code: CloseCode { row.code }

    /// How many causes are counted apart.
    public static let counterCount = samples.count

    /// The place of this cause among ``Statistics/closeCounts``, whatever code it carries: below
    /// ``counterCount``.
    public var counterIndex: Int { row.index }

    /// The names of the counters, in the order of ``counterIndex``.
    public static let counterNames = samples.map { "\($0.row.name)" }
}

extension CloseCause: CustomStringConvertible {
    /// A short sentence for the log.
    public var description: String { "\(row.sentence)\(row.detail)" }
}
