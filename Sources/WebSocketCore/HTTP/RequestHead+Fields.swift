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

    /// Throws a rejection (400) unless there is exactly one valid `Host` field, which every
    /// HTTP/1.1 request must have (RFC 9112 §3.2). A request of HTTP/1.0 may leave it out.
    public func checkHost() throws(HandshakeRejection) {
        let host = lookUp("Host")
        if host.count == 0 && minorVersion == 0 { return }
        if host.count != 1 || host.first.isEmpty {
            throw .notOnce("Host", host.count)
        }
        for index in host.first where !HTTPGrammar.isAuthority(bytes[index]) {
            throw HandshakeRejection(
                .badRequest, reason: "The Host field must be a host name and perhaps a port.")
        }
    }
}
