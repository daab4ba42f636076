// What a hand-over would cut short: it is waited for, and then ended in order.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Whether something is under way that the next program cannot go on with and that has an end
    /// of its own: a request, a handshake, a task, a connection that is being made or closed.
    var hasUnfinishedWork: Bool {
        guard io.encryption.handshakeCount == 0 else { return true }
        return io.connections.slots.indices.contains { slot in
            if io.connections.slots[slot].readPauses.contains(.task) { return true }
            return switch io.connections.slots[slot].phase {
            case .free, .head, .webSocket, .streaming: false
            case .body, .responding, .deciding, .connecting, .awaitingAnswer, .draining, .lingering,
                .terminated:
                true
            }
        }
    }

    /// Ends what cannot be handed over: event streams, whose readers ask again with the ID of their
    /// last event, and WebSockets that libssl keeps. Call it once before ``save(_:)``, and ask
    /// ``owesEnds`` then.
    mutating func endWhatCannotBeHandedOver() {
        for slot in io.connections.slots.indices
        where io.connections.slots[slot].phase == .streaming {
            io.endStream(slot, .restarting, delivering: true)
            flush(slot)
        }
        closeWhatCannotBeHandedOver()
    }
}
