// Which names the server answers to: the defence against DNS rebinding.
import LinuxReactor
import WebSocketCore

/// For which hosts a server answers, judged by the `Host` of a request. The port is ignored.
///
/// A page can make its own name resolve to an address of your network (DNS rebinding). To a browser
/// the server there is then a part of that page, so that an ``OriginPolicy`` admits it. Only the
/// name in `Host` gives it away.
public enum HostPolicy: Sendable, Equatable {
    /// Any name.
    case any
    /// These names and, as always, IP literals and `localhost` with the names below it: no DNS can
    /// make any of those mean another machine. So a health check by address and curl on the machine
    /// itself need no entry. An entry is a host without its port, `chat.example.org`.
    case names([String])
    /// IP literals and `localhost` if all listeners for clients are on loopback and no proxy is
    /// named; otherwise ``any``, since nobody can know the public name.
    case automatic

    /// Whether a request for this host, with or without its port, is admitted. True for an empty
    /// host: a client that knows none sends that, and no browser does. The server refuses with
    /// HTTP 421.
    public func admits(_ host: String) -> Bool {
        guard case .names(let names) = self, !host.isEmpty else { return true }
        guard let host = HostIdentity(ofAuthority: host) else { return false }
        return host.isLocalOrLiteral || names.contains { HostIdentity(entry: $0) == host.rooted }
    }

    /// What ``automatic`` means for these listeners; any other policy is returned as it is.
    public func resolved(_ listeners: [Listener], _ proxies: TrustedProxies) -> HostPolicy {
        guard self == .automatic else { return self }
        let isPrivate = listeners.allSatisfy {
            $0.kind.isInternal
                || $0.kind != .proxy && $0.address.family != .local && $0.address.isLoopback
        }
        return isPrivate && proxies == TrustedProxies() ? .names([]) : .any
    }

    /// What is wrong with an entry of ``names(_:)``, as a sentence; nil if it names a host.
    public static func flaw(in entry: String) -> String? {
        if HostIdentity(entry: entry) != nil { return nil }
        let hint =
            if entry.utf8.contains(UInt8(ascii: "*")) {
                "There are no wildcards: give each name"
            } else if !entry.utf8.allSatisfy({ $0 < 0x80 }) {
                "Write the host as browsers send it, in ASCII: xn--..."
            } else if entry.contains("/") {
                "Write the host alone, without a scheme or a path"
            } else if let host = HostIdentity.withPort(entry) {
                "A host is named without its port: \(host)"
            } else {
                "Write a host: chat.example.org"
            }
        return "\"\(entry)\" is no host. \(hint)."
    }
}

/// The names that a server answers to.
public struct HostRules: Sendable, Equatable {
    /// For clients.
    public var clients = HostPolicy.any
    /// For listeners of ``ListenerKind/metrics``. Local sockets of ``ListenerKind/control`` check
    /// nothing, since no browser reaches them.
    public var metrics = HostPolicy.any
    /// Paths that are served whatever the host, for health checks that cannot set it.
    public var exemptPaths: [String] = []
    /// What the answer to a wrong name advises the operator to do if that name is right. A program
    /// that has a setting for the names mentions it here.
    public var clientAdvice = "add it to the names that the server is configured with (hosts)"
    /// The same, for listeners of ``ListenerKind/metrics``.
    public var metricsAdvice = "add it to the names for metrics (hosts)"
    /// The port to which listeners of ``ListenerKind/redirect`` send their clients; nil for that of
    /// the first listener with TLS, or for 443 if something in front of the server speaks TLS.
    public var httpsPort: UInt16?
    /// For how long browsers that have come by TLS shall come to this host by TLS only, in whole
    /// seconds (Strict-Transport-Security, RFC 6797). They do not forget it earlier, so begin with
    /// a day. Nil, the default, does not say anything. Only responses over TLS have it.
    public var strictTransportAge: Duration?

    /// Any host.
    public init() {}
}

extension OriginPolicy {
    /// The hosts whose pages are listed, apps left out; empty for other policies.
    public var pageHosts: [String] {
        guard case .hosts(let entries) = self else { return [] }
        return entries.compactMap { entry in
            guard let scheme = entry.firstRange(of: "://") else { return entry }
            guard WebOrigin(entry)?.isWeb == true else { return nil }
            let authority = String(entry[scheme.upperBound...])
            return HostIdentity.withPort(authority).map { String($0) } ?? authority
        }
    }
}

extension HostIdentity {
    /// An entry of ``HostPolicy/names(_:)``; nil if it is not just a host.
    fileprivate init?(entry: String) {
        guard !entry.utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "%") }),
            Self.withPort(entry) == nil, let host = HostIdentity(ofAuthority: entry)
        else { return nil }
        self = host.rooted
    }

    /// The same without the dot at the end by which a name may say that it is complete.
    fileprivate var rooted: HostIdentity {
        guard case .name(let name) = self, name.utf8.count > 1, name.hasSuffix(".") else {
            return self
        }
        return .name(String(name.dropLast()))
    }

    /// Whether it is an address, `localhost`, or a name below that (RFC 6761 §6.3).
    fileprivate var isLocalOrLiteral: Bool {
        guard case .name(let name) = rooted else { return true }
        return name == "localhost" || name.hasSuffix(".localhost")
            || NetworkAddress(numeric: name[...]) != nil
    }
}
