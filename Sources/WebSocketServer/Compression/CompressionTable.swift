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
    mutating func add(_ parameters: DeflateParameters, from sender: Role) -> TableIndex<Compression> {
        states.allocate(Compression(parameters, from: sender))
    }

    /// The connection has ended, or goes without from here on.
    mutating func forget(_ index: inout TableIndex<Compression>) {
        guard index != .none else { return }
        states.free(index, leaving: .free)
        index = .none
    }
}
