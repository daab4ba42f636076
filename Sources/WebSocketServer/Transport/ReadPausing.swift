// Reading is paused and resumed, for several reasons at a time.
import LinuxReactor

extension ServerContext {
    mutating func pauseReading(_ slot: Slot, _ reason: Connection.ReadPauses) {
        leaveFastPath(slot)
        connections.slots[slot].readPauses.insert(reason)
        connections.queue(slot)
    }

    /// Reading goes on when the last reason is gone, with what is pending first.
    mutating func resumeReading(_ slot: Slot, _ reason: Connection.ReadPauses) {
        guard connections.slots[slot].readPauses.contains(reason) else { return }
        connections.slots[slot].readPauses.remove(reason)
        guard connections.slots[slot].readPauses.isEmpty else { return }
        connections.queue(slot)
        if !connections.slots[slot].pendingInput.isEmpty { connections.resume(slot) }
    }

    /// Sets the connection's one deadline, in nanoseconds from this turn's beginning.
    mutating func schedule(_ slot: Slot, in nanoseconds: UInt64) {
        connections.schedule(slot, at: clock.now.advanced(by: nanoseconds))
    }
}
