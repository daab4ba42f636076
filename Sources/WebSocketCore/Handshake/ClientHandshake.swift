// The client's side of the opening handshake (RFC 6455 §4.1): the request.
import Storage

/// A request to open a connection, which is also what the response is checked against.
public struct ClientHandshake: Sendable {
    /// The value of the `Host` field: the host and perhaps the port.
    public let host: String
    /// Path and query.
    public let target: String
    /// The subprotocols offered, in order of preference.
    public let subprotocols: [String]
    /// Additional fields of the request, such as `Origin` or `Cookie`.
    public let headers: [(String, String)]
    /// The offer of compression, if there is one.
    public let deflate: DeflateOffer?
    /// `Sec-WebSocket-Key`: the base64 of the nonce.
    public let key: InlineArray<24, UInt8>

    /// A handshake for one connection. Throws a ``ClientHandshakeError`` that names the argument
    /// which is not valid.
    ///
    /// - Parameters:
    ///   - host: the host, with a colon and the port if that isn't the scheme's default.
    ///   - target: path and query, percent-encoded.
    ///   - nonce: 16 random bytes, new ones for each connection (RFC 6455 §4.1).
    ///   - subprotocols: tokens, in order of preference, without duplicates.
    ///   - headers: additional fields, but not the fields that the handshake writes itself. Control
    ///     characters in a value become spaces.
    ///   - deflate: an offer of permessage-deflate.
    public init(
        host: String, target: String = "/", nonce: InlineArray<16, UInt8>,
        subprotocols: [String] = [], headers: [(String, String)] = [],
        deflate: DeflateOffer? = nil
    ) throws(ClientHandshakeError) {
        guard Authority(host.utf8.span) != nil else { throw .invalidHost(host) }
        guard target.utf8.first == UInt8(ascii: "/"),
            target.utf8.allSatisfy(HTTPGrammar.isTarget)
        else { throw .invalidTarget(target) }
        for (index, name) in subprotocols.enumerated() {
            if !HTTPGrammar.isToken(name) || subprotocols[..<index].contains(name) {
                throw .invalidSubprotocol(name)
            }
        }
        for (name, _) in headers {
            if !HTTPGrammar.isToken(name) || Self.isReserved(name) { throw .invalidHeader(name) }
        }
        self.host = host
        self.target = target
        self.subprotocols = subprotocols
        self.headers = headers
        self.deflate = deflate
        var key = InlineArray<24, UInt8>(repeating: 0)
        var text = key.mutableSpan
        Base64.encode(nonce.span, into: &text)
        self.key = key
    }

    /// Appends the request to `output`.
    public func appendRequest(to output: inout ByteBuffer) {
        output.reserve(256)
        output.append("GET ")
        output.append(utf8: target)
        output.append(" HTTP/1.1\r\n")
        output.appendField("Host", host)
        output.append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: ")
        output.append(key.span)
        output.append("\r\nSec-WebSocket-Version: 13\r\n")
        if !subprotocols.isEmpty {
            output.appendField("Sec-WebSocket-Protocol", subprotocols.joined(separator: ", "))
        }
        if let deflate { output.appendField("Sec-WebSocket-Extensions", deflate.fieldValue) }
        for (name, value) in headers { output.appendField(name, value) }
        output.append("\r\n")
    }

    /// Whether the handshake writes this field itself, or the field would give the request a body.
    private static func isReserved(_ name: String) -> Bool {
        let reserved: InlineArray<10, StaticString> = [
            "Host", "Upgrade", "Connection", "Sec-WebSocket-Key", "Sec-WebSocket-Version",
            "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Sec-WebSocket-Accept",
            "Content-Length", "Transfer-Encoding",
        ]
        for index in reserved.indices where name.utf8.span.equals(reserved[index]) { return true }
        return false
    }
}
