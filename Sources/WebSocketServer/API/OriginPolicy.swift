// Which web pages may connect: the server's side of the browser's same-origin rule.

/// Which `Origin` headers are let in (RFC 6455 §10.2). Browsers send one with every WebSocket and
/// scripts cannot forge it; programs need not send any, so a missing one always passes.
public enum OriginPolicy: Sendable, Equatable {
    /// Pages of the host that the request names: host names are compared, scheme and port are not,
    /// since a proxy in front changes both.
    case sameHost
    /// Pages of these host names, and of the host that the request names.
    case hosts([String])
    /// Any page, also `null` (a local file, a sandboxed frame).
    case any

    /// Whether a page with this `Origin` may connect to the host in this `Host` header. No `Origin`
    /// passes; `null` and what is malformed pass with ``any`` alone. Refused with HTTP 403.
    public func admits(origin: String?, host: String) -> Bool {
        guard let origin, self != .any else { return true }
        guard let page = Self.hostName(ofOrigin: origin) else { return false }
        if page == Self.hostName(ofAuthority: host[...]) { return true }
        guard case .hosts(let names) = self else { return false }
        return names.contains { $0.lowercased() == page }
    }

    /// The host name of "scheme://host:port"; nil for `null` and everything malformed.
    private static func hostName(ofOrigin origin: String) -> String? {
        guard let colon = origin.firstIndex(of: ":"), origin[colon...].hasPrefix("://") else {
            return nil
        }
        let name = hostName(ofAuthority: origin[origin.index(colon, offsetBy: 3)...])
        return name.isEmpty ? nil : name
    }

    /// The host of "host:port" or "[v6]:port", in lower case.
    private static func hostName(ofAuthority authority: Substring) -> String {
        if authority.first == "[", let end = authority.firstIndex(of: "]") {
            return authority[...end].lowercased()
        }
        return authority.prefix { $0 != ":" }.lowercased()
    }
}
