// A handler that answers plain HTTP requests, too.
import WebSocketCore

/// A handler that answers plain HTTP requests beside its WebSockets: pages, routes, event streams.
/// The server answers them itself for a handler that is none: 426 to GET.
public protocol HTTPHandler: WebSocketHandler, ~Copyable {
    /// A plain HTTP request, complete with its body, which is at most ``Limits/bodyByteCount``.
    /// Answer it now, or later from another callback, with ``ServerContext/respond(to:with:)`` or
    /// ``ServerContext/beginResponse(to:_:headers:)``; until then nothing more is read from the
    /// connection, and no deadline ends it. It ends when the client ends its stream:
    /// ``ServerContext/isAnswerable(_:)`` is false then. Called once for each request, HEAD
    /// included, but for `OPTIONS *`, which the server answers. Where there is nothing but a
    /// WebSocket, ``HTTPResponse/webSocketOnly(_:)`` is the usual answer. A thrown
    /// `HandshakeRejection` is the answer if there is none yet, and 500 that to any other error,
    /// which is logged.
    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) throws

    /// The head of a plain HTTP request that announces a body, before anything of the body is read:
    /// the time to ask who sends it. The request's `body` is empty. A thrown `HandshakeRejection`
    /// is the answer, and 500 that to any other error, which is logged; the body is not kept, no
    /// "100 Continue" is sent, and the connection ends in order.
    /// Nothing can be answered otherwise here: ``onRequest(_:_:)`` follows once the body is there.
    /// The default accepts every request.
    mutating func onRequestHead(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) throws

    /// An event stream has ended, for whatever reason: nothing reaches its reader any more, and its
    /// subscriptions have ended. Called exactly once for each stream that
    /// ``ServerContext/beginEventStream(to:headers:)`` has begun, at the end of a turn.
    mutating func onEventStreamEnd(
        _ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext)
}

extension HTTPHandler where Self: ~Copyable {
    public mutating func onRequestHead(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) throws {}

    public mutating func onEventStreamEnd(
        _ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext
    ) {}

    public mutating func _onHTTP(
        _ event: _HandlerEvent, _ id: ConnectionID, _ io: inout ServerContext
    ) {
        switch event.event {
        case .requestHead:
            let pending = io.http.takeRequest()
            do {
                try onRequestHead(pending.request(id), &io)
            } catch {
                io.http.headRejection = io.rejection(by: error, id)
            }
        case .request:
            var pending = io.http.takeRequest()
            do {
                try onRequest(pending.request(id), &io)
            } catch {
                io.end(id, by: error)
            }
            // Operators send secrets.
            if pending.listener.isInternal { pending.body.wipe() }
        case .streamEnd(let cause): onEventStreamEnd(id, cause, &io)
        default: preconditionFailure("an event of HTTP")
        }
    }
}
