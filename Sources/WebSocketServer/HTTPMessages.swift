// Plain HTTP beside the upgrade: what a handler is asked, and what it answers.
import LinuxReactor
import Storage
import WebSocketCore

/// A request, lent for the time of one call: an opening handshake or a plain HTTP request.
public struct HTTPRequest: ~Copyable, ~Escapable {
    /// Method, target and header fields.
    public let head: RequestHead
    /// The whole body; empty for an opening handshake.
    public let body: Span<UInt8>
    /// The connection it came on: what ``Outbound/respond(to:_:)`` is given, now or later. For an
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

/// A request on its way to the handler, with the memory that it views.
struct PendingRequest: ~Copyable {
    var head: RequestHead?
    var body = ByteBuffer()
    var peer = NetworkAddress.unknown
    var listener = ListenerKind.open
    var credentials: PeerCredentials?

    @_lifetime(borrow self)
    func request(_ id: ConnectionID) -> HTTPRequest {
        guard let head else { preconditionFailure("there is no request") }
        return HTTPRequest(
            head: head, body: body.span, id: id, peer: peer, listener: listener,
            credentials: credentials)
    }
}

extension Outbound {
    /// Takes the request that is to be given to the handler: it is lent from outside, so that the
    /// handler may use everything here meanwhile.
    mutating func takeRequest() -> PendingRequest {
        var request = PendingRequest()
        swap(&request, &pendingRequest)
        return request
    }
}

/// A whole response.
public struct HTTPResponse: Sendable {
    /// The status line (RFC 9110 §15).
    public var status: HTTPStatus
    /// Fields beside Date, Connection and Content-Length, which are written by themselves. A name
    /// must be a token, or the process ends; in a value control characters become spaces.
    public var headers: [(String, String)]
    /// The bytes of the body; not sent in answer to HEAD, nor with a status that forbids one.
    public var body: [UInt8]

    /// A response with these fields and this body.
    public init(
        _ status: HTTPStatus, headers: [(String, String)] = [], body: [UInt8] = []
    ) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A response of plain text, with a line feed at its end.
    public static func text(_ status: HTTPStatus, _ text: String) -> HTTPResponse {
        HTTPResponse(
            status, headers: [("Content-Type", "text/plain; charset=utf-8")],
            body: Array((text + "\n").utf8))
    }

    /// 404 with a sentence.
    public static var notFound: HTTPResponse { .text(.notFound, "There is nothing here.") }
}

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
