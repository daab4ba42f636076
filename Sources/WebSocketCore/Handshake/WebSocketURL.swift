// The URL of a WebSocket: the ws-URI and wss-URI of RFC 6455 §3.

/// A parsed URL of the scheme `ws` or `wss`: `wss://host:port/path?query`.
public struct WebSocketURL: Hashable, Sendable {
    /// The host to look up: a name or an address; an IPv6 address is without brackets.
    public let host: String
    /// The port; 80 if the URL names none, and 443 for `wss`.
    public let port: UInt16
    /// Whether the connection is encrypted: the scheme is `wss`.
    public let isSecure: Bool
    /// Path and query, as they are sent in the request; "/" if the URL has none.
    public let target: String

    /// The value of the `Host` field: the host, with the port unless that is the scheme's.
    public var authority: String {
        let host = host.utf8.contains(UInt8(ascii: ":")) ? "[\(self.host)]" : host
        return port == Self.usualPort(isSecure) ? host : "\(host):\(port)"
    }

    private static func usualPort(_ isSecure: Bool) -> UInt16 { isSecure ? 443 : 80 }

    /// A URL from its parts. `port` is 80, or 443 if the connection is to be encrypted, unless
    /// another is given. `target` begins with a slash and is percent-encoded.
    public init(
        host: String, port: UInt16? = nil, target: String = "/", isSecure: Bool = false
    ) {
        self.host = host
        self.port = port ?? Self.usualPort(isSecure)
        self.target = target
        self.isSecure = isSecure
    }

    /// Parses a URL. Throws what is wrong with it, as a sentence for the person who wrote it.
    public init(_ text: String) throws(WebSocketURLError) {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
            throw .noScheme(text)
        }
        let isSecure: Bool
        switch text[..<colon].lowercased() {
        case "ws": isSecure = false
        case "wss": isSecure = true
        default: throw .unknownScheme(String(text[..<colon]))
        }
        let rest = text[colon...].dropFirst(3)
        // A ws-URI has no fragment; a literal "#" must be written as %23.
        // Bytes, not characters: a mark that combines with a slash or an @ must not hide it.
        if rest.utf8.contains(UInt8(ascii: "#")) { throw .fragment(text) }
        let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
        let authority = rest[..<(end ?? rest.endIndex)]
        if authority.utf8.contains(UInt8(ascii: "@")) { throw .credentials }
        let (host, port) = try Self.split(authority)
        let target = rest[(end ?? rest.endIndex)...]
        self.init(
            host: host, port: port,
            target: target.utf8.first == UInt8(ascii: "/") ? String(target) : "/" + target,
            isSecure: isSecure)
        guard self.target.utf8.allSatisfy(HTTPGrammar.isTarget) else {
            throw .invalidTarget(self.target)
        }
    }

    /// Host and port of `host`, `host:port`, `[address]` or `[address]:port`; no port if none is
    /// named.
    private static func split(
        _ authority: Substring
    ) throws(WebSocketURLError) -> (String, UInt16?) {
        let isAddress = authority.utf8.first == UInt8(ascii: "[")
        var end = authority.utf8.firstIndex(of: isAddress ? UInt8(ascii: "]") : UInt8(ascii: ":"))
        if isAddress {
            guard let bracket = end else { throw .invalidHost(String(authority)) }
            end = authority.utf8.index(after: bracket)
        }
        let host = String(authority[..<(end ?? authority.endIndex)])
        let bare = isAddress ? String(host.dropFirst().dropLast()) : host
        // A percent sign would begin a zone, or a name that no resolver knows.
        guard let found = Authority(host.utf8.span), found.hostByteCount == host.utf8.count,
            !host.utf8.contains(UInt8(ascii: "%"))
        else { throw .invalidHost(bare) }
        let rest = authority[(end ?? authority.endIndex)...]
        if rest.isEmpty { return (bare, nil) }
        guard rest.utf8.first == UInt8(ascii: ":") else { throw .invalidHost(String(authority)) }
        // "host:" is the same as "host" (RFC 3986 §3.2.3).
        let port = rest.utf8.dropFirst()
        if port.isEmpty { return (bare, nil) }
        guard port.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = UInt16(Substring(port)),
            number > 0
        else { throw .invalidPort(String(Substring(port))) }
        return (bare, number)
    }
}

extension WebSocketURL: CustomStringConvertible {
    /// The URL in its normal form.
    public var description: String {
        "\(isSecure ? "wss" : "ws")://\(authority)\(target)"
    }
}

/// What is wrong with the URL of a WebSocket.
public enum WebSocketURLError: Error, Hashable, Sendable {
    /// There is no "://" in it.
    case noScheme(String)
    /// The scheme is neither `ws` nor `wss`.
    case unknownScheme(String)
    /// A ws-URI has no fragment (RFC 6455 §3).
    case fragment(String)
    /// There is a user name or password before the host; it is not repeated in the error.
    case credentials
    /// The host is empty, or has a character that is not allowed in a host.
    case invalidHost(String)
    /// The port is not a number from 1 to 65535.
    case invalidPort(String)
    /// Path or query has a character that must be percent-encoded.
    case invalidTarget(String)
}

extension WebSocketURLError: CustomStringConvertible {
    /// A sentence for the person who wrote the URL.
    public var description: String {
        switch self {
        case .noScheme(let text): "\"\(text)\" is not a URL: write ws://HOST:PORT/PATH."
        case .unknownScheme(let scheme): "The scheme must be ws or wss, not \"\(scheme)\"."
        case .fragment(let text):
            "\"\(text)\" has a fragment, which is not allowed in a ws URL: write %23 for #."
        case .credentials:
            "The URL must not contain a name or password: send an Authorization header."
        case .invalidHost(let host): "\"\(host)\" can't be a host."
        case .invalidPort(let port): "\"\(port)\" is not a port: use 1 to 65535."
        case .invalidTarget(let target): "\"\(target)\" must be percent-encoded."
        }
    }
}
