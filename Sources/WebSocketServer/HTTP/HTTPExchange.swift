// One exchange of HTTP: a request as it is read, and its way to the handler and back.
import LinuxReactor
import Storage
import WebSocketCore

/// Where an HTTP connection stands: kept beside the connection, and only while it speaks HTTP.
struct HTTPExchange: ~Copyable {
    enum Response: UInt8 {
        /// The request is not complete, or not answered.
        case none
        /// The head is out, chunks follow.
        case chunked
        /// The head is out, the body ends with the connection.
        case untilClose
    }

    var parser = RequestHeadParser()
    var head: RequestHead?
    var bodyDecoder = BodyDecoder(.none)
    var body = ByteBuffer()
    var response = Response.none
    /// Whether the connection is used again after this exchange.
    var keepsAlive = false
    /// The peer wants to be told to go on before it sends the body (RFC 9110 §10.1.1).
    var owesContinue = false
    /// HEAD wants the head alone.
    var wantsBody = true
}

/// A request on its way to the handler, with the memory that it views.
struct PendingRequest: ~Copyable {
    var head: RequestHead?
    var body = ByteBuffer()
    var peer = NetworkAddress.unknown
    var listener = ListenerKind.public
    var credentials: PeerCredentials?

    @_lifetime(borrow self)
    func request(_ id: ConnectionID) -> HTTPRequest {
        guard let head else { preconditionFailure("there is no request") }
        return HTTPRequest(
            head: head, body: body.span, id: id, peer: peer, listener: listener,
            credentials: credentials)
    }
}
