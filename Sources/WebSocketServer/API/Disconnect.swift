// The error that a callback throws to close its connection.
import WebSocketCore

/// Thrown by `onOpen` or `onMessage` to close the connection with a Close frame: a decision of the
/// handler, not a failure. It does the same as ``ServerContext/close(_:code:reason:)``, and ends
/// the callback.
public struct Disconnect: Error, Hashable, Sendable {
    /// The code of the Close frame: a code that may be sent (RFC 6455 §7.4).
    public let code: CloseCode
    /// A short sentence for the peer; cut to 123 bytes on the wire (RFC 6455 §5.5.1).
    public let reason: String

    /// Closes with this code; `onClose` gets ``CloseCause/serverClosed(_:)``.
    ///
    /// - Parameters:
    ///   - code: a code that may be sent (RFC 6455 §7.4): usually 1000, 1001, 1008, 1011 or one of
    ///     3000–4999. A code that may not be sent becomes 1011.
    ///   - reason: a short sentence for the peer.
    public init(_ code: CloseCode = .policyViolation, _ reason: String = "") {
        self.code = code.maySend ? code : .internalError
        self.reason = reason
    }
}
