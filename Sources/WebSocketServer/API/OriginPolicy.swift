// Which web pages may connect: the server's side of the browser's same-origin rule.

/// Which `Origin` headers are admitted (RFC 6455 §10.2). Browsers send one with every WebSocket and
/// scripts cannot forge it. Other programs need not send any, so a request without one always
/// passes.
public enum OriginPolicy: Sendable, Equatable {
    /// Pages of the host in the request's `Host` field. Only host names are compared: a proxy in
    /// front changes scheme and port.
    case sameHost
    /// Pages of these host names, and of the host in the request's `Host` field.
    case hosts([String])
    /// Any page, including `null` (a local file, a sandboxed frame).
    case any

    /// Whether a page with this `Origin` may connect to the host in this `Host` field. True without
    /// an `Origin`; `null` and malformed ones pass only with ``any``. The server refuses with HTTP
    /// 403.
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
