// From bytes to messages: one receive per connection and turn, decoded in place.
import LibC
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    mutating func receiveFrames(
        _ slot: Slot, _ call: HandlerCall
    ) {
        let received = receiveOrEnd(slot, atMost: ReceiveBuffer.receiveByteCount)
        guard received > 0 else { return }
        let headroom = ReceiveBuffer.headroomByteCount
        let kept = io.connections.slots[slot].pendingInput.count
        if kept > 0 {
            io.inbound.receiveBuffer.copy(
                io.connections.slots[slot].pendingInput.span, to: headroom - kept)
            io.connections.slots[slot].pendingInput.removeAll()
        }
        decode(slot, headroom - kept..<headroom + received, call)
        io.settle(slot)
    }

    /// Decodes input that was kept while reading was paused, or that followed the handshake.
    mutating func decodePendingFrames(_ slot: Slot, _ call: HandlerCall) {
        let kept = io.connections.slots[slot].pendingInput.count
        io.meter.received(kept)
        io.inbound.receiveBuffer.copy(io.connections.slots[slot].pendingInput.span, to: 0)
        io.connections.slots[slot].pendingInput.removeAll()
        decode(slot, 0..<kept, call)
        io.settle(slot)
    }

    /// Gives the handler the messages in `range` of the shared buffer, as views of it: one call,
    /// however many messages there are.
    private mutating func decode(_ slot: Slot, _ range: Range<Int>, _ call: HandlerCall) {
        io.inbound.begin(slot, range, of: &io.connections.slots[slot])
        io.output.begin(for: &io.connections.slots[slot])
        do {
            try call(.messages, io.connections.id(of: slot), &io)
        } catch {
            preconditionFailure("what a message's callback throws is caught in its loop")
        }
        // The replies go out at once, in one send, while they are in the cache.
        let tookFastPath = io.output.isOnFastPath
        io.output.end()
        if let rest = io.inbound.end(), io.connections.slots[slot].session.reads {
            savePendingInput(slot, rest)
            notePartialMessage(slot)
        } else if io.inbound.reading.shortLimit < 0 {
            notePartialMessage(slot)
        }
        if tookFastPath {
            if !io.output.replyBuffer.isEmpty { flushReplies(slot) }
            return
        }
        if !io.connections.slots[slot].delivery.outbox.isEmpty {
            // A send that fails again would end its pause, and with it the bound of its work.
            if io.connections.slots[slot].isOutputLost { forgetOutput(slot) } else { flush(slot) }
        }
        account(slot, receivedByteCount: range.count)
        updateInterest(slot)
    }

    /// Keeps bytes of the shared buffer that were not decoded, before the next ones.
    private mutating func savePendingInput(_ slot: Slot, _ range: Range<Int>) {
        io.inbound.receiveBuffer.copy(range, to: &io.connections.slots[slot].pendingInput)
        // Paused and resumed within one call: no later event leads back to it.
        if io.connections.slots[slot].readPauses.isEmpty,
            range.count > ReceiveBuffer.headroomByteCount
        {
            io.connections.resume(slot)
        }
    }
}
