// Room for new connections: plain connections that wait for a next request are closed for them.
import LinuxReactor
import WebSocketCore

/// Connections in the order in which they were accepted, to look for idle ones when the server is
/// full. Connections that have become WebSockets or have ended are dropped when they are met.
struct Arrivals {
    private var queue: [ConnectionID] = []
    private var first = 0
    /// The length at which what is of no use is thrown out.
    private var purgeThreshold = 1024

    /// How many are remembered: at most twice the plain connections, or 1,024.
    var count: Int { queue.count - first }

    mutating func append(_ id: ConnectionID, _ isUseful: (ConnectionID) -> Bool) {
        queue.append(id)
        guard queue.count >= purgeThreshold else { return }
        queue.removeFirst(first)
        first = 0
        queue.removeAll { !isUseful($0) }
        purgeThreshold = max(1024, queue.count * 2)
    }

    mutating func popFirst() -> ConnectionID? {
        guard first < queue.count else { return nil }
        defer { first += 1 }
        return queue[first]
    }
}

extension ServerCore where K: ~Copyable {
    /// How many connections a search for an idle one looks at.
    private static var searchCount: Int { 64 }
    /// How many idle connections are closed in one turn because the server is full: their
    /// descriptors are free at the turn's end, and until then there are that many more.
    static var evictionBudget: Int { 16 }
    /// A client that has only connected is left alone for this long, since its request may be under
    /// way: one second, in ticks of 2^26 ns.
    private static var graceTickCount: UInt32 { 15 }

    /// Adds a new connection to the list of connections that may have to make room.
    mutating func recordArrival(_ slot: Slot) {
        let id = io.connections.id(of: slot)
        var arrivals = Arrivals()
        swap(&arrivals, &listening.arrivals)
        arrivals.append(id) { isPlain($0) }
        swap(&arrivals, &listening.arrivals)
    }

    /// Closes an idle connection because the server is full; false if none was found.
    mutating func evictAny() -> Bool {
        guard listening.evictedCount < Self.evictionBudget else { return false }
        for _ in 0..<Self.searchCount {
            guard let id = listening.arrivals.popFirst() else { return false }
            guard isPlain(id), let slot = io.connections.slot(of: id) else { continue }
            if idleTickCount(slot) != nil {
                evict(slot)
                return true
            }
            recordArrival(slot)
        }
        return false
    }

    /// The plain connection of an address that has been idle for the longest; nil if none is idle.
    func longestIdle(of peer: NetworkAddress) -> Slot? {
        longestIdle(among: listening.admission.plainConnections(of: peer))
    }

    private func longestIdle(among slots: some Sequence<Slot>) -> Slot? {
        var longest: (slot: Slot, tickCount: UInt32)?
        for slot in slots {
            guard let tickCount = idleTickCount(slot), tickCount >= longest?.tickCount ?? 0 else {
                continue
            }
            longest = (slot, tickCount)
        }
        return longest?.slot
    }

    /// Whether there is a place for one more internal connection of this kind. If all are taken,
    /// the longest idle connection is closed for it.
    mutating func makeInternalPlace(_ kind: ListenerKind) -> Bool {
        let slots = listening.internalSlots(kind)
        guard slots.count >= ListenerSet.internalLimit else { return true }
        guard let slot = longestIdle(among: slots) else { return false }
        listening.leaveInternalPlace(slot, kind)
        io.terminate(slot, .serverClosed(.normal), reset: false)
        return true
    }

    /// Closes an idle connection, so that another has its place.
    mutating func evict(_ slot: Slot) {
        leaveAdmission(slot)
        listening.evictedCount += 1
        io.terminate(slot, .serverClosed(.normal), reset: false)
    }

    /// Whether the connection speaks HTTP.
    private func isPlain(_ id: ConnectionID) -> Bool {
        guard let slot = io.connections.slot(of: id) else { return false }
        switch io.connections.slots[slot].phase {
        case .head, .body, .responding, .deciding: return true
        default: return false
        }
    }

    /// For how long the connection has waited for a request, in ticks; nil if it must not be
    /// closed. A client whose request meets the end of a connection that had served it before asks
    /// again by itself, unless the request must not be repeated (RFC 9112 §9.3.1).
    private func idleTickCount(_ slot: Slot) -> UInt32? {
        guard io.connections.slots[slot].phase == .head,
            io.connections.slots[slot].pendingInput.isEmpty,
            io.connections.slots[slot].delivery.outbox.isEmpty
        else { return nil }
        let tickCount = io.clock.now.coarse &- io.connections.slots[slot].lastReceiveTick
        if io.connections.slots[slot].hasBeenHeard { return tickCount }
        return tickCount >= Self.graceTickCount ? tickCount : nil
    }
}
