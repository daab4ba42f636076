// How a compressed connection is written to a hand-over. A message that has come in part stays
// compressed, in the connection's assembly, so it needs nothing of its own.
import LinuxReactor
import Storage
import WebSocketCore

extension ServerContext {
    func saveCompression(_ index: TableIndex<Compression>, to writer: inout StateWriter) {
        let record = writer.beginRecord()
        writer.write(deflate.states[index].parameters.rawValue)
        // What the next message may refer to; empty if each is compressed on its own.
        switch deflate.states[index].context {
        case .some(let context): writer.write(context.bytes.span)
        case .none: writer.write(Span<UInt8>())
        }
        writer.endRecord(record)
    }

    /// Reads what ``saveCompression(_:to:)`` wrote.
    mutating func restoreCompression(
        of slot: Slot, from reader: inout StateReader
    ) throws(StateError) {
        let outerEnd = try reader.enterRecord()
        compress(slot, try DeflateParameters(from: &reader))
        let window = try reader.readBytes()
        let index = connections.slots[slot].compression
        if let windowBits = deflate.states[index].context?.windowBits {
            deflate.states[index].context = InflateContext(
                windowBits: windowBits, bytes: window.span)
        }
        try reader.leaveRecord(outerEnd)
    }
}

extension DeflateParameters {
    init(from reader: inout StateReader) throws(StateError) {
        let rawValue = try reader.read(UInt16.self)
        guard let parameters = DeflateParameters(rawValue: rawValue) else {
            throw StateError("\(rawValue) are no parameters of permessage-deflate")
        }
        self = parameters
    }
}
