// Writes compressed frames into a connection's outbox, and puts a negotiated compression into
// force.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// Appends a message to the outbox of a connection that negotiated compression: compressed if
    /// that makes it shorter.
    mutating func appendCompressed(_ opcode: Opcode, _ payload: Span<UInt8>, to slot: Slot) {
        let index = connections.slots[slot].compression
        let role = connections.slots[slot].role
        let windowBits = deflate.states[index].parameters.windowBits(from: role)
        let maskingKey = role == .client ? nextMaskingKey() : nil
        acquireBuffer(for: slot)
        let before = connections.slots[slot].delivery.outbox.bytes.count
        deflate.deflaters.appendFrame(
            opcode, payload, windowBits: windowBits, maskingKey: maskingKey,
            to: &connections.slots[slot].delivery.outbox.bytes)
        charge(Work.compressedMessage + Work.compressedByte * payload.count)
        if slot == inbound.reading.slot {
            let byteCount = connections.slots[slot].delivery.outbox.bytes.count - before
            connections.slots[slot].countOwnOutput(
                byteCount, limit: settings.limits.ownOutputByteCount)
        } else {
            connections.queue(slot)
        }
    }

    /// The opening handshake has agreed on compression: messages may be compressed in both
    /// directions.
    mutating func negotiate(_ parameters: DeflateParameters, for slot: Slot) {
        compress(slot, parameters)
        telemetry.statistics.compressedCount += 1
    }

    /// The same for a connection that an earlier process has counted.
    mutating func compress(_ slot: Slot, _ parameters: DeflateParameters) {
        precondition(connections.slots[slot].compression == .none, "negotiated twice")
        let peer: Role = connections.slots[slot].role == .server ? .client : .server
        connections.slots[slot].encoding = Encoding(parameters)
        connections.slots[slot].compression = deflate.add(parameters, from: peer)
    }
}
