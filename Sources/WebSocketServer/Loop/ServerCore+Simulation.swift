// What the simulated machine (WebSocketServerTesting) asks of the server, and nothing else does.
import LinuxReactor
import WebSocketTLS

extension ServerCore where K: ~Copyable {
    /// The memory of all buffers of connections and topics: what a process counts for all of its
    /// servers together.
    package var heldByteCount: Int {
        var count = 0
        for slot in io.connections.slots.indices where io.connections.slots[slot].phase != .free {
            count += pinnedByteCount(slot)
            if io.connections.slots[slot].delivery.isBlocked {
                count -= io.topics.backlogByteCount(io.connections.slots[slot].delivery)
            }
        }
        for variant in io.topics.variants.indices {
            count += io.topics.variants[variant].log.capacity
        }
        return count
    }
}

extension ServerCore where K: ~Copyable {
    /// Begins every connection that is accepted on a ``ListenerKind/tls`` listener after its
    /// handshake, with this record layer.
    package mutating func skipHandshakes(to layer: RecordLayer) { io.encryption.preset = layer }

    /// Whether requests of the handler go on in a hand-over.
    package mutating func handsRequestsOver(_ flag: Bool) { io.http.carriesRequests = flag }
}

extension ServerContext {
    /// The socket of a connection; nil once it has ended.
    package func descriptor(of id: ConnectionID) -> FileDescriptor? {
        connections.slot(of: id).map { connections.slots[$0].descriptor }
    }
}
