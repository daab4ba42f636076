// The open connections, and what is known about each.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// The number of open WebSockets: `onOpen` has been called, `onClose` has not.
    public var connectionCount: Int { connections.openCount }

    /// Whether the connection is open: messages to it are delivered if it keeps up.
    public func isOpen(_ id: ConnectionID) -> Bool {
        connections.slot(of: id).map { connections.slots[$0].isOpen } ?? false
    }

    /// The connection that has this slot now; nil if none is open there. It leads back from an
    /// index in the handler's own array, see ``ConnectionID/slot``.
    public func connection(inSlot slot: UInt32) -> ConnectionID? {
        let index = Slot(rawValue: slot)
        guard connections.slots.contains(index), connections.slots[index].isOpen else { return nil }
        return connections.id(of: index)
    }

    /// The client's address: from the kernel, or from a trusted proxy; see ``HTTPRequest/peer``.
    /// Nil if the connection no longer exists.
    public func peer(of id: ConnectionID) -> NetworkAddress? {
        connections.slot(of: id).map { connections.slots[$0].peer }
    }

    /// Bytes that wait for this connection's socket, with the output of the current callback but
    /// without broadcasts in a topic's log; 0 if the connection no longer exists. With TLS up to
    /// 64 KiB of it, broadcasts too, are encrypted already.
    public func bufferedByteCount(of id: ConnectionID) -> Int {
        guard let slot = connections.slot(of: id) else { return 0 }
        let answered = slot == inbound.reading.slot ? output.replyBuffer.count : 0
        return connections.slots[slot].delivery.outbox.bytes.count
            + encryption.unsentByteCount(connections.slots[slot].encryption) + answered
    }

    /// Bytes that were sent and published to this connection and that its socket has not taken:
    /// ``bufferedByteCount(of:)``, and what is due to it from the logs of its topics. 0 if the
    /// connection no longer exists. Takes time in proportion to its subscriptions.
    public func unsentByteCount(of id: ConnectionID) -> Int {
        guard let slot = connections.slot(of: id) else { return 0 }
        return bufferedByteCount(of: id)
            + topics.backlogByteCount(connections.slots[slot].delivery)
    }

    /// Whether the connection's socket is full: its peer reads more slowly than it is sent to. It
    /// is counted in ``Gauges/blockedCount``.
    public func isBlocked(_ id: ConnectionID) -> Bool {
        connections.slot(of: id).map { connections.slots[$0].delivery.isBlocked } ?? false
    }

    /// Calls `body` for every open connection, in no particular order: Ratchet's `foreach` over all
    /// clients. To send the same message to all of them, a topic costs less: see
    /// ``publish(_:to:except:)-(String,_,_)``.
    public mutating func forEachConnection(_ body: (ConnectionID, inout ServerContext) -> Void) {
        for slot in connections.slots.indices where connections.slots[slot].isOpen {
            guard connections.slots[slot].flags.contains(.announced) else { continue }
            body(connections.id(of: slot), &self)
        }
    }

    /// The open connections, in no particular order. Making the list takes time and memory in
    /// proportion to the size of the table.
    public var openConnections: [ConnectionID] {
        (connections.slots.indices).filter {
            connections.slots[$0].isOpen && connections.slots[$0].flags.contains(.announced)
        }.map { connections.id(of: $0) }
    }

    /// The negotiated parameters of permessage-deflate (RFC 7692); nil if the connection is not
    /// compressed, or no longer exists.
    public func compression(of id: ConnectionID) -> DeflateParameters? {
        guard let slot = connections.slot(of: id),
            connections.slots[slot].compression != .none
        else { return nil }
        return deflate.states[connections.slots[slot].compression].parameters
    }
}
