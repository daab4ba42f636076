// Answers to plain HTTP requests: at once, later, or in parts.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// Answers this connection's request with a complete response, at once or from a later
    /// callback. The connection is kept alive if the client wants that. Does nothing if no request
    /// is waiting: it has been answered, or the client has disconnected. While more than
    /// ``Limits/ownOutputByteCount`` of responses are unread, no further request is read.
    public mutating func respond(to id: ConnectionID, with response: HTTPResponse) {
        guard let slot = unanswered(id) else { return }
        answer(slot, with: response)
    }

    /// Begins a response whose length is not known yet; ``sendBody(_:to:)`` adds to it and
    /// ``endResponse(to:)`` ends it. The body is chunked for HTTP/1.1 (RFC 9112 §7.1); for HTTP/1.0
    /// it ends with the connection. Does nothing if no request is waiting.
    public mutating func beginResponse(
        to id: ConnectionID, _ status: HTTPStatus, headers: [(String, String)] = []
    ) {
        guard let slot = unanswered(id) else { return }
        let exchange = connections.slots[slot].exchange
        http.exchanges[exchange].answerBy = nil
        let isChunked = http.exchanges[exchange].takesChunks
        if !isChunked { http.exchanges[exchange].keepsAlive = false }
        http.exchanges[exchange].response = isChunked ? .chunked : .untilClose
        appendHead(
            slot, status, headers, isChunked ? .chunked : .untilClose,
            keepsAlive: http.exchanges[exchange].keepsAlive)
    }

    /// Adds to a response that was begun; otherwise, and in answer to HEAD, does nothing. Bytes
    /// that the peer does not take are kept, up to ``Limits/outboxByteCount``; beyond that the peer
    /// is reset.
    public mutating func sendBody(_ bytes: Span<UInt8>, to id: ConnectionID) {
        guard let slot = connections.slot(of: id), connections.slots[slot].phase == .responding
        else { return }
        let exchange = connections.slots[slot].exchange
        guard http.exchanges[exchange].wantsBody else { return }
        switch http.exchanges[exchange].response {
        case .none: return
        case .chunked: connections.slots[slot].delivery.outbox.bytes.appendChunk(bytes)
        case .untilClose: connections.slots[slot].delivery.outbox.bytes.append(bytes)
        }
        connections.queue(slot)
    }

    /// Ends a response that was begun; otherwise does nothing. The next request may follow.
    public mutating func endResponse(to id: ConnectionID) {
        guard let slot = connections.slot(of: id), connections.slots[slot].phase == .responding
        else { return }
        let exchange = connections.slots[slot].exchange
        guard http.exchanges[exchange].response != .none else { return }
        if http.exchanges[exchange].response == .chunked, http.exchanges[exchange].wantsBody {
            connections.slots[slot].delivery.outbox.bytes.appendLastChunk()
        }
        endExchange(slot)
    }

    /// Whether this connection's request is still waiting: the client is connected, and neither
    /// ``respond(to:with:)`` nor ``beginResponse(to:_:headers:)`` has been called.
    public func isAnswerable(_ id: ConnectionID) -> Bool { unanswered(id) != nil }
}
