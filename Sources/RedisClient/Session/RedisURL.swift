// Where a Redis is, and as whom to log in there.

/// The address of a Redis server, with the name and the password of a user if it wants them.
///
/// | form | meaning |
/// |---|---|
/// | `redis://HOST`, `redis://HOST:PORT` | a host name or address; the usual port is 6379 |
/// | `redis://USER:PASSWORD@HOST` | the same, logged in as a user of Redis' ACL |
/// | `redis://:PASSWORD@HOST` | the same, as the user `default` |
/// | `rediss://HOST`, `rediss://USER:PASSWORD@HOST:PORT` | the same, encrypted by TLS; the usual port is 6379 too |
/// | `unix:///PATH`, `redis+unix://USER:PASSWORD@/PATH` | a socket in the file system |
///
/// In a name, a password and a path, a percent sign and two hexadecimal digits stand for a byte:
/// `%40` for `@`, `%2F` for a slash.
public struct RedisURL: Hashable, Sendable {
    /// How it is reached.
    public enum Address: Hashable, Sendable {
        /// A host name or a numeric address, and a port.
        case tcp(host: String, port: UInt16)
        /// The same, by TLS: the server must have a certificate for this name or address.
        case tls(host: String, port: UInt16)
        /// The path of a unix(7) socket.
        case unix(path: String)
    }

    /// How it is reached.
    public var address: Address
    /// The user to log in as; nil for `default`.
    public var user: String?
    /// The password of the user; nil to log in as nobody.
    public var password: String?

    /// A server that is reached so.
    public init(_ address: Address, user: String? = nil, password: String? = nil) {
        self.address = address
        self.user = user
        self.password = password
    }

    /// Parses a URL. Throws what is wrong with it, as a sentence for the person who wrote it.
    public init(_ text: String) throws(RedisURLError) {
        guard let mark = text.firstRange(of: "://") else { throw .noScheme }
        let scheme = text[..<mark.lowerBound].lowercased()
        var rest = text[mark.upperBound...]
        if let wrong = rest.utf8.first(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") }
        ) {
            throw .notUnderstood(String(Unicode.Scalar(wrong)))
        }
        let isLocal = scheme == "unix" || scheme == "redis+unix"
        guard isLocal || scheme == "redis" || scheme == "rediss" else {
            throw .unknownScheme(scheme)
        }
        (user, password) = try Self.takeCredentials(&rest)
        if isLocal {
            let path = try Self.decoded(rest)
            guard path.hasPrefix("/"), path.utf8.count > 1 else { throw .noPath(String(rest)) }
            guard path.utf8.count < Self.longestPath, !path.utf8.contains(0) else {
                throw .invalidPath(path)
            }
            address = .unix(path: path)
        } else {
            let (host, port) = try Self.endpoint(rest)
            address =
                scheme == "redis" ? .tcp(host: host, port: port) : .tls(host: host, port: port)
        }
    }

    /// A path has to fit into `sun_path`, which ends with a zero.
    private static var longestPath: Int { 108 }

    /// Takes what stands before the last `@` from the front.
    private static func takeCredentials(
        _ rest: inout Substring
    ) throws(RedisURLError) -> (user: String?, password: String?) {
        guard let at = rest.lastIndex(of: "@") else { return (nil, nil) }
        let credentials = rest[..<at]
        rest = rest[rest.index(after: at)...]
        guard let colon = credentials.firstIndex(of: ":") else { throw .noPassword }
        let password = try decoded(credentials[credentials.index(after: colon)...])
        guard !password.isEmpty else { throw .noPassword }
        let user = try decoded(credentials[..<colon])
        return (user.isEmpty ? nil : user, password)
    }

    private static func endpoint(
        _ rest: Substring
    ) throws(RedisURLError) -> (host: String, port: UInt16) {
        var authority = rest
        if let slash = authority.firstIndex(of: "/") {
            // A number of a database may stand here: there is one, number 0.
            guard ["", "0"].contains(authority[authority.index(after: slash)...]) else {
                throw .database(String(authority[slash...].dropFirst()))
            }
            authority = authority[..<slash]
        }
        var host = authority
        var port = Substring()
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = authority[authority.index(after: authority.startIndex)..<end]
            let behind = authority[authority.index(after: end)...]
            guard behind.isEmpty || behind.hasPrefix(":") else {
                throw .invalidHost(String(authority))
            }
            port = behind.dropFirst()
        } else if let colon = authority.firstIndex(of: ":") {
            host = authority[..<colon]
            port = authority[authority.index(after: colon)...]
            if port.contains(":") { throw .invalidHost(String(authority)) }
        }
        let isHost = host.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
                || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_")].contains(byte)
                || byte == UInt8(ascii: ":")
        }
        guard isHost, !host.isEmpty else { throw .invalidHost(String(host)) }
        if port.isEmpty { return (String(host), 6379) }
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(port),
            number > 0
        else { throw .invalidPort(String(port)) }
        return (String(host), number)
    }

    /// The text with the bytes that percent signs stand for.
    private static func decoded(_ text: Substring) throws(RedisURLError) -> String {
        var bytes: [UInt8] = []
        var index = text.utf8.startIndex
        while index < text.utf8.endIndex {
            let byte = text.utf8[index]
            index = text.utf8.index(after: index)
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = text.utf8[index...].prefix(2)
            guard digits.count == 2, digits.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: "+") }),
                let value = UInt8(String(Substring(digits)), radix: 16)
            else { throw .invalidEscape }
            bytes.append(value)
            index = digits.endIndex
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else { throw .invalidEscape }
        return decoded
    }
}

extension RedisURL: CustomStringConvertible {
    /// The address, for logs: without the name and the password.
    public var description: String {
        switch address {
        case .tcp(let host, let port): "redis://\(Self.bracketed(host)):\(port)"
        case .tls(let host, let port): "rediss://\(Self.bracketed(host)):\(port)"
        case .unix(let path): "unix://\(path)"
        }
    }

    private static func bracketed(_ host: String) -> String {
        host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    }
}
