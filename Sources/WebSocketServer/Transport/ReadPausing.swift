// Pausing and resuming reading, possibly for several reasons at a time, and setting the deadline.
import LinuxReactor

extension ServerContext {
    mutating func pauseReading(_ slot: Slot, _ reason: Connection.ReadPauses) {
        leaveFastPath(slot)
        connections.slots[slot].readPauses.insert(reason)
        connections.queue(slot)
    }

    /// Removes a reason. Reading resumes when it was the last one, with the pending input first.
    mutating func resumeReading(_ slot: Slot, _ reason: Connection.ReadPauses) {
        guard connections.slots[slot].readPauses.contains(reason) else { return }
        connections.slots[slot].readPauses.remove(reason)
        guard connections.slots[slot].readPauses.isEmpty else { return }
        connections.queue(slot)
        if connections.slots[slot].flags.contains(.partial) {
            // Its message could not be completed meanwhile, and has the whole time again.
            connections.endPartial(slot)
            connections.beginPartial(slot, at: clock.now)
        }
        if !connections.slots[slot].pendingInput.isEmpty { connections.resume(slot) }
        if connections.slots[slot].isEncrypted { remindOfEnd(slot) }
    }

    /// Sees that the end of a connection's TLS is dealt with, if it has come: nothing else would
    /// lead to it, since its socket need not become readable again.
    mutating func remindOfEnd(_ slot: Slot) {
        guard encryption.connections[connections.slots[slot].encryption].hasEnded else { return }
        encryption.ended.append(connections.id(of: slot))
    }

    /// Sets the connection's only deadline, in nanoseconds from the beginning of this turn.
    mutating func schedule(_ slot: Slot, in nanoseconds: UInt64) {
        connections.slots[slot].flags.remove(.measured)
        connections.schedule(slot, at: clock.now.advanced(by: nanoseconds))
    }
}
