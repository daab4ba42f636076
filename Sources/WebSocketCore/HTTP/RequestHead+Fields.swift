// What the fields of a request say about the connection and the host.

extension RequestHead {
    /// The subprotocols that the client offers, in its order of preference (RFC 6455 §4.1).
    public var subprotocols: [String] { listMembers("Sec-WebSocket-Protocol") }

    /// The first subprotocol in `supported` that the client offers, so that the server's order of
    /// preference decides; nil if the client offers none of them. Names are compared with case
    /// (RFC 6455 §4.2.2).
    public func firstSubprotocol(of supported: [String]) -> String? {
        if supported.isEmpty { return nil }
        let offered = subprotocols
        return supported.first { offered.contains($0) }
    }

    /// Whether the connection may serve another request after this one (RFC 9112 §9.3).
    public var keepsAlive: Bool {
        if list("Connection", contains: "close") { return false }
        return minorVersion >= 1 || list("Connection", contains: "keep-alive")
    }

    /// Whether the client waits for 100 Continue before it sends the body (RFC 9110 §10.1.1).
    public var expectsContinue: Bool {
        minorVersion >= 1 && list("Expect", contains: "100-continue")
    }

    /// The host and perhaps the port that the request is for: those of an absolute target, which
    /// alone count (RFC 9112 §3.2.2), or else those of the `Host` field. Empty if neither names
    /// any. It is only a valid host after ``checkHost()``.
    public var authority: String {
        if let authorityRange { return text(authorityRange) }
        return text(lookUp("Host").first)
    }

    /// Throws a rejection (400) unless there is exactly one `Host` field, which every HTTP/1.1
    /// request must have, and it is valid or empty (RFC 9112 §3.2). A request of HTTP/1.0 may leave
    /// it out.
    public func checkHost() throws(HandshakeRejection) {
        _ = try validHost()
    }

    /// The value of a valid `Host` field, which may be empty or missing.
    func validHost() throws(HandshakeRejection) -> Range<Int> {
        let host = lookUp("Host")
        if host.count == 0 && minorVersion == 0 { return host.first }
        if host.count != 1 { throw .notOnce("Host", host.count) }
        // A client that knows no host sends an empty field.
        guard host.first.isEmpty || Authority(bytes.span.extracting(host.first)) != nil else {
            throw HandshakeRejection(
                .badRequest,
                reason: "The Host field must be a host, an IPv6 address in brackets, and perhaps a "
                    + "port up to 65535.")
        }
        return host.first
    }
}
