// How a compressed connection is written to a hand-over. A message that has come in part stays
// compressed, in the connection's assembly, so it needs nothing of its own.
import LinuxReactor
import Storage
import WebSocketCore

extension ServerContext {
    func saveCompression(of slot: Slot, to writer: inout StateWriter) {
        let index = connections.slots[slot].compression
        writer.write(index != .none)
        guard index != .none else { return }
        writer.write(deflate.states[index].parameters.rawValue)
        switch deflate.states[index].context {
        case .some(let context): writer.write(context.bytes.span)
        case .none: writer.write(Span<UInt8>())
        }
    }

    mutating func restore(_ saved: SavedCompression, of slot: Slot) {
        compress(slot, saved.parameters)
        let index = connections.slots[slot].compression
        guard let windowBits = deflate.states[index].context?.windowBits else { return }
        deflate.states[index].context = InflateContext(
            windowBits: windowBits, bytes: saved.window.span)
    }
}

struct SavedCompression {
    let parameters: DeflateParameters
    /// What the next message may refer to; empty if each message is compressed on its own.
    let window: ArraySlice<UInt8>

    init(from reader: inout StateReader) throws(StateError) {
        let rawValue = try reader.read(UInt16.self)
        guard let parameters = DeflateParameters(rawValue: rawValue) else {
            throw StateError("\(rawValue) are no parameters of permessage-deflate")
        }
        self.parameters = parameters
        window = try reader.readBytes()
    }
}
