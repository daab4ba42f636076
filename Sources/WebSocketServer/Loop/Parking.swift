// At the end of a turn: notes are written anew, and once a second connections that have lived for a
// second or two are parked, in case the process is killed.
import LibC
import LinuxReactor
import Logging
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// How many connections are parked at one tick: it takes about a microsecond for each.
    private static var parkLimit: Int { 2024 }
    /// How many are looked at: most that were short have ended meanwhile.
    private static var lookLimit: Int { 1 << 16 }
    /// For how many ticks nothing is tried after the store has refused something.
    private static var restTickCount: Int { 30 }

    /// Lets connections survive a crash from now on, as far as the store keeps them. Where it does
    /// not, that is tried again later.
    package mutating func beginParking(in park: any SocketPark) {
        // Requests have slots too.
        let limit = min(io.settings.connectionLimit + 1024, RecordLayout.countLimit)
        do throws(SystemError) {
            try io.connections.records.begin(limit: limit)
            try park.begin(with: io.connections.records.memory!)
        } catch {
            io.connections.records.end()
            io.recovery.refused = park
            return rest(because: "\(error)")
        }
        io.connections.records.opened(io.connections.lastResourceID)
        io.recovery.park = park
        for slot in io.connections.slots.indices
        where io.connections.slots[slot].flags.contains(.announced) {
            let id = io.connections.id(of: slot)
            io.recovery.ripe.append(id)
            if io.recovery.owing.contains(id) { io.connections.records.hold(slot, .owing, true) }
        }
        io.recovery.owing = []
    }

    /// Gives up all copies, since another process goes on with the connections or nobody does.
    /// Returns the park, which is empty then.
    ///
    /// - Parameter limit: how long it waits until nobody has them any more.
    package mutating func endParking(waitingFor limit: Duration) -> (any SocketPark)? {
        guard let park = io.recovery.park ?? io.recovery.refused else { return nil }
        park.close(waitingFor: limit)
        let records = io.connections.records
        io.recovery = RecoveryTable(former: records)
        for slot in io.connections.slots.indices where records.holds(of: slot).contains(.owing) {
            io.recovery.owing.insert(io.connections.id(of: slot))
        }
        io.connections.records.end()
        return park
    }

    /// Tries nothing for a while, and says so once.
    private mutating func rest(because reason: String) {
        io.recovery.restTickCount = Self.restTickCount
        guard !io.recovery.hasReported else { return }
        io.recovery.hasReported = true
        io.telemetry.logger.warning(
            "Connections would not survive a crash: \(reason)", metadata: ["event": "not-parked"])
    }

    /// The stage of the turn.
    mutating func parkConnections(_ call: HandlerCall) {
        guard io.recovery.park != nil || io.recovery.refused != nil else { return }
        if !io.recovery.stale.isEmpty { renewNotes(call) }
        guard io.recovery.isDue else { return }
        io.recovery.isDue = false
        if io.recovery.restTickCount > 0 {
            io.recovery.restTickCount -= 1
            if io.recovery.restTickCount == 0 { forgetEnded() }
        }
        if io.recovery.restTickCount == 0, let refused = io.recovery.refused.take() {
            beginParking(in: refused)
        }
        guard let park = io.recovery.park else { return }
        for slot in park.tidy() { lost(Slot(rawValue: slot)) }
        if io.recovery.restTickCount == 0 { parkRipe(in: park, call) }
        if io.recovery.ripe.isEmpty { swap(&io.recovery.ripe, &io.recovery.young) }
    }

    /// Nobody has looked at the lists meanwhile: most of them may have ended.
    private mutating func forgetEnded() {
        var (young, ripe) = ([ConnectionID](), [ConnectionID]())
        swap(&young, &io.recovery.young)
        swap(&ripe, &io.recovery.ripe)
        io.recovery.young = young.filter { io.connections.slot(of: $0) != nil }
        io.recovery.ripe = ripe.filter { io.connections.slot(of: $0) != nil }
    }

    /// The store did not keep its copy.
    private mutating func lost(_ slot: Slot) {
        guard io.connections.records.isParked(slot) else { return }
        io.recovery.parkedCount -= 1
        tryAgain(slot)
        storeIsFull()
    }

    /// Parks it later.
    private mutating func tryAgain(_ slot: Slot) {
        io.connections.records.unpark(slot)
        io.recovery.young.append(io.connections.id(of: slot))
    }

    private mutating func storeIsFull() {
        rest(
            because: """
                the store does not take more. See FileDescriptorStoreMax= and LimitNOFILE= of the \
                unit.
                """)
    }

    private mutating func parkRipe(in park: any SocketPark, _ call: HandlerCall) {
        var sockets: [ParkedSocket] = []
        var notedCount = 0
        for _ in 0..<min(Self.lookLimit, io.recovery.ripe.count)
        where notedCount < Self.parkLimit {
            let id = io.recovery.ripe.removeLast()
            guard let slot = io.connections.slot(of: id), io.connections.slots[slot].isOpen,
                !io.connections.slots[slot].listener.isInternal,
                io.connections.records.hasPlace(for: slot),
                !(io.connections.records.isRecorded(slot) && io.connections.records.isParked(slot))
            else { continue }
            notedCount += 1
            guard let note = note(of: id, call) else {
                // It may have one later.
                io.connections.records.hold(slot, .unknown, true)
                continue
            }
            let hasCopy = io.connections.records.isParked(slot)
            let isParked = begin(slot, note)
            if hasCopy {
                io.settle(slot)
            } else if isParked {
                sockets.append(
                    ParkedSocket(
                        io.connections.slots[slot].descriptor, slot: slot.rawValue,
                        resourceID: id.resourceID))
            }
        }
        guard !sockets.isEmpty else { return }
        let count = park.park(sockets[...])
        io.recovery.parkedCount += count
        for socket in sockets.prefix(count) { io.settle(Slot(rawValue: socket.slot)) }
        for socket in sockets.dropFirst(count) { tryAgain(Slot(rawValue: socket.slot)) }
        if count < sockets.count { storeIsFull() }
    }

    /// Begins its record. Returns whether a copy of its socket is of use.
    private mutating func begin(_ slot: Slot, _ note: [UInt8]) -> Bool {
        let position =
            canBeParked(slot)
            ? kernel.position(of: io.connections.slots[slot].descriptor) : nil
        let compression = io.connections.slots[slot].compression
        io.connections.records.use(slot)
        io.connections.records.setNote(slot, note)
        io.connections.records.begin(
            slot, io.connections.slots[slot],
            compression == .none ? .max : io.deflate.states[compression].parameters.rawValue,
            position)
        return position != nil
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
                // Without a note it is not known to the next process: its copy is ended there. It
                // may have one later.
                io.connections.records.forget(slot)
                io.connections.records.hold(slot, .unknown, true)
                continue
            }
            io.connections.records.setNote(slot, note)
            io.settle(slot)
        }
    }
}
