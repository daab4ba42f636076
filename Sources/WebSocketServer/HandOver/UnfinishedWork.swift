// What a hand-over would cut short: it is waited for, and then ended in order.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Whether something is under way that the next program cannot go on with and that has an end
    /// of its own: a TLS handshake, a task, a connection that is being made, or a request of a
    /// handler that does not hand its state over.
    var hasUnfinishedWork: Bool {
        guard io.encryption.handshakeCount == 0 else { return true }
        return io.connections.slots.indices.contains { slot in
            if io.connections.slots[slot].readPauses.contains(.task) { return true }
            switch io.connections.slots[slot].phase {
            case .free, .head, .webSocket, .streaming: return false
            case .terminated: return true
            case .body, .responding, .deciding, .connecting, .awaitingAnswer, .draining, .lingering:
                return !io.canBeHandedOver(slot)
            }
        }
    }

    /// Ends what cannot be handed over: event streams of which the handler does not hand over its
    /// part, whose readers ask again with the ID of their last event, and what libssl keeps. Call
    /// it once before ``save(_:)``, and ask ``owesEnds`` then.
    mutating func endWhatCannotBeHandedOver() {
        leaveRedis()
        for slot in io.connections.slots.indices
        where io.connections.slots[slot].phase == .streaming && !io.canBeHandedOver(slot) {
            io.endStream(slot, .restarting, delivering: true)
            flush(slot)
        }
        closeWhatCannotBeHandedOver()
    }

    /// Closes the WebSockets that cannot be handed over: libssl keeps them, as with TLS 1.2. They
    /// get Close 1012, and come back.
    package mutating func closeWhatCannotBeHandedOver() {
        for slot in io.connections.slots.indices
        where io.connections.slots[slot].phase == .webSocket && !io.canBeHandedOver(slot) {
            if io.connections.slots[slot].isOpen {
                io.close(slot, .serviceRestart, "The server is restarting.", .restarting)
                flush(slot)
            }
            io.terminate(slot, .restarting, reset: false)
        }
    }
}
