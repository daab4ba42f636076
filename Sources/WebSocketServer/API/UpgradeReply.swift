// How a handler decides about an opening handshake, and what it may add to the answer.
import WebSocketCore

/// What a handler decides about an opening handshake; see ``WebSocketHandler/onUpgrade(_:_:)``. To
/// refuse, throw a `HandshakeRejection`.
public enum UpgradeDecision: Sendable {
    /// The connection is opened at once: `onOpen` follows directly.
    case accept(UpgradeReply = UpgradeReply())
    /// The handler decides in another callback, when it has found out what it must know: by
    /// ``ServerContext/acceptUpgrade(_:_:)`` or ``ServerContext/refuseUpgrade(_:_:)``. Until then
    /// the client waits, and nothing more is read from it. After ``Limits/upgradeDeadline`` it gets
    /// HTTP 503. Exactly one of `onOpen` and `onClose` follows: `onClose` if the connection does
    /// not open, because the handler has refused, the client has left, time has run out or the
    /// server stops. So what is kept for it meanwhile can be removed there.
    case later
}

/// Accepts an opening handshake; see ``UpgradeDecision``.
///
/// The server writes the fields of the handshake itself. A reply that names one of them, or a
/// subprotocol that the client did not offer, is not sent: the client gets HTTP 500, and the log
/// says what is wrong.
public struct UpgradeReply: Sendable {
    /// A subprotocol that the client offered (RFC 6455 §4.2.2), spelled the same; nil for the first
    /// of ``ServerConfiguration/subprotocols`` that the client offered, if any. A browser fails the
    /// connection if the answer has a subprotocol that it did not offer, or none although it
    /// offered some.
    public var subprotocol: String?
    /// More header fields for the 101 response, as name and value, such as cookies. A name must be
    /// a token, and not a name that the server writes itself: `Connection`, `Upgrade`,
    /// `Content-Length`, `Transfer-Encoding` and all that begin with `Sec-WebSocket-`. In a value,
    /// control characters become spaces, so that it cannot begin another field.
    public var headers: [(String, String)]

    /// Accepts; without arguments it adds nothing to the response.
    public init(subprotocol: String? = nil, headers: [(String, String)] = []) {
        self.subprotocol = subprotocol
        self.headers = headers
    }

    /// Why the reply cannot be sent, for the log; nil if it can.
    func flaw(offered subprotocols: @autoclosure () -> [String]) -> String? {
        if let subprotocol, !subprotocols().contains(subprotocol) {
            return "the client did not offer the subprotocol \"\(subprotocol)\""
        }
        for (name, _) in headers where !Handshake.mayAddField(name) {
            return "\"\(name)\" is a field that the server writes itself, or no name of a field"
        }
        return nil
    }
}
