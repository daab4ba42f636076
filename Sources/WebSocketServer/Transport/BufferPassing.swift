// The spare buffer on its way to an outbox and back, and the keys of masked frames.
import LinuxReactor
import Storage
import WebSocketCore

extension ServerContext {
    /// An outbox that owns no memory takes the spare one; it comes back when it has been flushed,
    /// which for most is at once.
    mutating func acquireBuffer(for slot: Slot) {
        connections.slots[slot].delivery.acquireBuffer(of: &output.spare)
    }

    /// The memory of an empty outbox goes back to where the next connection will look for it.
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
