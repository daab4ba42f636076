// How a callback ends a connection by throwing.
import WebSocketCore

/// Thrown by `onOpen` or `onMessage` to end the connection with a Close frame: a policy, not a
/// fault. The same as ``ServerContext/close(_:code:reason:)``, but nothing after the `throw` is done.
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
