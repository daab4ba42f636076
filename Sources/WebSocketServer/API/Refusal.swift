// Connections that were not let in, and why: for the handler to log.
import LinuxReactor
import WebSocketCore

/// A connection that was not let in, or whose request was refused.
public struct RefusedConnection: Sendable {
    /// Which limit or rule it was.
    public let refusal: Refusal
    /// Who it was.
    public let peer: NetworkAddress
    /// The status that a refused request was answered with; nil if it never came to a request.
    public let status: HTTPStatus?
    /// The sentence that the peer was told; empty if it was told nothing.
    public let reason: String
}

/// Why a connection was not let in: the index of ``Statistics/refusalCounts``. Where it says Close
/// 1013, a plain HTTP request gets 503 with `Retry-After`.
public enum Refusal: Int, CaseIterable, Sendable {
    /// As many as ``Limits/connectionCount`` are there: Close 1013.
    case tooManyConnections
    /// Its address has as many as ``Limits/connectionsPerAddress``: Close 1013.
    case tooManyFromAddress
    /// Its address is past ``Limits/connectionRatePerAddress``: Close 1013.
    case rateLimitedAddress
    /// No descriptor to spare: answered with HTTP 503.
    case noDescriptors
    /// The request was refused with a status: bad syntax, wrong version, Origin, too large,
    /// or the handler's `onUpgrade` threw.
    case request
    /// ``Limits/handshakeDeadline`` has passed: HTTP 408, or a plain close if nothing came.
    case handshakeTimeout
    /// The PROXY protocol's header was missing or malformed on a ``ListenerKind/proxy`` listener: HTTP
    /// 400.
    case proxyHeader

    /// What it is called in metrics and in the log.
    public var name: String {
        switch self {
        case .tooManyConnections: "too_many_connections"
        case .tooManyFromAddress: "too_many_from_address"
        case .rateLimitedAddress: "too_fast_from_address"
        case .noDescriptors: "no_descriptors"
        case .request: "request"
        case .handshakeTimeout: "handshake_timeout"
        case .proxyHeader: "proxy_header"
        }
    }

    /// The same in HTTP.
    var rejection: HandshakeRejection {
        HandshakeRejection(.serviceUnavailable, reason: reason, headers: [("Retry-After", "10")])
    }

    /// A sentence for the Close frame.
    var reason: String {
        switch self {
        case .tooManyConnections, .noDescriptors: "The server is full; try again in 10 seconds."
        case .tooManyFromAddress: "Too many connections from your address."
        case .rateLimitedAddress: "Too many new connections from your address; wait a second."
        case .request, .handshakeTimeout, .proxyHeader: ""
        }
    }
}
