// The purpose of a listening socket, which decides what its connections may do.
import LinuxReactor

/// The purpose of a listening socket; each request has it, see ``HTTPRequest/listener``.
public enum ListenerKind: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// For clients.
    case `public`
    /// For clients that speak TLS: `https` and `wss`. Where ``ServerConfiguration/tls`` is set, the
    /// listeners of ``public`` become these, unless there are some already. A client that speaks
    /// plain HTTP is answered with status 400.
    case tls
    /// For clients behind a proxy that sends the PROXY protocol's header before their bytes.
    case proxy
    /// For the operators of the server. Its connections do not count as clients, and no limit for
    /// clients refuses them. At most 32 may be open at a time; beyond that, an idle connection
    /// is closed for a new one.
    case control
    /// For programs that collect metrics; otherwise like ``control``.
    case metrics
    /// For clients that have asked for http instead of https: each request is answered with the
    /// same address under https (301, or 308 if it is neither GET nor HEAD), at
    /// ``HostRules/httpsPort``. No WebSocket opens here. The handler gets only what a certificate
    /// authority asks for, below `/.well-known/acme-challenge/` (RFC 8555 §8.3).
    case redirect

    /// The kind of a socket with this FileDescriptorName= of systemd.socket(5): `proxy`, `control`,
    /// `metrics`, `tls` or `redirect`; ``public`` for every other name.
    public init(name: String) {
        self = Self.allCases.first { $0 != .public && $0.name == name } ?? .public
    }

    /// The name of the kind in a systemd unit: `public`, `proxy`, `control`, `metrics`,
    /// `tls` or `redirect`.
    public var name: String {
        switch self {
        case .public: "public"
        case .tls: "tls"
        case .proxy: "proxy"
        case .control: "control"
        case .metrics: "metrics"
        case .redirect: "redirect"
        }
    }

    /// Whether it is for operating the server (``control`` or ``metrics``), and not for clients.
    @inlinable
    public var isInternal: Bool { self == .control || self == .metrics }

    /// Whether clients are served here, and not only sent elsewhere.
    package var servesClients: Bool { !isInternal && self != .redirect }
}

extension Listener {
    /// The purpose of this socket, from its name.
    public var kind: ListenerKind { ListenerKind(name: name) }
}
