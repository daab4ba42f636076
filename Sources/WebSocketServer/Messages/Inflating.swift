// Decompresses messages on their way to the handler.
import Storage
import WebSocketCore

extension ServerContext {
    /// Decompresses a complete message for the handler. A message that is corrupt, or grows beyond
    /// the limit, fails the connection and leaves nothing behind.
    ///
    /// Out of line: connections without compression never come here.
    @inline(never)
    mutating func inflate(_ payload: Span<UInt8>, _ opcode: Opcode) -> FoundMessage? {
        var message = ByteBuffer()
        swap(&message, &inbound.assembled)
        defer { swap(&message, &inbound.assembled) }
        do throws(ProtocolViolation) {
            try inflate(payload, opcode, from: inbound.reading.slot, into: &message)
            return .assembled(MessageKind(opcode))
        } catch {
            Inbound.empty(&message)
            fail(inbound.reading.slot, error)
            return nil
        }
    }

    private mutating func inflate(
        _ payload: Span<UInt8>, _ opcode: Opcode, from slot: Slot, into message: inout ByteBuffer
    ) throws(ProtocolViolation) {
        let index = connections.slots[slot].compression
        // What comes out is not known yet; the rest is charged after it.
        charge(Work.inflatedMessage + Work.inflatedByte * payload.count)
        defer { charge(Work.inflatedByte * message.count) }
        let limits = InflateLimits(
            messageByteLimit: inbound.rules.messageByteLimit, ratioLimit: limits.inflateRatio)
        guard var context = deflate.states[index].context.take() else {
            return try deflate.inflater.inflate(payload, as: opcode, into: &message, limits: limits)
        }
        try deflate.inflater.inflate(
            payload, as: opcode, context: &context, into: &message, limits: limits)
        deflate.states[index].context = consume context
    }
}
