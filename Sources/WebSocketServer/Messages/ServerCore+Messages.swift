// From bytes to messages: one receive per connection and turn, decoded where it lies.
import Glibc
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    mutating func receiveFrames(
        _ slot: UInt32, _ budget: inout Int, _ call: HandlerCall
    ) {
        let received = receiveOrEnd(slot, atMost: ReceiveBuffer.receiveByteCount, &budget)
        guard received > 0 else { return }
        let headroom = ReceiveBuffer.headroomByteCount
        let kept = io.connections.slots[slot].pendingInput.count
        if kept > 0 {
            io.inbound.receiveBuffer.copy(
                io.connections.slots[slot].pendingInput.span, to: headroom - kept)
            io.connections.slots[slot].pendingInput.removeAll()
        }
        decode(slot, headroom - kept..<headroom + received, call)
    }

    /// Decodes what a connection has kept while reading was paused, or from behind its handshake.
    mutating func decodePendingFrames(_ slot: UInt32, _ call: HandlerCall) {
        let kept = io.connections.slots[slot].pendingInput.count
        io.inbound.receiveBuffer.copy(io.connections.slots[slot].pendingInput.span, to: 0)
        io.connections.slots[slot].pendingInput.removeAll()
        decode(slot, 0..<kept, call)
    }

    /// Has the handler given the messages in `range` of the shared buffer, as views of it: one call,
    /// however many they are.
    private mutating func decode(_ slot: UInt32, _ range: Range<Int>, _ call: HandlerCall) {
        io.inbound.begin(slot, range, of: &io.connections.slots[slot])
        io.output.begin(for: &io.connections.slots[slot])
        do {
            try call(.messages, io.connections.id(of: slot), &io)
        } catch {
            preconditionFailure("what a message's callback throws is caught in its loop")
        }
        // What it was sent in answer goes out at once, in one send, while it is in the cache.
        let tookFastPath = io.output.isOnFastPath
        io.output.end()
        if let rest = io.inbound.end(), io.connections.slots[slot].session.reads {
            savePendingInput(slot, rest)
        }
        if tookFastPath {
            if !io.output.replyBuffer.isEmpty { flushReplies(slot) }
            return
        }
        if !io.connections.slots[slot].delivery.outbox.isEmpty { flush(slot) }
        updateInterest(slot)
    }

    /// Keeps bytes of the shared buffer that were not decoded, in front of the next ones.
    private mutating func savePendingInput(_ slot: UInt32, _ range: Range<Int>) {
        io.inbound.receiveBuffer.copy(range, to: &io.connections.slots[slot].pendingInput)
        // Held and released within one call: nobody else will come back to it.
        if io.connections.slots[slot].readPauses.isEmpty,
            range.count > ReceiveBuffer.headroomByteCount
        {
            io.connections.resume(slot)
        }
    }
}
