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
    func saveAttempts(to writer: inout StateWriter) {
        let slots = connections.slots.indices.filter {
            connections.slots[$0].flags.contains(.attempting) && !canBeHandedOver($0)
        }
        writer.write(UInt32(slots.count))
        for slot in slots {
            writer.writeRecord { writer in
                writer.write(slot.rawValue)
                writer.write(connections.slots[slot].resourceID)
                writer.write(connections.slots[slot].flags.contains(.client))
            }
        }
    }

    func readAttempts(
        from reader: inout StateReader, _ isTaken: inout [Bool]
    ) throws(StateError) -> [(Slot, SavedAttempt)] {
        var attempts: [(Slot, SavedAttempt)] = []
        for _ in 0..<(try reader.read(UInt32.self)) {
            let outerEnd = try reader.enterRecord()
            let slot = try Self.takeSlot(from: &reader, &isTaken)
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
