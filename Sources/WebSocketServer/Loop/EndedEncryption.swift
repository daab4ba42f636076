// The peer has ended its TLS, and not its TCP: that is the end of its stream.
import LibC
import LinuxReactor
import WebSocketTLS

extension ServerCore where K: ~Copyable {
    /// Deals with the ends of TLS that came behind application data. That was read in an earlier
    /// turn, and what came of it has been sent: an end of TCP is seen no sooner, and peers may end
    /// either right behind a request.
    mutating func endEncrypted() {
        guard !io.encryption.ended.isEmpty else { return }
        var ended: [ConnectionID] = []
        swap(&ended, &io.encryption.ended)
        for id in ended {
            guard let slot = io.connections.slot(of: id), io.connections.slots[slot].isEncrypted,
                io.connections.slots[slot].phase != .terminated
            else { continue }
            if !io.connections.slots[slot].readPauses.isEmpty {
                // As if the socket had ended. It comes here again when reading resumes.
                goneWhilePaused(slot, .peerEnded)
            } else if io.connections.slots[slot].flags.contains(.resuming) {
                // It has sent more, which this turn reads.
                io.encryption.ended.append(id)
            } else {
                endEncrypted(slot)
            }
        }
    }

    private mutating func endEncrypted(_ slot: Slot) {
        let index = io.connections.slots[slot].encryption
        if !io.encryption.connections[index].isClosedByPeer {
            io.transportFailed(slot, EPROTO)
        } else if io.connections.slots[slot].phase == .awaitingAnswer {
            answerEnded(slot)
        } else {
            reachedEnd(slot)
        }
    }
}
