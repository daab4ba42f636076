// At the end of a turn: notes are written anew, and once a second connections that have lived for a
// second or two are parked, in case the process is killed.
import LibC
import LinuxReactor
import Logging
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// How many connections are parked at one tick: it takes about a microsecond for each.
    private static var parkLimit: Int { 2024 }

    /// Lets connections survive a crash from now on, as far as the store keeps them.
    package mutating func beginParking(in park: any SocketPark) {
        // Requests have slots too.
        let limit = io.settings.connectionLimit + 1024
        do throws(SystemError) {
            try io.connections.records.begin(limit: limit)
            try park.open(io.connections.records.memory!)
        } catch {
            io.connections.records.end()
            return logNotParked("\(error)")
        }
        io.recovery.park = park
        for slot in io.connections.slots.indices
        where io.connections.slots[slot].flags.contains(.announced) {
            io.recovery.ripe.append(io.connections.id(of: slot))
        }
    }

    /// Gives up all copies, since another process goes on with the connections or nobody does.
    /// Returns the park, which is empty then.
    package mutating func endParking() -> (any SocketPark)? {
        guard let park = io.recovery.park else { return nil }
        park.close()
        io.connections.records.end()
        io.recovery = RecoveryTable()
        return park
    }

    private func logNotParked(_ reason: String) {
        io.telemetry.logger.warning(
            "Connections would not survive a crash: \(reason)", metadata: ["event": "not-parked"])
    }

    /// The stage of the turn.
    mutating func parkConnections(_ call: HandlerCall) {
        guard let park = io.recovery.park else { return }
        if !io.recovery.stale.isEmpty { renewNotes(call) }
        guard io.recovery.isDue else { return }
        io.recovery.isDue = false
        for slot in park.tidy() { lost(Slot(rawValue: slot)) }
        if io.recovery.ripe.isEmpty { swap(&io.recovery.ripe, &io.recovery.young) }
        parkRipe(in: park, call)
    }

    /// The store did not keep its copy.
    private mutating func lost(_ slot: Slot) {
        guard io.connections.records.isParked(slot) else { return }
        io.connections.records.unpark(slot)
        io.recovery.parkedCount -= 1
        reportFull()
    }

    private mutating func reportFull() {
        guard !io.recovery.hasReported else { return }
        io.recovery.hasReported = true
        logNotParked(
            """
            the store does not take more. See FileDescriptorStoreMax= and LimitNOFILE= of the unit.
            """)
    }

    private mutating func parkRipe(in park: any SocketPark, _ call: HandlerCall) {
        var sockets: [ParkedSocket] = []
        for _ in 0..<min(Self.parkLimit, io.recovery.ripe.count) {
            let id = io.recovery.ripe.removeLast()
            guard let slot = io.connections.slot(of: id), io.connections.slots[slot].isOpen,
                io.connections.records.hasPlace(for: slot),
                !io.connections.records.isRecorded(slot)
            else { continue }
            guard let note = note(of: id, call) else {
                // It may have one later.
                io.connections.records.hold(slot, .unknown, true)
                continue
            }
            let position =
                canBeParked(slot)
                ? kernel.position(of: io.connections.slots[slot].descriptor) : nil
            let compression = io.connections.slots[slot].compression
            io.connections.records.use(slot)
            io.connections.records.begin(
                slot, io.connections.slots[slot],
                compression == .none ? .max : io.deflate.states[compression].parameters.rawValue,
                position)
            io.connections.records.setNote(slot, note)
            guard position != nil else { continue }
            sockets.append(
                ParkedSocket(
                    io.connections.slots[slot].descriptor, slot: slot.rawValue,
                    resourceID: id.resourceID))
        }
        guard !sockets.isEmpty else { return }
        let count = park.park(sockets[...])
        for (index, socket) in sockets.enumerated() {
            let slot = Slot(rawValue: socket.slot)
            if index < count { io.settle(slot) } else { io.connections.records.unpark(slot) }
        }
        io.recovery.parkedCount += count
        if count < sockets.count { reportFull() }
    }

    /// Whether a copy of its socket is of use: nothing of it is in this process's memory for good.
    private func canBeParked(_ slot: Slot) -> Bool {
        guard io.connections.slots[slot].canBeParked else { return false }
        let compression = io.connections.slots[slot].compression
        return compression == .none || !io.deflate.states[compression].keepsWindow
    }

    /// What the handler writes of a connection; nil if it cannot go on.
    private mutating func note(of id: ConnectionID, _ call: HandlerCall) -> [UInt8]? {
        io.recovery.note = RecoveryTable.Note()
        emit(.saveConnection, of: id, call)
        guard let bytes = io.recovery.note.bytes, bytes.count <= RecordLayout.noteLimit else {
            return nil
        }
        return bytes
    }

    private mutating func renewNotes(_ call: HandlerCall) {
        var stale: [ConnectionID] = []
        swap(&stale, &io.recovery.stale)
        for id in stale {
            guard let slot = io.connections.slot(of: id), io.connections.records.isRecorded(slot)
            else { continue }
            io.connections.records.hold(slot, .stale, false)
            guard let note = note(of: id, call) else {
                // Without a note it is not known to the next process: its copy is ended there.
                io.connections.records.forget(slot)
                continue
            }
            io.connections.records.setNote(slot, note)
            io.settle(slot)
        }
    }

    /// Ends the transport of a connection of which a copy is parked: closing its descriptor alone
    /// would neither reach the peer nor take it out of epoll(7).
    mutating func endParked(_ slot: Slot) {
        let descriptor = io.connections.slots[slot].descriptor
        poller.unwatch(descriptor, &kernel)
        kernel.endCopies(of: descriptor, reset: io.connections.slots[slot].flags.contains(.resets))
        kernel.close(descriptor)
        io.recovery.park?.ended(slot: slot.rawValue)
        io.recovery.parkedCount -= 1
    }
}
