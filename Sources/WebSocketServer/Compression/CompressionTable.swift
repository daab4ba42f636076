// The compression state of all connections, and the compressors that they share.
import LinuxReactor
import Storage
import WebSocketCore

struct CompressionTable: ~Copyable {
    var states = SlotTable<Compression>()
    /// The decompressor of all connections.
    var inflater = Inflater()
    /// The compressors of all connections and topics.
    var deflaters = DeflaterPool()

    /// Adds a connection with these parameters, whose messages come from `sender`; returns its
    /// index.
    mutating func add(_ parameters: DeflateParameters, from sender: Role) -> TableIndex<Compression>
    {
        states.allocate(Compression(parameters, from: sender))
    }

    /// Frees the state of a connection that has ended or is no longer compressed.
    mutating func forget(_ index: inout TableIndex<Compression>) {
        guard index != .none else { return }
        states.free(index, leaving: .free)
        index = .none
    }
}
