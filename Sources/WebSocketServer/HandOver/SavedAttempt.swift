// Connections that the handler knows and that are not open yet: only their IDs are handed over.
import LibC
import Storage

/// A connection that was not open yet.
struct SavedAttempt {
    let resourceID: UInt64
    let isOutgoing: Bool
}

extension ServerContext {
    /// Connections that are not open yet, and that the handler knows, are not handed over, only
    /// their IDs: outgoing ones, and handshakes about which it has not decided. The next process
    /// tells the handler that they failed.
    func saveAttempts(to writer: inout StateWriter) {
        let slots = connections.slots.indices.filter {
            connections.slots[$0].flags.contains(.attempting)
        }
        writer.write(UInt32(slots.count))
        for slot in slots {
            writer.write(slot.rawValue)
            writer.write(connections.slots[slot].resourceID)
            writer.write(connections.slots[slot].flags.contains(.client))
        }
    }

    func readAttempts(
        from reader: inout StateReader, _ bound: UInt32
    ) throws(StateError) -> [Slot: SavedAttempt] {
        var attempts: [Slot: SavedAttempt] = [:]
        for _ in 0..<(try reader.read(UInt32.self)) {
            let slot = Slot(rawValue: try reader.read())
            guard slot.rawValue < bound, attempts[slot] == nil else {
                throw StateError("slot \(slot) cannot be taken")
            }
            attempts[slot] = SavedAttempt(
                resourceID: try reader.read(), isOutgoing: try reader.readBool())
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
