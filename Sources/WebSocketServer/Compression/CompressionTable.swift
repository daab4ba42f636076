// What is kept of all connections that are compressed, and what serves them all.
import LinuxReactor
import Storage
import WebSocketCore

struct CompressionTable: ~Copyable {
    var states = SlotTable<Compression>()
    /// The decompressor of all connections.
    var inflater = Inflater()
    /// The compressors of all connections and topics.
    var deflaters = DeflaterPool()

    /// A place for a connection with these parameters, whose messages come from `sender`.
    mutating func add(_ parameters: DeflateParameters, from sender: Role) -> UInt32 {
        states.allocate(Compression(parameters, from: sender))
    }

    /// The connection has ended, or goes without from here on.
    mutating func forget(_ index: inout UInt32) {
        guard index != Compression.none else { return }
        states.free(index, leaving: .free)
        index = Compression.none
    }
}
