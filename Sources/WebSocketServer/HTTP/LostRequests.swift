// Requests that were handed over to a handler which does not answer them.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// Answers for a handler that does not know the request any more. The connection ends: an
    /// answer that comes after all must not become that of the next request.
    mutating func answerForHandler(_ slot: Slot) {
        let exchange = connections.slots[slot].exchange
        guard http.exchanges[exchange].response == .none else {
            // The client sees that it does not have everything.
            return terminate(slot, .restarting, reset: true)
        }
        reject(slot, Refusal.restarting, countedAs: nil)
    }
}

extension ServerCore where K: ~Copyable {
    /// A deadline has passed of a connection whose request is with the handler.
    mutating func expireAnswer(_ slot: Slot) {
        let exchange = io.connections.slots[slot].exchange
        guard let answerBy = io.http.exchanges[exchange].answerBy else { return }
        if io.clock.now >= answerBy {
            io.answerForHandler(slot)
        } else {
            io.connections.schedule(slot, at: answerBy)
        }
    }
}
