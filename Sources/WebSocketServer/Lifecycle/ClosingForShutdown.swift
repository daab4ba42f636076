// How a connection is ended when the server stops, by its phase.
import WebSocketCore

extension ServerContext {
    /// Ends one connection because the server stops.
    mutating func closeForShutdown(_ slot: Slot) {
        let cause = shutdown.cause
        switch connections.slots[slot].phase {
        case .webSocket:
            // For an outgoing connection there is no reason to give: its server cannot reconnect to
            // us.
            guard connections.slots[slot].role == .server else {
                return close(slot, .goingAway, "", cause)
            }
            let reason = cause == .restarting ? "restarting" : "stopping"
            close(slot, cause.code, "The server is \(reason); reconnect soon.", cause)
        case .head, .body: drainAndEnd(slot)
        case .streaming: endStream(slot, cause, delivering: true)
        case .connecting, .awaitingAnswer: terminate(slot, cause, reset: false)
        // The HTTP room answers a handshake that waits for a decision.
        case .free, .responding, .deciding, .draining, .lingering, .terminated: return
        }
    }
}
