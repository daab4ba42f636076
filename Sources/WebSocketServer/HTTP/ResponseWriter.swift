// Writes responses into a connection's outbox: heads, ends, rejections.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// The slot of a connection whose request the handler has and has not begun to answer.
    func unanswered(_ id: ConnectionID) -> Slot? {
        guard let slot = connections.slot(of: id), connections.slots[slot].phase == .responding,
            http.exchanges[connections.slots[slot].exchange].response == .none
        else { return nil }
        return slot
    }

    mutating func appendHead(
        _ slot: Slot, _ status: HTTPStatus, _ headers: [(String, String)],
        _ body: ResponseHead.Body, keepsAlive: Bool
    ) {
        var headers = headers
        if let age = settings.hosts.strictTransportAge, connections.slots[slot].listener == .tls {
            headers.append(("Strict-Transport-Security", "max-age=\(age.components.seconds)"))
        }
        let head = ResponseHead(
            status, headers: headers, body: body, keepsAlive: keepsAlive && !shutdown.isUnderWay,
            date: clock.httpDate())
        head.append(to: &connections.slots[slot].delivery.outbox.bytes)
        connections.queue(slot)
    }

    /// Answers the request that this connection is waiting for with a complete response.
    mutating func answer(_ slot: Slot, with response: HTTPResponse) {
        let exchange = connections.slots[slot].exchange
        appendHead(
            slot, response.status, response.headers, .length(response.body.count),
            keepsAlive: http.exchanges[exchange].keepsAlive)
        if http.exchanges[exchange].wantsBody, !response.status.forbidsBody {
            connections.slots[slot].delivery.outbox.bytes.append(response.body.span)
        }
        // The client's own output: no further request is read while it does not read this.
        let byteCount = connections.slots[slot].delivery.outbox.bytes.count
        // A body is made, copied and sent, or made for nothing.
        meter.spend(Work.request + response.body.count)
        connections.slots[slot].ownOutputByteCount = byteCount
        if byteCount > settings.limits.ownOutputByteCount {
            connections.slots[slot].readPauses.insert(.ownOutput)
        }
        endExchange(slot)
    }

    /// The response is complete: the next request may follow, or the connection ends.
    mutating func endExchange(_ slot: Slot) {
        let exchange = connections.slots[slot].exchange
        let keepsAlive = http.exchanges[exchange].keepsAlive && !shutdown.isUnderWay
        http.exchanges[exchange] = HTTPExchange()
        telemetry.statistics.requestCount += 1
        schedule(slot, in: settings.timeouts.handshake)
        guard keepsAlive else { return lastResponse(slot) }
        connections.slots[slot].advance(.responseEnded)
        resumeReading(slot, .responding)
    }

    /// Rejects a request: the response gives the reason, but not in answer to HEAD, and the
    /// connection ends after it.
    mutating func reject(
        _ slot: Slot, _ rejection: HandshakeRejection, countedAs refusal: Refusal? = .request
    ) {
        if let refusal {
            telemetry.record(
                RefusedConnection(
                    refusal: refusal, peer: connections.slots[slot].peer, status: rejection.status,
                    reason: rejection.reason))
        }
        let date = clock.httpDate()
        let exchange = connections.slots[slot].exchange
        let hasBody = exchange == .none || http.exchanges[exchange].wantsBody
        rejection.appendResponse(
            to: &connections.slots[slot].delivery.outbox.bytes, date: date, hasBody: hasBody)
        lastResponse(slot)
        schedule(slot, in: settings.timeouts.close)
    }
}
