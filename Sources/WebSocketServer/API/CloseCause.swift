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
    /// fell out of a topic's log (``SlowConsumerPolicy/disconnect``). Close 4001.
    case slowConsumer
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
    public var code: CloseCode {
        switch self {
        case .peerClosed(let code), .serverClosed(let code): code
        case .endOfStream, .connectionLost, .pingTimeout: .abnormal
        case .violation(let kind): ProtocolViolation(kind).code
        case .slowConsumer: .slowConsumer
        case .stopping: .goingAway
        case .restarting: .serviceRestart
        case .nameResolutionFailed, .connectFailed, .handshakeRefused, .handshakeFailed, .handshakeTimedOut:
            .abnormal
        }
    }

    /// How many causes are counted apart.
    public static let counterCount = 14

    /// The place of this cause among ``Statistics/closeCounts``, whatever code it carries: below
    /// ``counterCount``.
    public var counterIndex: Int {
        switch self {
        case .peerClosed: 0
        case .endOfStream: 1
        case .connectionLost: 2
        case .serverClosed: 3
        case .violation: 4
        case .pingTimeout: 5
        case .slowConsumer: 6
        case .stopping: 7
        case .nameResolutionFailed: 8
        case .connectFailed: 9
        case .handshakeRefused: 10
        case .handshakeFailed: 11
        case .handshakeTimedOut: 12
        case .restarting: 13
        }
    }

    /// The names of the counters, in the order of ``counterIndex``.
    public static let counterNames = [
        "peer_closed", "end_of_stream", "connection_lost", "server_closed", "violation",
        "ping_timeout", "slow_consumer", "stopping", "name_resolution_failed", "connect_failed",
        "handshake_refused", "handshake_failed", "handshake_timed_out", "restarting",
    ]
}

extension CloseCause: CustomStringConvertible {
    /// A short sentence for the log.
    public var description: String {
        switch self {
        case .peerClosed(let code): "the peer closed it (\(code))"
        case .endOfStream: "the peer's stream ended without a Close frame"
        case .connectionLost(let number):
            "the connection was lost (\(SystemError.text(of: number)))"
        case .serverClosed(let code): "the server closed it (\(code))"
        case .violation(let kind): "\(ProtocolViolation(kind))"
        case .pingTimeout: "the peer answered no ping"
        case .slowConsumer: "the peer read too slowly"
        case .stopping: "the server is stopping"
        case .restarting: "the server is restarting"
        case .nameResolutionFailed(let number): "the host's name was not found (\(Resolution.text(of: number)))"
        case .connectFailed(let number): "\(SystemError(number, "connect"))"
        case .handshakeRefused(let status): "the server answered \(status)"
        case .handshakeFailed: "the server's answer is no opening handshake"
        case .handshakeTimedOut: "the server did not answer in time"
        }
    }
}

extension CloseCode {
    /// 4001: the client read so slowly that it lost its place; it should reconnect.
    public static let slowConsumer = CloseCode(rawValue: 4001)
}

/// Thrown by `onOpen` or `onMessage` to end the connection with a Close frame: a policy, not a
/// fault. The same as ``ServerContext/close(_:_:_:)``, but nothing after the `throw` is done.
public struct Disconnect: Error, Hashable, Sendable {
    /// The code of the Close frame; one that may be sent.
    public let code: CloseCode
    /// A short sentence for the peer; cut to 123 bytes on the wire (RFC 6455 §5.5.1).
    public let reason: String

    /// An end with this code, told to `onClose` as ``CloseCause/serverClosed(_:)``.
    ///
    /// - Parameters:
    ///   - code: one that may be sent (RFC 6455 §7.4): 1000, 1001, 1008, 1011 or one of 3000–4999
    ///     are the usual ones. A code that may not be sent becomes 1011.
    ///   - reason: a short sentence for the peer.
    public init(_ code: CloseCode = .policyViolation, _ reason: String = "") {
        self.code = code.maySend ? code : .internalError
        self.reason = reason
    }
}

/// Trouble with one connection, told to ``WebSocketHandler/onError(_:_:_:)`` just before it ends.
public enum ConnectionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The peer broke the protocol, or a limit on what it may send.
    case violation(ProtocolViolation.Kind)
    /// The transport failed: ``CloseCause/connectionLost(_:)``.
    case system(SystemError)
    /// The handler refused what the peer did. The server itself does not tell a handler of its own
    /// ``Disconnect``: this is for code that passes errors on.
    case disconnect(Disconnect)
    /// Nothing came of a connection outward: no such host, nobody there, no answer.
    case notConnected(CloseCause)
    /// The server did not accept a connection outward, or not as RFC 6455 §4.1 wants it.
    case handshake(ClientHandshakeError)
    /// The peer answered no Ping, or did not read: ``CloseCause/pingTimeout`` or
    /// ``CloseCause/slowConsumer``.
    case unresponsive(CloseCause)

    /// A short sentence for the log.
    public var description: String {
        switch self {
        case .violation(let kind): "\(ProtocolViolation(kind))"
        case .system(let error): "\(error)"
        case .disconnect(let disconnect): "\(disconnect.reason) (\(disconnect.code))"
        case .unresponsive(let cause), .notConnected(let cause): "\(cause)"
        case .handshake(let error): "\(error)"
        }
    }
}
