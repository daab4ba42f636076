// The server's side of the opening handshake (RFC 6455 §4.2).
import Storage

/// Checks upgrade requests and writes the response.
public enum Handshake {
    /// Whether the request asks for a WebSocket connection, whether its handshake is valid or not:
    /// it names the protocol in `Upgrade`, or has the key that only handshakes have. The key alone
    /// is what remains of a handshake behind a proxy that passes no `Upgrade` on. `Upgrade` in an
    /// HTTP/1.0 request is ignored (RFC 9110 §7.8).
    public static func isUpgrade(_ head: RequestHead) -> Bool {
        (head.minorVersion >= 1 && head.list("Upgrade", contains: "websocket"))
            || head.count(of: "Sec-WebSocket-Key") > 0
    }

    /// Does in advance what the first handshake would have to do: libcrypto looks its digest up,
    /// which takes a megabyte and some milliseconds. A server calls it once, before it serves.
    public static func prepare() {
        // The sample key of RFC 6455 §1.3.
        let accept = acceptValue(for: "dGhlIHNhbXBsZSBub25jZQ==")
        precondition(accept != nil, "libcrypto has no SHA-1")
    }

    /// Checks a client's handshake against RFC 6455 §4.2.1 and returns the value for
    /// `Sec-WebSocket-Accept`.
    ///
    /// Throws a rejection: 405 for a method other than GET, 426 for HTTP/1.0, for an `Upgrade` that
    /// does not name `websocket` and for a version other than 13, and 400 for other errors (501 for
    /// an unknown Transfer-Encoding). Origin and path are for the application to check.
    public static func validate(_ head: RequestHead) throws(HandshakeRejection) -> AcceptValue {
        if head.method != .get {
            throw HandshakeRejection(
                .methodNotAllowed, reason: "A WebSocket handshake is a GET request.",
                headers: [("Allow", "GET")])
        }
        if head.minorVersion < 1 { throw upgradeRequired(head) }
        let host = try head.validHost()
        if host.isEmpty && head.authorityRange == nil {
            throw HandshakeRejection(
                .badRequest, reason: "The Host field of a WebSocket handshake must name the server."
            )
        }
        // One reader would take the bytes after the head for a body, and another for frames.
        if try head.bodyFraming() != .none {
            throw HandshakeRejection(
                .badRequest, reason: "A WebSocket handshake has no body: leave it out.")
        }
        try checkUpgrade(head)
        try checkVersion(head)
        let key = head.lookUp("Sec-WebSocket-Key")
        if key.count != 1 { throw .notOnce("Sec-WebSocket-Key", key.count) }
        let keyBytes = head.bytes.span.extracting(key.first)
        guard isKey(keyBytes) else {
            throw HandshakeRejection(
                .badRequest, reason: "Sec-WebSocket-Key must be the base64 of 16 bytes.")
        }
        if !head.headerFields.listHasOnlyTokens("Sec-WebSocket-Protocol") {
            throw HandshakeRejection(
                .badRequest, reason: "Sec-WebSocket-Protocol must be a list of tokens.")
        }
        return AcceptValue(key: keyBytes)
    }

    /// The value of `Sec-WebSocket-Accept` that answers `key`, or nil if `key` is not valid.
    public static func acceptValue(for key: String) -> AcceptValue? {
        let bytes = key.utf8.span
        return isKey(bytes) ? AcceptValue(key: bytes) : nil
    }

    /// Appends the response that opens the connection (RFC 6455 §4.2.2).
    ///
    /// - Parameters:
    ///   - output: where the response is appended.
    ///   - accept: the value that ``validate(_:)`` returned.
    ///   - subprotocol: a subprotocol that the client offered, or nil.
    ///   - extensions: the value of `Sec-WebSocket-Extensions`, or nil; see
    ///     ``DeflateParameters/fieldValue``.
    ///   - headers: additional fields, such as `Set-Cookie`. A name that ``mayAddField(_:)`` does
    ///     not allow ends the process.
    public static func appendSwitchingProtocols(
        to output: inout ByteBuffer, accept: AcceptValue, subprotocol: String? = nil,
        extensions: String? = nil, headers: [(String, String)] = []
    ) {
        output.reserve(192)
        output.append(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
        output.append("Sec-WebSocket-Accept: ")
        output.append(accept.bytes.span)
        output.append("\r\n")
        if let subprotocol { output.appendField("Sec-WebSocket-Protocol", subprotocol) }
        if let extensions { output.appendField("Sec-WebSocket-Extensions", extensions) }
        for (name, value) in headers {
            precondition(mayAddField(name), "an application must not add the field \(name)")
            output.appendField(name, value)
        }
        output.append("\r\n")
    }

    /// Whether an application may put a field with this name into a 101 response. The name must be
    /// a token. Not allowed, in upper or lower case, are `Connection`, `Upgrade`, `Content-Length`,
    /// `Transfer-Encoding` and every name that begins with `Sec-WebSocket-`.
    public static func mayAddField(_ name: String) -> Bool {
        guard HTTPGrammar.isToken(name) else { return false }
        let name = name.lowercased()
        return !name.hasPrefix("sec-websocket-")
            && !["connection", "upgrade", "content-length", "transfer-encoding"].contains(name)
    }

    /// The answer to a request for a WebSocket's path that is no opening handshake: 426, with the
    /// usual cause for the person who has to find it.
    public static func upgradeRequired(_ head: RequestHead) -> HandshakeRejection {
        let flaw =
            head.minorVersion < 1
            ? "the request came in HTTP/1.0" : "the request has no \"Upgrade: websocket\""
        return HandshakeRejection(
            .upgradeRequired,
            reason: "A WebSocket is here, and \(flaw). Connect to it with ws:// or wss://. If a "
                + "client does, a proxy on the way does not pass its Upgrade on: nginx needs "
                + "\"proxy_http_version 1.1\" and \"proxy_set_header\" for Upgrade and Connection.",
            headers: upgradeHeaders)
    }

    private static var upgradeHeaders: [(String, String)] {
        [("Sec-WebSocket-Version", "13"), ("Upgrade", "websocket")]
    }

    private static func checkUpgrade(_ head: RequestHead) throws(HandshakeRejection) {
        if !head.list("Upgrade", contains: "websocket") { throw upgradeRequired(head) }
        if !head.list("Connection", contains: "upgrade") {
            throw HandshakeRejection(
                .badRequest,
                reason: "The Connection field must name Upgrade; a proxy on the way may drop it.")
        }
    }

    private static func checkVersion(_ head: RequestHead) throws(HandshakeRejection) {
        let version = head.lookUp("Sec-WebSocket-Version")
        if version.count > 1 { throw .notOnce("Sec-WebSocket-Version", version.count) }
        guard head.bytes.span.extracting(version.first).isExactly("13") else {
            throw HandshakeRejection(
                .upgradeRequired, reason: "This server speaks version 13 of WebSocket (RFC 6455).",
                headers: upgradeHeaders)
        }
    }

    /// Whether the bytes are the base64 of 16 bytes (RFC 6455 §4.2.1): 22 digits and two `=`.
    private static func isKey(_ bytes: Span<UInt8>) -> Bool {
        guard bytes.count == 24, bytes[22] == UInt8(ascii: "="), bytes[23] == UInt8(ascii: "=")
        else { return false }
        for index in 0..<22 {
            switch bytes[index] {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                continue
            default: return false
            }
        }
        return true
    }
}
