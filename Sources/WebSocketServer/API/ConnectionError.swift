// What goes wrong with one connection, as the handler is told.
import LinuxReactor
import WebSocketCore

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
    /// ``CloseCause/slowConsumer(_:)``.
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

extension ConnectionError {
    /// The trouble behind a cause; nil if the connection simply ended.
    package init?(_ cause: CloseCause) {
        switch cause.row.trouble {
        case .none: return nil
        case .violation(let kind): self = .violation(kind)
        case .transport(let number): self = .system(SystemError(number, "keep a connection"))
        case .unresponsive: self = .unresponsive(cause)
        case .notConnected: self = .notConnected(cause)
        }
    }
}
