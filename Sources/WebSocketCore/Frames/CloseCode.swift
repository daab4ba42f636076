// Close status codes, and which of them may be sent in a Close frame.

/// The status code of a Close frame (RFC 6455 §7.4 and the IANA WebSocket Close Code registry).
@frozen
public struct CloseCode: RawRepresentable, Hashable, BitwiseCopyable, Sendable {
    /// The number on the wire.
    public let rawValue: UInt16

    /// The code with this number, whether or not it may be sent; see ``maySend``.
    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// 1000: the purpose of the connection is fulfilled.
    public static let normal = CloseCode(rawValue: 1000)
    /// 1001: the server stops, or the browser leaves the page.
    public static let goingAway = CloseCode(rawValue: 1001)
    /// 1002: the peer broke the protocol.
    public static let protocolError = CloseCode(rawValue: 1002)
    /// 1003: a kind of data that this endpoint does not accept.
    public static let unsupportedData = CloseCode(rawValue: 1003)
    /// 1005: stands for a Close frame without a code; never sent.
    public static let noStatus = CloseCode(rawValue: 1005)
    /// 1006: stands for a connection that ended without a Close frame; never sent.
    public static let abnormal = CloseCode(rawValue: 1006)
    /// 1007: a text message that is not UTF-8.
    public static let invalidPayload = CloseCode(rawValue: 1007)
    /// 1008: a message violates the endpoint's policy; the generic code for such cases.
    public static let policyViolation = CloseCode(rawValue: 1008)
    /// 1009: a message too big to process.
    public static let messageTooBig = CloseCode(rawValue: 1009)
    /// 1010: the server did not accept an extension that the client requires.
    public static let mandatoryExtension = CloseCode(rawValue: 1010)
    /// 1011: a fault in the server.
    public static let internalError = CloseCode(rawValue: 1011)
    /// 1012: the server restarts; reconnect.
    public static let serviceRestart = CloseCode(rawValue: 1012)
    /// 1013: the server is overloaded; reconnect later.
    public static let tryAgainLater = CloseCode(rawValue: 1013)
    /// 1014: a gateway received an invalid response from its upstream server.
    public static let badGateway = CloseCode(rawValue: 1014)
    /// 1015: stands for a failed TLS handshake; never sent.
    public static let tlsHandshake = CloseCode(rawValue: 1015)

    /// Whether an endpoint may put this code into a Close frame: the registered codes 1000–1003 and
    /// 1007–1014, and 3000–4999 for libraries and applications (RFC 6455 §7.4.2). 1004 is reserved;
    /// 1005, 1006 and 1015 are never sent (§7.4.1).
    public var maySend: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }

    /// Whether a received Close frame may have this code. 1010 is meant for clients and 1011 for
    /// servers (RFC 6455 §7.4.1), but both are accepted from either side: the connection ends
    /// anyway, and the code shows what the peer meant.
    public var mayReceive: Bool { maySend }
}

extension CloseCode: CustomStringConvertible {
    public var description: String { "\(rawValue)" }
}
