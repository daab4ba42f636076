// Lending the spare buffer to outboxes, and the keys of masked frames.
import LinuxReactor
import Storage
import WebSocketCore

extension ServerContext {
    /// An outbox without memory takes the spare buffer; it comes back when the outbox has been
    /// flushed, which mostly happens at once.
    mutating func acquireBuffer(for slot: Slot) {
        connections.slots[slot].delivery.acquireBuffer(of: &output.spare)
    }

    /// The memory of an empty outbox becomes the spare buffer, if that place is empty and it is not
    /// too large.
    mutating func recycleBuffer(of slot: Slot) {
        let capacity = connections.slots[slot].delivery.outbox.bytes.capacity
        guard capacity > 0 else { return }
        if output.spare.capacity == 0, capacity <= 512 * 1024 {
            swap(&connections.slots[slot].delivery.outbox.bytes, &output.spare)
        }
        connections.slots[slot].delivery.outbox.bytes.removeAll()
    }

    /// A masking key for the next frame of an outgoing connection.
    mutating func nextMaskingKey() -> UInt32 {
        if output.maskingKeys == nil {
            let bytes = random.take(32)
            output.maskingKeys = MaskingKeys(seed: InlineArray { bytes[$0] })
        }
        return output.maskingKeys!.next()
    }
}
