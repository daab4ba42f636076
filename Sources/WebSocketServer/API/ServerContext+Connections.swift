// The connections that are open, and what is known of each.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// How many WebSockets are open to the handler: `onOpen` has been called, `onClose` has not.
    public var connectionCount: Int { connections.openCount }

    /// Whether the connection is open: messages to it are delivered if it keeps up.
    public func isOpen(_ id: ConnectionID) -> Bool {
        connections.slot(of: id).map { connections.slots[$0].isOpen } ?? false
    }

    /// The connection that has this slot now: what an array of the handler's own, indexed by
    /// ``ConnectionID/slot``, is turned back with. Nil if none is open there.
    public func connection(inSlot slot: UInt32) -> ConnectionID? {
        guard Int(slot) < connections.slots.endIndex, connections.slots[slot].isOpen else {
            return nil
        }
        return connections.id(of: slot)
    }

    /// Who is at the other end, as the kernel sees it; or, behind a proxy that is trusted, as that
    /// said. Nil if the connection is gone.
    public func peer(of id: ConnectionID) -> NetworkAddress? {
        connections.slot(of: id).map { connections.slots[$0].peer }
    }

    /// Bytes that wait for this connection's socket, broadcasts that stand in a topic's log not
    /// counted; 0 if it is gone. What this callback has sent is among them.
    public func bufferedByteCount(of id: ConnectionID) -> Int {
        guard let slot = connections.slot(of: id) else { return 0 }
        let answered = slot == inbound.reading.slot ? output.replyBuffer.count : 0
        return connections.slots[slot].delivery.outbox.bytes.count + answered
    }

    /// Calls `body` with every open connection, in no particular order: Ratchet's `foreach` over
    /// all clients. To send the same to all of them, a topic costs less: see
    /// ``publish(text:to:except:)``.
    public mutating func forEachConnection(_ body: (ConnectionID, inout ServerContext) -> Void) {
        for slot in 0..<UInt32(connections.slots.endIndex) where connections.slots[slot].isOpen {
            guard connections.slots[slot].flags.contains(.announced) else { continue }
            body(connections.id(of: slot), &self)
        }
    }

    /// The open connections, in no particular order. Making the list takes time and memory in
    /// proportion to the table.
    public var openConnections: [ConnectionID] {
        (0..<UInt32(connections.slots.endIndex)).filter {
            connections.slots[$0].isOpen && connections.slots[$0].flags.contains(.announced)
        }.map { connections.id(of: $0) }
    }

    /// What was negotiated of permessage-deflate (RFC 7692); nil if the connection goes without it,
    /// or is gone.
    public func compression(of id: ConnectionID) -> DeflateParameters? {
        guard let slot = connections.slot(of: id),
            connections.slots[slot].compression != Compression.none
        else { return nil }
        return deflate.states[connections.slots[slot].compression].parameters
    }
}
