// What a client asks for: where to, from where, and with which fields.
import LinuxReactor
import WebSocketCore

/// A WebSocket to be opened: ``ServerContext/connect(_:)`` begins it.
///
/// ```swift
/// var request = try ConnectRequest("ws://127.0.0.1:8080/chat")
/// request.subprotocols = ["roost.v1"]
/// let id = io.connect(request)
/// ```
public struct ConnectRequest: Sendable {
    /// Where to: a name or address, a port, and what is asked for there.
    public var url: WebSocketURL
    /// Connects to this unix(7) socket instead of the URL's host and port, which then only stand in
    /// the `Host` field.
    public var socketPath: String?
    /// The address of this machine that the connection comes from; nil lets the kernel choose. One
    /// address can have 28,000 connections to one port of a server: whoever needs more spreads them,
    /// over 127.0.0.2, 127.0.0.3 … on loopback.
    public var source: NetworkAddress?
    /// Subprotocols that are offered, the one that is liked best first (RFC 6455 §1.9). A server
    /// that chooses none of them is accepted; see ``ServerContext/agreement(of:)``.
    public var subprotocols: [String] = []
    /// Further fields of the request, as name and value: `Origin`, `Cookie`, `Authorization`.
    public var headers: [(String, String)] = []

    /// An offer of permessage-deflate (RFC 7692); nil for none, which is the default: `DeflateOffer()`
    /// is the one that browsers make. If the server accepts it, messages of 64 bytes and more are
    /// compressed where that makes them shorter, and what comes is bounded by
    /// ``Limits/messageByteCount`` and ``Limits/inflateRatio``. A server that keeps its context from
    /// one message to the next costs 32 KiB a connection here; `serverNoContextTakeover: true` in
    /// the offer keeps it from that.
    public var compression: DeflateOffer?

    /// A request for a URL that was taken apart.
    public init(_ url: WebSocketURL) { self.url = url }

    /// A request for a URL of the scheme `ws`. Throws what is wrong with the URL.
    public init(_ url: String) throws(WebSocketURLError) { self.url = try WebSocketURL(url) }

    /// The opening handshake of one connection.
    func handshake(nonce: InlineArray<16, UInt8>) throws(ClientHandshakeError) -> ClientHandshake {
        try ClientHandshake(
            host: url.authority, target: url.target, nonce: nonce, subprotocols: subprotocols,
            headers: headers, deflate: compression)
    }
}
