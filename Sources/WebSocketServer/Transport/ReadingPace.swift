// How fast a peer reads: what its TCP acknowledges while a deadline runs, and how much the kernel
// may keep for it.
import LinuxReactor

extension ServerCore where K: ~Copyable {
    /// Bounds what the kernel takes for a new connection. A listener from systemd has connections
    /// in its queue before this process can set the option on it, so it is set on each.
    mutating func limitUnsent(_ slot: Slot) {
        guard io.connections.slots[slot].peer.family != .local else { return }
        kernel.limitUnsent(
            of: io.connections.slots[slot].descriptor, to: io.settings.limits.unsentByteCount)
    }

    /// Bounds what the kernel has under way to a peer by the speed of its line, and returns how
    /// many bytes it takes in ``Limits/skipDelay``; nil if that is not known.
    @discardableResult
    mutating func pace(_ slot: Slot) -> Int? {
        // It may be asked for each of a connection's topics and after each message, but a queue in
        // the network is seen a round trip after it has filled.
        let tick = UInt8(truncatingIfNeeded: io.clock.now.coarse >> 2)
        let pace = kernel.limitDelay(
            of: io.connections.slots[slot].descriptor, to: io.settings.timeouts.skip,
            wasBounded: io.connections.slots[slot].flags.contains(.paced),
            mayWiden: tick != io.connections.slots[slot].widenTick)
        io.connections.slots[slot].widenTick = tick
        guard let pace else { return nil }
        if pace.isBounded {
            io.connections.slots[slot].flags.insert(.paced)
        } else {
            io.connections.slots[slot].flags.remove(.paced)
        }
        return pace.byteCount
    }

    /// Notes how much of its output the peer has acknowledged, for ``isReading(_:in:)`` at the
    /// deadline that was just set.
    mutating func measure(_ slot: Slot) {
        let count = kernel.acknowledgedByteCount(of: io.connections.slots[slot].descriptor)
        io.connections.slots[slot].acknowledgedByteCount = UInt32(truncatingIfNeeded: count ?? 0)
        io.connections.slots[slot].flags.remove(.drained)
        io.connections.slots[slot].flags.insert(.measured)
    }

    /// Whether the peer's TCP has acknowledged anything since it was measured. Of a local socket
    /// that is not known: the kernel reports its end by itself.
    mutating func hasAcknowledged(_ slot: Slot) -> Bool {
        guard
            let count = kernel.acknowledgedByteCount(of: io.connections.slots[slot].descriptor)
        else { return true }
        return UInt32(truncatingIfNeeded: count)
            != io.connections.slots[slot].acknowledgedByteCount
    }

    /// Whether the peer has taken output at ``Limits/slowestReadRate`` since it was measured. If so
    /// it gets the same time again, and is measured anew.
    ///
    /// Of a local socket it is only known that it has taken some: a third of its buffer at least.
    mutating func isReading(_ slot: Slot, in nanoseconds: UInt64) -> Bool {
        guard io.connections.slots[slot].flags.contains(.measured) else { return false }
        let descriptor = io.connections.slots[slot].descriptor
        if let count = kernel.acknowledgedByteCount(of: descriptor) {
            let before = io.connections.slots[slot].acknowledgedByteCount
            let taken = UInt32(truncatingIfNeeded: count) &- before
            let least = Double(nanoseconds) / 1e9 * Double(io.settings.limits.slowestReadRate)
            guard taken > 0, Double(taken) >= least else { return false }
        } else if !io.connections.slots[slot].flags.contains(.drained) {
            return false
        }
        io.schedule(slot, in: nanoseconds)
        measure(slot)
        return true
    }
}
