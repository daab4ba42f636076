// Connections that were not admitted, and why: for the handler to log.
import LinuxReactor
import WebSocketCore

/// A connection that was not admitted, or whose request was refused;
/// ``OperationsHandler/onRefusal(_:_:)`` gets it.
public struct RefusedConnection: Sendable {
    /// The limit or rule that refused it.
    public let refusal: Refusal
    /// The client's address.
    public let peer: NetworkAddress
    /// The status of the answer to a refused request; nil if no request had come.
    public let status: HTTPStatus?
    /// The sentence that was sent to the peer; empty if none was.
    public let reason: String
}

/// Why a connection was not admitted; its raw value is the index in ``Statistics/refusalCounts``.
/// Where Close 1013 is named, a plain HTTP request gets 503 with `Retry-After`.
public enum Refusal: Int, CaseIterable, Sendable {
    /// There are ``Limits/connectionCount`` connections already: Close 1013.
    case tooManyConnections
    /// Its address has ``Limits/connectionsPerAddress`` connections already: Close 1013.
    case tooManyFromAddress
    /// Its address connects faster than ``Limits/connectionRatePerAddress``: Close 1013.
    case rateLimitedAddress
    /// No file descriptor was left: HTTP 503.
    case noDescriptors
    /// The request was refused with a status: bad syntax, wrong version, Origin, too large;
    /// or the handler refused a handshake, or did not decide about it in time.
    case request
    /// ``Limits/handshakeDeadline`` has passed: HTTP 408, or a plain close if nothing came.
    case handshakeTimeout
    /// The PROXY protocol's header was missing or malformed on a ``ListenerKind/proxy`` listener,
    /// or the X-Forwarded-For of a trusted proxy cannot be read: HTTP 400.
    case proxyHeader
    /// The request is for a host that the server does not answer to (``HostPolicy``): HTTP 421.
    case wrongHost
    /// The TLS handshake failed, or its peer ended the connection before it was over: an alert, if
    /// one is due.
    case tlsHandshake
    /// More than 1,024 TLS handshakes were under way, and this one had begun before all others: it
    /// is reset.
    case tooManyHandshakes

    /// The name in metrics and in the log.
    public var name: String {
        switch self {
        case .tooManyConnections: "too_many_connections"
        case .tooManyFromAddress: "too_many_from_address"
        case .rateLimitedAddress: "rate_limited_address"
        case .noDescriptors: "no_descriptors"
        case .request: "request"
        case .handshakeTimeout: "handshake_timeout"
        case .proxyHeader: "proxy_header"
        case .wrongHost: "wrong_host"
        case .tlsHandshake: "tls_handshake"
        case .tooManyHandshakes: "too_many_handshakes"
        }
    }

    /// The answer over HTTP. Browsers do not heed `Retry-After`, but load a page anew if `Refresh`
    /// says so.
    var rejection: HandshakeRejection {
        HandshakeRejection(
            .serviceUnavailable, reason: reason,
            headers: [("Retry-After", "10"), ("Refresh", "10")])
    }

    /// The answer to a handshake about which the handler has not decided in time.
    static var undecided: HandshakeRejection {
        HandshakeRejection(
            .serviceUnavailable, reason: "The server could not decide in time; try again.",
            headers: [("Retry-After", "10")])
    }

    /// The answer to a handshake about which the handler has not decided when the server stops.
    static var stopping: HandshakeRejection {
        HandshakeRejection(
            .serviceUnavailable, reason: "The server is stopping; try again soon.",
            headers: [("Retry-After", "10")])
    }

    /// The answer to a request or a handshake that the handler of the program before has lost.
    static var restarting: HandshakeRejection {
        HandshakeRejection(
            .serviceUnavailable, reason: "The server has restarted; ask again.",
            headers: [("Retry-After", "1")])
    }

    /// The sentence for the Close frame.
    var reason: String {
        switch self {
        case .tooManyConnections, .noDescriptors: "The server is full; try again in 10 seconds."
        case .tooManyFromAddress: "Too many connections from your address."
        case .rateLimitedAddress: "Too many new connections from your address; wait a second."
        case .request, .handshakeTimeout, .proxyHeader, .wrongHost, .tlsHandshake,
            .tooManyHandshakes:
            ""
        }
    }
}
