// What is kept of a connection that negotiated permessage-deflate (RFC 7692), beside its slot.
import LinuxReactor
import WebSocketCore

/// The compression of one connection: 32 bytes, and a window where one was granted
/// (``DeflatePolicy/keptClientWindowBits``).
///
/// Compressors and the decompressor are the server's and serve everybody: what we send is compressed
/// message by message, so nothing of it is kept.
struct Compression: ~Copyable {
    static let none = UInt32.max

    var parameters: DeflateParameters
    /// What the peer's next message may refer to; nil if each of them stands for itself.
    var context: InflateContext?

    /// The compression of a connection whose messages come from `sender`.
    init(_ parameters: DeflateParameters, from sender: Role) {
        self.parameters = parameters
        context = parameters.context(for: sender)
    }

    /// What stands in a slot that nobody uses.
    static var free: Compression {
        Compression(
            DeflateParameters(serverNoContextTakeover: true, clientNoContextTakeover: true),
            from: .client)
    }
}

extension Encoding {
    /// The log that serves a connection with these parameters. One log has one window, the largest:
    /// who allows us a smaller one gets the plain log.
    init(_ parameters: DeflateParameters) {
        let isWidest =
            parameters.windowBits(from: .server) == DeflateParameters.windowBits.upperBound
        self = isWidest ? .deflated : .plain
    }
}

// MARK: - Both ways

extension ServerContext {
    /// What was negotiated of permessage-deflate (RFC 7692); nil if the connection goes without it,
    /// or is gone.
    public func compression(of id: ConnectionID) -> DeflateParameters? {
        guard let slot = connections.slot(of: id), connections.slots[slot].compression != Compression.none else {
            return nil
        }
        return compressions[connections.slots[slot].compression].parameters
    }

    /// From here on the connection's messages may be compressed, in both directions.
    mutating func compress(_ slot: UInt32, _ parameters: DeflateParameters) {
        let peer: Role = connections.slots[slot].role == .server ? .client : .server
        connections.slots[slot].encoding = Encoding(parameters)
        connections.slots[slot].compression = compressions.allocate(Compression(parameters, from: peer))
    }

    /// The connection has ended.
    mutating func forgetCompression(_ slot: UInt32) {
        let compression = connections.slots[slot].compression
        guard compression != Compression.none else { return }
        compressions.free(compression, leaving: .free)
        connections.slots[slot].compression = Compression.none
    }

    /// Appends a message to the outbox of a connection that negotiated compression: compressed if
    /// that makes it shorter.
    mutating func appendCompressed(_ opcode: Opcode, _ payload: Span<UInt8>, to slot: UInt32) {
        let compression = connections.slots[slot].compression
        let role = connections.slots[slot].role
        let windowBits = compressions[compression].parameters.windowBits(from: role)
        let maskingKey = role == .client ? nextMaskingKey() : nil
        acquireBuffer(for: slot)
        let before = connections.slots[slot].delivery.outbox.bytes.count
        deflaters.appendFrame(
            opcode, payload, windowBits: windowBits, maskingKey: maskingKey,
            to: &connections.slots[slot].delivery.outbox.bytes)
        if slot == inbound.reading.slot {
            let byteCount = connections.slots[slot].delivery.outbox.bytes.count - before
            connections.slots[slot].countOwnOutput(byteCount, limit: limits.ownOutputByteCount)
        } else {
            connections.queue(slot)
        }
    }
}
