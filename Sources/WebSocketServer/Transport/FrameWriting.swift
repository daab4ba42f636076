// Frames into a connection's outbox, and the fast path that goes around it.
import LinuxReactor
import Storage
import WebSocketCore

extension ServerContext {
    /// Appends a frame to the outbox. What a connection causes itself is sent when its bytes have
    /// been decoded; what others cause, before the turn ends.
    mutating func appendFrame(_ opcode: Opcode, _ payload: Span<UInt8>, to slot: Slot) {
        leaveFastPath(slot)
        let isOwn = slot == inbound.reading.slot
        let limit = isOwn ? settings.limits.ownOutputByteCount : Int.max
        if connections.slots[slot].flags.contains(.client) {
            connections.slots[slot].appendMaskedFrame(
                opcode, payload, nextMaskingKey(), limit: limit, &output.spare)
        } else {
            connections.slots[slot].appendFrame(opcode, payload, limit: limit, &output.spare)
        }
        if !isOwn { connections.queue(slot) }
    }

}

extension Connection {
    /// Appends a frame. What a connection causes itself has a limit, beyond which it is not read.
    fileprivate mutating func appendFrame(
        _ opcode: Opcode, _ payload: Span<UInt8>, limit: Int, _ spare: inout ByteBuffer
    ) {
        if delivery.outbox.bytes.capacity == 0 { swap(&delivery.outbox.bytes, &spare) }
        delivery.outbox.bytes.appendFrame(opcode, payload)
        account(payload.count, limit)
    }

    /// Appends a frame of a client's, with the same limit.
    fileprivate mutating func appendMaskedFrame(
        _ opcode: Opcode, _ payload: Span<UInt8>, _ maskingKey: UInt32, limit: Int,
        _ spare: inout ByteBuffer
    ) {
        if delivery.outbox.bytes.capacity == 0 { swap(&delivery.outbox.bytes, &spare) }
        delivery.outbox.bytes.appendMaskedFrame(opcode, payload, maskingKey: maskingKey)
        account(payload.count, limit)
    }

    @inline(__always)
    private mutating func account(_ payloadByteCount: Int, _ limit: Int) {
        guard limit != Int.max else { return }
        // With the longest header that there is.
        countOwnOutput(payloadByteCount + 14, limit: limit)
    }

    @inline(__always)
    mutating func countOwnOutput(_ byteCount: Int, limit: Int) {
        ownOutputByteCount += byteCount
        if ownOutputByteCount > limit { readPauses.insert(.ownOutput) }
    }
}

// MARK: - The fast path

extension ServerContext {
    /// From here on a connection is not on the fast path: what it was answered stands in its outbox.
    @inline(__always)
    mutating func leaveFastPath(_ slot: Slot) {
        guard slot == inbound.reading.slot, output.isOnFastPath else { return }
        output.fastPathResourceID = UInt64.max
        if !output.replyBuffer.isEmpty { moveReplies(to: slot) }
    }

    /// Puts what it was answered into a connection's outbox.
    @inline(never)
    mutating func moveReplies(to slot: Slot) {
        output.moveReplies(to: &connections.slots[slot])
    }
}
