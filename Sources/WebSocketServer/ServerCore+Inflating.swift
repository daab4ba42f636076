// Compressed messages on their way to the handler.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// How much of the memory that the last message was decompressed into is kept for the next.
    private static var keptInflatedByteCount: Int { 512 * 1024 }

    /// Decompresses a message that has come whole, and gives it to the handler. One that is corrupt,
    /// or becomes larger than it may, fails the connection and leaves nothing behind.
    ///
    /// Out of line: connections without compression never come here.
    @inline(never)
    mutating func inflate(
        _ payload: Span<UInt8>, _ opcode: Opcode, from id: ConnectionID, _ call: HandlerCall
    ) {
        // What comes after our own Close is read for the peer's Close only.
        guard io.connections[id.slot].session.deliversMessages else { return }
        var message = ByteBuffer()
        swap(&message, &inflated)
        do throws(ProtocolViolation) {
            try inflate(payload, opcode, from: id.slot, into: &message)
            deliver(Message(message.span, kind: MessageKind(opcode)), from: id, call)
        } catch {
            io.fail(id.slot, error)
        }
        message.removeAll(keepingCapacity: message.capacity <= Self.keptInflatedByteCount)
        swap(&message, &inflated)
    }

    private mutating func inflate(
        _ payload: Span<UInt8>, _ opcode: Opcode, from slot: UInt32, into message: inout ByteBuffer
    ) throws(ProtocolViolation) {
        let compression = io.connections[slot].compression
        let limits = InflateLimits(
            messageByteLimit: rules.messageByteLimit, ratioLimit: io.limits.inflateRatio)
        guard var context = io.compressions[compression].context.take() else {
            return try inflater.inflate(payload, as: opcode, into: &message, limits: limits)
        }
        try inflater.inflate(
            payload, as: opcode, context: &context, into: &message, limits: limits)
        io.compressions[compression].context = consume context
    }
}
