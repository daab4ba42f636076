// Writes frames into a connection's outbox, and the fast path that avoids it.
import LinuxReactor
import Storage
import WebSocketCore

extension ServerContext {
    /// Appends a frame to the outbox. Output that a connection causes itself is sent when its bytes
    /// have been decoded; output that others cause, before the turn ends.
    mutating func writeFrame(_ opcode: Opcode, _ payload: Span<UInt8>, to slot: Slot) {
        leaveFastPath(slot)
        let isOwn = slot == inbound.reading.slot
        let limit = isOwn ? settings.limits.ownOutputByteCount : Int.max
        if connections.slots[slot].flags.contains(.client) {
            connections.slots[slot].writeMaskedFrame(
                opcode, payload, nextMaskingKey(), limit: limit, &output.spare)
        } else {
            connections.slots[slot].writeFrame(opcode, payload, limit: limit, &output.spare)
        }
        if !isOwn { connections.queue(slot) }
        charge(payload.count)
    }
}

extension Connection {
    /// Appends a frame. Beyond `limit` bytes of output that it caused itself, its reading is
    /// paused.
    fileprivate mutating func writeFrame(
        _ opcode: Opcode, _ payload: Span<UInt8>, limit: Int, _ spare: inout ByteBuffer
    ) {
        if delivery.outbox.bytes.capacity == 0 { swap(&delivery.outbox.bytes, &spare) }
        delivery.outbox.bytes.appendFrame(opcode, payload)
        account(payload.count, limit)
    }

    /// Appends a client's frame, with the same limit.
    fileprivate mutating func writeMaskedFrame(
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
        // Counted with the longest possible header.
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
    /// Takes a connection off the fast path: its replies move to its outbox.
    @inline(__always)
    mutating func leaveFastPath(_ slot: Slot) {
        guard slot == inbound.reading.slot, output.isOnFastPath else { return }
        output.fastPathResourceID = UInt64.max
        if !output.replyBuffer.isEmpty { moveReplies(to: slot) }
    }

    /// Moves the replies to the connection's outbox.
    @inline(never)
    mutating func moveReplies(to slot: Slot) {
        output.moveReplies(to: &connections.slots[slot])
    }
}
