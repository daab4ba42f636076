// The URL of a WebSocket: the ws-URI of RFC 6455 §3.

/// A parsed URL of the scheme `ws`: `ws://host:port/path?query`.
public struct WebSocketURL: Hashable, Sendable {
    /// The host to look up: a name or an address; an IPv6 address is without brackets.
    public let host: String
    /// The port; 80 if the URL names none.
    public let port: UInt16
    /// Path and query, as they are sent in the request; "/" if the URL has none.
    public let target: String

    /// The value of the `Host` field: the host, with the port unless that is 80.
    public var authority: String {
        let host = host.utf8.contains(UInt8(ascii: ":")) ? "[\(self.host)]" : host
        return port == 80 ? host : "\(host):\(port)"
    }

    /// A URL from its parts. `target` begins with a slash and is percent-encoded.
    public init(host: String, port: UInt16 = 80, target: String = "/") {
        self.host = host
        self.port = port
        self.target = target
    }

    /// Parses a URL. Throws what is wrong with it, as a sentence for the person who wrote it.
    public init(_ text: String) throws(WebSocketURLError) {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else {
            throw .noScheme(text)
        }
        switch text[..<colon].lowercased() {
        case "ws": break
        case "wss": throw .tlsUnsupported(text)
        default: throw .unknownScheme(String(text[..<colon]))
        }
        let rest = text[colon...].dropFirst(3)
        // A ws-URI has no fragment; a literal "#" must be written as %23.
        if rest.contains("#") { throw .fragment(text) }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<end]
        if authority.contains("@") { throw .credentials }
        let (host, port) = try Self.split(authority, text)
        let target = rest[end...]
        self.init(
            host: host, port: port,
            target: target.first == "/" ? String(target) : "/" + target)
        guard !host.isEmpty, host.utf8.allSatisfy(HTTPGrammar.isAuthority) else {
            throw .invalidHost(host)
        }
        guard self.target.utf8.allSatisfy(HTTPGrammar.isTarget) else {
            throw .invalidTarget(self.target)
        }
    }

    /// Host and port of `host`, `host:port`, `[address]` or `[address]:port`.
    private static func split(
        _ authority: Substring, _ text: String
    ) throws(WebSocketURLError) -> (String, UInt16) {
        var host = authority
        var port: Substring?
        if authority.first == "[" {
            guard let end = authority.firstIndex(of: "]") else {
                throw .invalidHost(String(authority))
            }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let rest = authority[authority.index(after: end)...]
            guard rest.isEmpty || rest.first == ":" else { throw .invalidHost(String(authority)) }
            if !rest.isEmpty { port = rest.dropFirst() }
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
        }
        // "host:" is the same as "host" (RFC 3986 §3.2.3).
        guard let port, !port.isEmpty else { return (String(host), 80) }
        guard port.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let number = UInt16(port),
            number > 0
        else { throw .invalidPort(String(port)) }
        return (String(host), number)
    }
}

extension WebSocketURL: CustomStringConvertible {
    /// The URL in its normal form.
    public var description: String { "ws://\(authority)\(target)" }
}

/// What is wrong with the URL of a WebSocket.
public enum WebSocketURLError: Error, Hashable, Sendable {
    /// There is no "://" in it.
    case noScheme(String)
    /// The scheme is neither `ws` nor `wss`.
    case unknownScheme(String)
    /// `wss`: the client does not speak TLS.
    case tlsUnsupported(String)
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
        case .unknownScheme(let scheme): "The scheme must be ws, not \"\(scheme)\"."
        case .tlsUnsupported(let text):
            "\"\(text)\" needs TLS, which this client does not speak: connect with ws:// to a "
                + "proxy that does (stunnel, socat, nginx)."
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
