// What a listening socket is for: whoever comes by another door may do other things.
import LinuxReactor

/// What a listening socket is for. It is known of each request, see ``HTTPRequest/listener``.
public enum ListenerKind: UInt8, CaseIterable, Sendable, BitwiseCopyable {
    /// Open to clients.
    case `public`
    /// Open to clients by way of a proxy that puts the PROXY protocol in front of what they say.
    case proxy
    /// For the people who run the server. Connections do not count among clients, and no limit for
    /// clients refuses them; there are at most 32 at a time.
    case control
    /// For what measures the server; otherwise as ``control``.
    case metrics

    /// The kind of a socket with this FileDescriptorName= of systemd.socket(5): `proxy`, `control`
    /// or `metrics`. Every other name is ``public``.
    public init(name: String) {
        self = Self.allCases.first { $0 != .public && $0.name == name } ?? .public
    }

    /// The name that stands for it in a unit: `public`, `proxy`, `control` or `metrics`.
    public var name: String {
        switch self {
        case .public: "public"
        case .proxy: "proxy"
        case .control: "control"
        case .metrics: "metrics"
        }
    }

    /// Whether it is for operation, and not for clients.
    @inlinable
    public var isInternal: Bool { self == .control || self == .metrics }
}

extension Listener {
    /// What it is for, by its name.
    public var kind: ListenerKind { ListenerKind(name: name) }
}
