// Answers to plain HTTP requests: at once, later, or bit by bit.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// Answers the request of this connection with a whole response, at once or from a later
    /// callback. The connection is used again if the peer wants that. Does nothing if no request is
    /// waiting for an answer: it has had one, or the peer has gone. While more than
    /// ``Limits/ownOutputByteCount`` of its replyBuffer are unread, no further request is looked at.
    public mutating func respond(to id: ConnectionID, _ response: HTTPResponse) {
        guard let slot = unanswered(id) else { return }
        let exchange = connections.slots[slot].exchange
        appendHead(
            slot, response.status, response.headers, .length(response.body.count),
            keepsAlive: exchanges[exchange].keepsAlive)
        if exchanges[exchange].wantsBody, !response.status.forbidsBody {
            connections.slots[slot].delivery.outbox.bytes.append(response.body.span)
        }
        // The peer has asked for it: no further request is looked at while it does not read.
        connections.slots[slot].ownOutputByteCount = connections.slots[slot].delivery.outbox.bytes.count
        if connections.slots[slot].ownOutputByteCount > limits.ownOutputByteCount {
            connections.slots[slot].readPauses.insert(.ownOutput)
        }
        endExchange(slot)
    }

    /// Begins a response whose length is not known yet. ``sendBody(_:to:)`` adds to it and
    /// ``endResponse(to:)`` ends it. Chunked for HTTP/1.1 (RFC 9112 §7.1); for HTTP/1.0 the body
    /// ends with the connection. Does nothing if no request is waiting for an answer.
    public mutating func beginResponse(
        to id: ConnectionID, _ status: HTTPStatus, headers: [(String, String)] = []
    ) {
        guard let slot = unanswered(id) else { return }
        let exchange = connections.slots[slot].exchange
        let isChunked = (exchanges[exchange].head?.minorVersion ?? 0) >= 1
        if !isChunked { exchanges[exchange].keepsAlive = false }
        exchanges[exchange].response = isChunked ? .chunked : .untilClose
        appendHead(
            slot, status, headers, isChunked ? .chunked : .untilClose,
            keepsAlive: exchanges[exchange].keepsAlive)
    }

    /// Adds to a response that was begun; does nothing otherwise, nor in answer to HEAD. Bytes that
    /// the peer does not take are kept up to ``Limits/outboxByteCount``; a peer that falls further
    /// behind is reset.
    public mutating func sendBody(_ bytes: Span<UInt8>, to id: ConnectionID) {
        guard let slot = connections.slot(of: id), connections.slots[slot].phase == .responding else { return }
        let exchange = connections.slots[slot].exchange
        guard exchanges[exchange].wantsBody else { return }
        switch exchanges[exchange].response {
        case .none: return
        case .chunked: connections.slots[slot].delivery.outbox.bytes.appendChunk(bytes)
        case .untilClose: connections.slots[slot].delivery.outbox.bytes.append(bytes)
        }
        connections.queue(slot)
    }

    /// Ends a response that was begun; does nothing otherwise. The next request may come then.
    public mutating func endResponse(to id: ConnectionID) {
        guard let slot = connections.slot(of: id), connections.slots[slot].phase == .responding else { return }
        let exchange = connections.slots[slot].exchange
        guard exchanges[exchange].response != .none else { return }
        if exchanges[exchange].response == .chunked, exchanges[exchange].wantsBody {
            connections.slots[slot].delivery.outbox.bytes.appendLastChunk()
        }
        endExchange(slot)
    }

    /// Whether the request of this connection is still to be answered: the peer is there, and
    /// neither ``respond(to:_:)`` nor ``beginResponse(to:_:headers:)`` has been called.
    public func isAnswerable(_ id: ConnectionID) -> Bool { unanswered(id) != nil }

    private func unanswered(_ id: ConnectionID) -> UInt32? {
        guard let slot = connections.slot(of: id), connections.slots[slot].phase == .responding,
            exchanges[connections.slots[slot].exchange].response == .none
        else { return nil }
        return slot
    }

    private mutating func appendHead(
        _ slot: UInt32, _ status: HTTPStatus, _ headers: [(String, String)],
        _ body: ResponseHead.Body, keepsAlive: Bool
    ) {
        let head = ResponseHead(
            status, headers: headers, body: body, keepsAlive: keepsAlive && !isStopping,
            date: httpDate)
        head.append(to: &connections.slots[slot].delivery.outbox.bytes)
        connections.queue(slot)
    }

    /// The response is complete: the next request may come, or the connection ends.
    private mutating func endExchange(_ slot: UInt32) {
        let exchange = connections.slots[slot].exchange
        let keepsAlive = exchanges[exchange].keepsAlive && !isStopping
        exchanges[exchange] = HTTPExchange()
        statistics.requestCount += 1
        connections.slots[slot].phase = .head
        schedule(slot, in: timeouts.handshake)
        if keepsAlive {
            resumeReading(slot, .responding)
        } else {
            connections.slots[slot].flags.insert(.endsAfterFlush)
            connections.slots[slot].pendingInput.removeAll()
            connections.queue(slot)
        }
    }

    /// No further request is read: the connection ends when all that it is owed has gone out.
    mutating func endAfterOutput(_ slot: UInt32) {
        guard !connections.slots[slot].delivery.outbox.isEmpty else { return die(slot, resetting: false) }
        connections.slots[slot].phase = .head
        connections.slots[slot].flags.insert(.endsAfterFlush)
        connections.slots[slot].readPauses.insert(.responding)
        connections.slots[slot].pendingInput.removeAll()
        connections.queue(slot)
    }

    /// Refuses a request: the response says why, and the connection ends with it.
    mutating func reject(
        _ slot: UInt32, _ rejection: HandshakeRejection, countedAs refusal: Refusal? = .request
    ) {
        if let refusal {
            note(
                RefusedConnection(
                    refusal: refusal, peer: connections.slots[slot].peer, status: rejection.status,
                    reason: rejection.reason))
        }
        let date = httpDate
        rejection.appendResponse(to: &connections.slots[slot].delivery.outbox.bytes, date: date)
        connections.slots[slot].flags.insert(.endsAfterFlush)
        connections.slots[slot].pendingInput.removeAll()
        connections.slots[slot].phase = .head
        schedule(slot, in: timeouts.close)
        connections.queue(slot)
    }
}
