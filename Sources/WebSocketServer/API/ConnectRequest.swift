// An outgoing connection as a program requests it: where to, from where, and with which fields.
import LinuxReactor
import WebSocketCore

/// A request for an outgoing WebSocket: ``ServerContext/connect(_:)`` begins it.
///
/// ```swift
/// var request = try ConnectRequest("ws://127.0.0.1:8080/chat")
/// request.subprotocols = ["roost.v1"]
/// let id = io.connect(request)
/// ```
public struct ConnectRequest: Sendable {
    /// Where to connect: a host name or address, a port, and the path and query.
    public var url: WebSocketURL
    /// If set, connects to this unix(7) socket instead of the URL's host and port, which are then
    /// only used in the `Host` field.
    public var socketPath: String?
    /// The local address to connect from; nil lets the kernel choose. One address can have about
    /// 28,000 connections to one port of a server; more need several addresses, such as 127.0.0.2,
    /// 127.0.0.3 … on loopback.
    public var source: NetworkAddress?
    /// The subprotocols to offer, in order of preference (RFC 6455 §1.9). A server that chooses
    /// none of them is accepted; see ``ServerContext/agreement(of:)``.
    public var subprotocols: [String] = []
    /// More header fields of the request, as name and value: `Origin`, `Cookie`, `Authorization`.
    public var headers: [(String, String)] = []

    /// The offer of permessage-deflate (RFC 7692); nil, the default, for none. `DeflateOffer()` is
    /// the offer that browsers make. If the server accepts it, messages of 64 bytes and more are
    /// compressed where that makes them shorter, and received messages are bounded by
    /// ``Limits/messageByteCount`` and ``Limits/inflateRatio``. If the server keeps its context
    /// from one message to the next, the connection costs 32 KiB here; `serverNoContextTakeover:
    /// true` in the offer forbids that.
    public var compression: DeflateOffer?

    /// What is checked of the server, if the URL's scheme is `wss`; nil, the default, to check its
    /// certificate against the authorities that the system trusts.
    public var tls: ClientTLS?

    /// A request for a parsed URL.
    public init(_ url: WebSocketURL) { self.url = url }

    /// A request for a URL of the scheme `ws` or `wss`. Throws a `WebSocketURLError` that says what
    /// is wrong with the URL.
    public init(_ url: String) throws(WebSocketURLError) { self.url = try WebSocketURL(url) }

    /// The opening handshake of one connection.
    func handshake(nonce: InlineArray<16, UInt8>) throws(ClientHandshakeError) -> ClientHandshake {
        try ClientHandshake(
            host: url.authority, target: url.target, nonce: nonce, subprotocols: subprotocols,
            headers: headers, deflate: compression)
    }
}
