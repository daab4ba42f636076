// Which web pages may connect: the server's side of the browser's same-origin rule.
import WebSocketCore

/// Which `Origin` headers are admitted (RFC 6455 §10.2). Browsers send one with every WebSocket and
/// scripts cannot forge it. Other programs need not send any, so a request without one always
/// passes.
public enum OriginPolicy: Sendable, Equatable {
    /// Pages of the host that the request is for: in its `Host` field, or in its target if that is
    /// absolute. They came over http or https. Only hosts are compared: a proxy in front changes
    /// scheme and port.
    case sameHost
    /// Pages of these hosts, and of the host that the request is for.
    ///
    /// An entry is a host, `chat.example.org`, and admits its pages at any port; or a whole origin,
    /// `https://chat.example.org` or `capacitor://localhost`, and admits that alone.
    case hosts([String])
    /// Any page, including `null` (a local file, a sandboxed frame).
    case any

    /// Whether a page with this `Origin` may connect to this host, with or without its port. True
    /// without an `Origin`. If it is no serialized origin (RFC 6454 §6.2), but `null`, a list of
    /// several, or a URL with a path, true only for ``any``. The server refuses with HTTP 403.
    public func admits(origin: String?, host: String) -> Bool {
        guard let origin, self != .any else { return true }
        guard let page = WebOrigin(origin) else { return false }
        if page.isWeb, page.host == HostIdentity(ofAuthority: host) { return true }
        guard case .hosts(let entries) = self else { return false }
        return entries.contains { OriginEntry($0)?.admits(page) == true }
    }

    /// What is wrong with an entry of ``hosts(_:)``, as a sentence; nil if there are pages that it
    /// admits.
    public static func flaw(in entry: String) -> String? {
        if OriginEntry(entry) != nil { return nil }
        let hint =
            if entry.isEmpty {
                "Remove a comma"
            } else if entry.utf8.contains(UInt8(ascii: "*")) {
                "There are no wildcards: list each host"
            } else if !entry.utf8.allSatisfy({ $0 < 0x80 }) {
                "Write the host as browsers send it, in ASCII: xn--..."
            } else if entry.lowercased() == "null" {
                "Only the policy 'any' admits such pages"
            } else if entry.contains("://") {
                "An origin is scheme://host or scheme://host:port, without a path or a user"
            } else if let authority = HostIdentity.withPort(entry) {
                "A host is listed without its port: \(authority), or http://\(entry) for that alone"
            } else if entry.utf8.count(where: { $0 == UInt8(ascii: ":") }) > 1 {
                "Write an IPv6 address in brackets: [2001:db8::1]"
            } else {
                "Write a host, chat.example.org, or an origin, https://chat.example.org"
            }
        return "\"\(entry)\" admits no page. \(hint)."
    }
}

/// An entry of ``OriginPolicy/hosts(_:)``.
private enum OriginEntry {
    case host(HostIdentity)
    case origin(WebOrigin)

    init?(_ text: String) {
        // An asterisk may stand in a name, and is always meant as a wildcard here; no browser
        // writes an encoded host.
        guard !text.utf8.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "%") })
        else { return nil }
        if let origin = WebOrigin(text) {
            self = .origin(origin)
        } else if text.lowercased() != "null", HostIdentity.withPort(text) == nil,
            let host = HostIdentity(ofAuthority: text)
        {
            self = .host(host)
        } else {
            return nil
        }
    }

    func admits(_ page: WebOrigin) -> Bool {
        switch self {
        case .host(let host): page.isWeb && page.host == host
        case .origin(let origin): page == origin
        }
    }
}

extension HostIdentity {
    /// The host of an authority that has a port; nil if it has none, or is not valid.
    static func withPort(_ text: String) -> Substring? {
        let bytes = text.utf8.span
        guard let authority = Authority(bytes), authority.hostByteCount < bytes.count else {
            return nil
        }
        return text[..<text.utf8.index(text.startIndex, offsetBy: authority.hostByteCount)]
    }
}
