// What is wrong with the address of a Redis.

/// What is wrong with the URL of a Redis. The password is not repeated.
public enum RedisURLError: Error, Hashable, Sendable {
    /// There is no "://" in it.
    case noScheme
    /// The scheme is none of `redis`, `rediss`, `unix` and `redis+unix`.
    case unknownScheme(String)
    /// This character begins a part that is not understood, or must be percent-encoded.
    case notUnderstood(String)
    /// There is an `@`, and no password before it.
    case noPassword
    /// A percent sign is not followed by two hexadecimal digits, or the bytes are not UTF-8.
    case invalidEscape
    /// The host is empty, or has a character that is not allowed in a host.
    case invalidHost(String)
    /// The port is not a number from 1 to 65535.
    case invalidPort(String)
    /// Another database than number 0 is named.
    case database(String)
    /// The path of a socket does not begin with a slash.
    case noPath(String)
    /// The path of a socket is longer than 107 bytes, or has a zero.
    case invalidPath(String)
}

extension RedisURLError: CustomStringConvertible {
    /// A sentence for the person who wrote the URL.
    public var description: String {
        switch self {
        case .noScheme:
            "This is not a URL: write redis://HOST:PORT, rediss://HOST:PORT or unix:///PATH."
        case .unknownScheme(let scheme):
            "The scheme must be redis, rediss (TLS), unix or redis+unix, not \"\(scheme)\"."
        case .notUnderstood(let mark):
            "There is a \(mark), which means nothing here: write "
                + "\(mark == "#" ? "%23" : "%3F") if it is part of a password or path."
        case .noPassword: "Before the @ there must be USER:PASSWORD, or :PASSWORD."
        case .invalidEscape:
            "A percent sign must be followed by two hexadecimal digits: write %25 for %."
        case .invalidHost(let host): "\"\(host)\" can't be a host."
        case .invalidPort(let port): "\"\(port)\" is not a port: use 1 to 65535."
        case .database(let name): "The database must be 0, which is the usual one, not \"\(name)\"."
        case .noPath(let path): "\"\(path)\" is not an absolute path: write unix:///PATH."
        case .invalidPath(let path): "\"\(path)\" can't be the path of a socket."
        }
    }
}
