// Compressed messages on their way to the handler.
import Storage
import WebSocketCore

extension Outbound {
    /// How much of the memory that the last message was put together in is kept for the next.
    private static var keptByteCount: Int { 512 * 1024 }

    /// Decompresses a message that has come whole, for the handler. One that is corrupt, or becomes
    /// larger than it may, fails the connection and leaves nothing behind.
    ///
    /// Out of line: connections without compression never come here.
    @inline(never)
    mutating func inflate(_ payload: Span<UInt8>, _ opcode: Opcode) -> FoundMessage? {
        var message = ByteBuffer()
        swap(&message, &assembled)
        defer { swap(&message, &assembled) }
        do throws(ProtocolViolation) {
            try inflate(payload, opcode, from: reading.slot, into: &message)
            return .assembled(MessageKind(opcode))
        } catch {
            empty(&message)
            fail(reading.slot, error)
            return nil
        }
    }

    private mutating func inflate(
        _ payload: Span<UInt8>, _ opcode: Opcode, from slot: UInt32, into message: inout ByteBuffer
    ) throws(ProtocolViolation) {
        let compression = connections[slot].compression
        let limits = InflateLimits(
            messageByteLimit: rules.messageByteLimit, ratioLimit: limits.inflateRatio)
        guard var context = compressions[compression].context.take() else {
            return try inflater.inflate(payload, as: opcode, into: &message, limits: limits)
        }
        try inflater.inflate(
            payload, as: opcode, context: &context, into: &message, limits: limits)
        compressions[compression].context = consume context
    }

    /// The message that was found last, for the time of one call.
    mutating func takeAssembled() -> ByteBuffer {
        var message = ByteBuffer()
        swap(&message, &assembled)
        return message
    }

    /// Keeps the memory of a message that was handled, for the next.
    mutating func keepMemory(of message: inout ByteBuffer) {
        empty(&message)
        swap(&message, &assembled)
    }

    private func empty(_ message: inout ByteBuffer) {
        message.removeAll(keepingCapacity: message.capacity <= Self.keptByteCount)
    }
}
