// Subscribers that are there and take nothing: they answer Pings, and pin what they are sent.
import LinuxReactor

extension ServerCore where K: ~Copyable {
    /// How long a connection may still take nothing, in nanoseconds: `.max` if its socket is not
    /// full, nil if its time is over (``Limits/stallDeadline``). Asked at each of its deadlines, so
    /// that its time begins at the first one after its socket is full.
    mutating func stallTime(_ slot: Slot) -> UInt64? {
        let id = io.connections.id(of: slot)
        guard io.connections.slots[slot].delivery.isBlocked else {
            if !stalls.isEmpty { stalls[id] = nil }
            return .max
        }
        let limit = io.settings.timeouts.stall
        let count = kernel.acknowledgedByteCount(of: io.connections.slots[slot].descriptor)
        // Of a local socket it is only known that it has taken some.
        let hasTaken = count == nil && io.connections.slots[slot].flags.contains(.drained)
        if let stall = stalls[id], stall.acknowledgedByteCount == count ?? 0, !hasTaken {
            let past = io.clock.now.nanoseconds(since: stall.since)
            return past < limit ? limit - past : nil
        }
        stalls[id] = Stall(acknowledgedByteCount: count ?? 0, since: io.clock.now)
        return limit
    }
}
