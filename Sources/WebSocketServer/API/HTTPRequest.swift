// An HTTP request, as the handler gets it.
import LinuxReactor
import WebSocketCore

/// A request, lent to one call: an opening handshake or a plain HTTP request. It cannot be kept;
/// copy what you need.
public struct HTTPRequest: ~Copyable, ~Escapable {
    /// Method, target and header fields.
    public let head: RequestHead
    /// The whole body; empty for an opening handshake.
    public let body: Span<UInt8>
    /// The connection it came on: pass it to ``ServerContext/respond(to:with:)``, now or later. For
    /// an opening handshake it is the ID that `onOpen` will get.
    public let id: ConnectionID
    /// The client's address: from the kernel, or from a proxy if that is trusted
    /// (``ServerConfiguration/trustedProxies``) or sends the PROXY protocol.
    public let peer: NetworkAddress
    /// The kind of listener on which the request came.
    public let listener: ListenerKind
    /// Whether it came encrypted to this server; what a proxy has decrypted did not.
    public var isEncrypted: Bool { listener == .tls }
    /// The client's process and user, from SO_PEERCRED of unix(7); nil if it did not come over a
    /// local socket.
    public let credentials: PeerCredentials?

    /// The body copied to a string; each access copies. Invalid UTF-8 is replaced with U+FFFD.
    public var text: String { String(copying: body) }

    /// Whose certificate the client has shown, if it was asked for one and has
    /// (``TLS/Options/clientAuthorities``): the subject's common name; without one the first URI,
    /// host name or email address; without any the fingerprint. Nil without a certificate.
    public let certificateName: String?

    @_lifetime(copy body)
    init(
        head: RequestHead, body: Span<UInt8>, id: ConnectionID, peer: NetworkAddress,
        listener: ListenerKind, credentials: PeerCredentials?, certificateName: String?
    ) {
        self.certificateName = certificateName
        self.head = head
        self.body = body
        self.id = id
        self.peer = peer
        self.listener = listener
        self.credentials = credentials
    }
}
