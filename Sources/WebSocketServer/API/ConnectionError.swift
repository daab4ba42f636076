// Errors of one connection, as the handler gets them.
import LinuxReactor
import WebSocketCore

/// An error of one connection: ``WebSocketHandler/onError(_:_:_:)`` gets it just before the end.
public enum ConnectionError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The peer violated the protocol, or a limit on what it may send.
    case violation(ProtocolViolation.Kind)
    /// The transport failed: ``CloseCause/connectionLost(_:)``.
    case system(SystemError)
    /// The handler refused what the peer did. The server never reports a handler's own
    /// ``Disconnect`` to it: this case is for code that passes errors on.
    case disconnect(Disconnect)
    /// An outgoing connection failed: the host is unknown, the port is closed, or no answer came.
    case notConnected(CloseCause)
    /// The server did not accept an outgoing connection, or its answer violates RFC 6455 §4.1.
    case handshake(ClientHandshakeError)
    /// The peer did not answer a Ping, or did not read: ``CloseCause/pingTimeout`` or
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
    /// The error that belongs to a cause; nil if the connection simply ended.
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
