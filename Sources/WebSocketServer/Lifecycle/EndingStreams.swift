// The end of an event stream, in order: what is due, and the chunk that ends the response.
import WebSocketCore

extension ServerContext {
    /// Ends an event stream: its reader gets what it is due, unless `delivering` is false, and then
    /// the end of the response. It is reset if it does not take even that.
    mutating func endStream(_ slot: Slot, _ cause: CloseCause, delivering: Bool) {
        guard connections.slots[slot].phase == .streaming else { return }
        leaveAllTopics(slot, delivering: delivering)
        acquireBuffer(for: slot)
        connections.slots[slot].delivery.outbox.bytes.appendLastChunk()
        schedule(slot, in: settings.timeouts.handshake)
        lastResponse(slot)
        connections.scheduleReap(slot, cause)
    }
}
