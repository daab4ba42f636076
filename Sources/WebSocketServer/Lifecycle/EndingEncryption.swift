// The peer has ended its TLS, and not its TCP: that is the end of its stream.
import LibC
import WebSocketTLS

extension ServerCore where K: ~Copyable {
    /// Deals with the ends of TLS that came behind application data, which has been read by now.
    /// A connection that is paused learns of the end by its next receive.
    mutating func endEncrypted() {
        guard !io.encryption.ended.isEmpty else { return }
        var ended: [ConnectionID] = []
        swap(&ended, &io.encryption.ended)
        for id in ended {
            guard let slot = io.connections.slot(of: id),
                io.connections.slots[slot].phase != .terminated
            else { continue }
            // What it had sent before has not been read to its end.
            let hasMore =
                io.connections.slots[slot].flags.contains(.resuming)
                || io.connections.slots[slot].readPauses.contains(.budget)
            if hasMore {
                io.encryption.ended.append(id)
            } else if io.connections.slots[slot].readPauses.isEmpty {
                endEncrypted(slot)
            }
        }
    }

    private mutating func endEncrypted(_ slot: Slot) {
        let index = io.connections.slots[slot].encryption
        guard index != .none else { return }
        if io.encryption.connections[index].session.end == .records(.closed) {
            reachedEnd(slot)
        } else {
            io.transportFailed(slot, EPROTO)
        }
    }
}
