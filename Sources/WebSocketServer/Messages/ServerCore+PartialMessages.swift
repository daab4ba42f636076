// The deadline of a message that has begun: nothing is assembled for ever.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// A receive, or a restored connection, may have ended inside a message: notes when it began.
    /// Control frames do not change that time, and neither does a further part.
    @inline(never)
    mutating func notePartialMessage(_ slot: Slot) {
        guard io.connections.slots[slot].phase == .webSocket,
            io.connections.slots[slot].session.deliversMessages,
            !io.connections.slots[slot].flags.contains(.partial),
            !io.connections.slots[slot].decoder.isBetweenMessages
                || !io.connections.slots[slot].pendingInput.isEmpty
        else { return }
        io.connections.beginPartial(slot, at: io.clock.now)
        ticker.wake(at: io.clock.now.advanced(by: io.settings.timeouts.message))
    }

    /// Fails connections whose message has not been completed in time.
    mutating func expirePartialMessages() {
        let timeout = io.settings.timeouts.message
        while let (slot, began) = io.connections.partials.oldest {
            let due = began.advanced(by: timeout)
            guard due <= io.clock.now else { return ticker.wake(at: due) }
            io.connections.endPartial(slot)
            guard io.connections.slots[slot].session.deliversMessages else { continue }
            if io.connections.slots[slot].readPauses.isEmpty {
                io.fail(slot, ProtocolViolation(.messageTimeout))
            } else {
                // We do not read it, so the peer is not to blame.
                io.connections.beginPartial(slot, at: io.clock.now)
            }
        }
    }
}
