// A request, as the handler is given it.
import LinuxReactor
import WebSocketCore

/// A request, lent for the time of one call: an opening handshake or a plain HTTP request.
public struct HTTPRequest: ~Copyable, ~Escapable {
    /// Method, target and header fields.
    public let head: RequestHead
    /// The whole body; empty for an opening handshake.
    public let body: Span<UInt8>
    /// The connection it came on: what ``ServerContext/respond(to:with:)`` is given, now or later. For an
    /// upgrade it is the name that `onOpen` will bring.
    public let id: ConnectionID
    /// Who asks, as the kernel sees it; or, through a proxy that is trusted, as that says.
    public let peer: NetworkAddress
    /// By which door the request came.
    public let listener: ListenerKind
    /// Which user is behind it, if it came over a local socket.
    public let credentials: PeerCredentials?

    @_lifetime(copy body)
    init(
        head: RequestHead, body: Span<UInt8>, id: ConnectionID, peer: NetworkAddress,
        listener: ListenerKind, credentials: PeerCredentials?
    ) {
        self.head = head
        self.body = body
        self.id = id
        self.peer = peer
        self.listener = listener
        self.credentials = credentials
    }
}
