// One exchange of HTTP: a request while it is received, and on its way to the handler.
import LinuxReactor
import Storage
import WebSocketCore

/// The state of an HTTP connection: kept beside its slot, and only while it speaks HTTP.
///
/// State that is added here must be added to the hand-over as well (`Exchange+HandOver.swift`).
struct HTTPExchange: ~Copyable {
    enum Response: UInt8 {
        /// The request is not complete, or not answered yet.
        case none
        /// The head was written, chunks follow.
        case chunked
        /// The head was written, the body ends with the connection.
        case untilClose
    }

    var parser = RequestHeadParser()
    /// The request's head while its body comes. The handler gets it then, so that a request that
    /// waits for its answer keeps none.
    var head: RequestHead?
    /// The opening handshake that waits for a decision.
    var upgrade: WaitingUpgrade?
    var bodyDecoder = BodyDecoder(.none)
    var body = ByteBuffer()
    var response = Response.none
    /// Whether the connection is used again after this exchange.
    var keepsAlive = false
    /// The peer waits for "100 Continue" before it sends the body (RFC 9110 §10.1.1).
    var owesContinue = false
    /// False for HEAD, whose response has no body.
    var wantsBody = true
    /// False for HTTP/1.0, which has no chunks.
    var takesChunks = true
    /// When a request that the handler of an earlier process has received is answered for it.
    var answerBy: Instant?
}

/// A request on its way to the handler, with the memory that it refers to.
struct PendingRequest: ~Copyable {
    var head: RequestHead?
    var body = ByteBuffer()
    var peer = NetworkAddress.unknown
    var listener = ListenerKind.public
    var credentials: PeerCredentials?
    var certificateName: String?

    @_lifetime(borrow self)
    func request(_ id: ConnectionID) -> HTTPRequest {
        guard let head else { preconditionFailure("there is no request") }
        return HTTPRequest(
            head: head, body: body.span, id: id, peer: peer, listener: listener,
            credentials: credentials, certificateName: certificateName)
    }
}
