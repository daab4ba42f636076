// The beginning of an event stream: from a request to a subscriber.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// Begins the response to a request as an event stream. False if it was answered otherwise.
    mutating func beginStream(_ slot: Slot, _ headers: [(String, String)]) -> Bool {
        let exchange = connections.slots[slot].exchange
        if !http.exchanges[exchange].takesChunks {
            let sentence =
                "Event streams need HTTP/1.1. Behind nginx: proxy_http_version 1.1;"
            answer(slot, with: .text(.httpVersionNotSupported, sentence))
            return false
        }
        if shutdown.isUnderWay {
            answer(slot, with: .text(.serviceUnavailable, "The server is stopping."))
            return false
        }
        let hasBody = http.exchanges[exchange].wantsBody
        let keepsAlive = !hasBody && http.exchanges[exchange].keepsAlive
        appendHead(
            slot, .ok,
            [("Content-Type", EventStream.contentType), ("Cache-Control", "no-store")] + headers,
            .chunked, keepsAlive: keepsAlive)
        guard hasBody else {
            endExchange(slot)
            return false
        }
        // Nothing more is read: the connection ends with the stream, and needs no parser for it.
        http.exchanges.free(exchange, leaving: HTTPExchange())
        connections.slots[slot].exchange = .none
        connections.slots[slot].pendingInput.removeAll()
        connections.slots[slot].encoding = .eventStream
        connections.slots[slot].advance(.streamBegun)
        connections.streamCount += 1
        telemetry.statistics.requestCount += 1
        telemetry.statistics.eventStreamCount += 1
        meter.spend(Work.request)
        schedule(slot, in: settings.timeouts.comment)
        return true
    }
}
