// Connections that the handler knows and that are not open yet: only their IDs are handed over.
import LibC
import Storage

/// A connection that was not open yet.
struct SavedAttempt {
    let resourceID: UInt64
    let isOutgoing: Bool
}

extension ServerContext {
    /// Of outgoing connections that are not open yet only the IDs are handed over, and of
    /// handshakes about which the handler has not decided and that do not go on. The next process
    /// tells the handler that they failed.
    func saveAttempts(_ slots: [Slot], to writer: inout StateWriter) {
        writer.write(UInt32(slots.count))
        for slot in slots {
            writer.writeRecord { writer in
                writer.write(slot.rawValue)
                writer.write(connections.slots[slot].resourceID)
                writer.write(connections.slots[slot].flags.contains(.client))
            }
        }
    }

    /// Reads them; each has a slot that nobody else has.
    func readAttempts(
        from reader: inout StateReader
    ) throws(StateError) -> [(Slot, SavedAttempt)] {
        var attempts: [(Slot, SavedAttempt)] = []
        var last: Slot?
        for _ in 0..<(try reader.read(UInt32.self)) {
            let outerEnd = try reader.enterRecord()
            let slot = Slot(rawValue: try reader.read())
            guard connections.slots.contains(slot), connections.slots[slot].phase == .free,
                last.map({ $0 < slot }) ?? true
            else { throw StateError("slot \(slot) cannot be taken") }
            last = slot
            let attempt = SavedAttempt(
                resourceID: try reader.read(), isOutgoing: try reader.readBool())
            attempts.append((slot, attempt))
            try reader.leaveRecord(outerEnd)
        }
        return attempts
    }

    mutating func endAttempt(_ slot: Slot, _ attempt: SavedAttempt) {
        connections.slots[slot].resourceID = attempt.resourceID
        guard attempt.isOutgoing else {
            connections.slots[slot].flags = .attempting
            connections.slots[slot].advance(.accepted)
            return terminate(slot, .restarting, reset: false)
        }
        connections.slots[slot].flags = [.client, .attempting]
        connections.slots[slot].advance(.connectBegun)
        terminate(slot, .connectFailed(ECANCELED), reset: false)
    }
}
