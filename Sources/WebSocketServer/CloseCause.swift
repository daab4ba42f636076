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
    /// The peer broke the protocol or a limit on what it may send.
    case violation(ProtocolViolation.Kind)
    /// Nothing was heard from the peer, not even an answer to a Ping.
    case pingTimeout
    /// It did not read what others caused: its outbox ran over, or it fell out of a topic's log.
    case tooSlow
    /// The server is stopping.
    case stopping

    /// The status code of the Close frame that was received or sent, or `CloseCode.abnormal` where
    /// there was none.
    public var code: CloseCode {
        switch self {
        case .peerClosed(let code), .serverClosed(let code): code
        case .endOfStream, .connectionLost, .pingTimeout: .abnormal
        case .violation(let kind): ProtocolViolation(kind).code
        case .tooSlow: .tooSlow
        case .stopping: .goingAway
        }
    }

    /// How many causes are counted apart.
    public static let counterCount = 8

    /// The place of this cause among the counters of ``Statistics``.
    public var counterIndex: Int {
        switch self {
        case .peerClosed: 0
        case .endOfStream: 1
        case .connectionLost: 2
        case .serverClosed: 3
        case .violation: 4
        case .pingTimeout: 5
        case .tooSlow: 6
        case .stopping: 7
        }
    }

    /// The names of the counters, in the order of ``counterIndex``.
    public static let counterNames = [
        "peer_closed", "end_of_stream", "connection_lost", "server_closed", "violation",
        "ping_timeout", "too_slow", "stopping",
    ]
}

extension CloseCause: CustomStringConvertible {
    /// A short sentence for the log.
    public var description: String {
        switch self {
        case .peerClosed(let code): "the peer closed it (\(code))"
        case .endOfStream: "the peer's stream ended without a Close frame"
        case .connectionLost(let number): "the connection was lost (errno \(number))"
        case .serverClosed(let code): "the server closed it (\(code))"
        case .violation(let kind): "\(ProtocolViolation(kind))"
        case .pingTimeout: "the peer answered no ping"
        case .tooSlow: "the peer read too slowly"
        case .stopping: "the server is stopping"
        }
    }
}

extension CloseCode {
    /// 4001: the client read so slowly that it lost its place; it should reconnect.
    public static let tooSlow = CloseCode(rawValue: 4001)
}

/// Thrown by a handler to end a connection: a policy, not a fault.
public struct Disconnect: Error, Hashable, Sendable {
    /// The code of the Close frame; one that may be sent.
    public let code: CloseCode
    /// A short sentence for the peer; cut to 123 bytes on the wire (RFC 6455 §5.5.1).
    public let reason: String

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
    /// The transport failed.
    case system(SystemError)
    /// The handler refused what the peer did.
    case disconnect(Disconnect)
    /// The peer answered no ping, or did not read.
    case unresponsive(CloseCause)

    public var description: String {
        switch self {
        case .violation(let kind): "\(ProtocolViolation(kind))"
        case .system(let error): "\(error)"
        case .disconnect(let disconnect): "\(disconnect.reason) (\(disconnect.code))"
        case .unresponsive(let cause): "\(cause)"
        }
    }
}
