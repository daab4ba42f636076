// What one process hands to the next: descriptors, and the state that belongs to them.
import LinuxReactor
import Storage

/// A server's connections and topics as plain data. The process that takes them over continues
/// where this one stopped, in the middle of a frame if need be; the peers notice nothing.
package struct HandOver: Sendable {
    /// The first number of ``state``; it decides how the rest is read.
    static let version: UInt16 = 6

    package var state: [UInt8]
    /// The connections' sockets, in the order of the connections in `state`. The receiving process
    /// may have other numbers for them.
    package var descriptors: [FileDescriptor]

    package init(state: [UInt8], descriptors: [FileDescriptor]) {
        self.state = state
        self.descriptors = descriptors
    }
}

extension ServerCore where K: ~Copyable {
    /// Whether a connection has ended and the handler has not heard of it yet, since the turn had
    /// no work left for that. Take another turn before ``save(_:)``: the next process would not
    /// know.
    package var owesEnds: Bool {
        io.connections.work.reaping.contains { !io.canBeHandedOver($0) }
    }

    /// Writes the whole state. Once another process has restored it, this server must not be used
    /// any more: its sockets belong to that process.
    ///
    /// WebSocket connections are handed over, and HTTP connections between two requests. A request
    /// in progress is not, event streams included: it ends with this process, which HTTP clients
    /// are used to, and a reader of events asks again with its last event's ID. A handshake that
    /// waits for a decision ends in the same way, and the next process calls `onClose` about it,
    /// with ``CloseCause/restarting``. Nor is an outgoing connection before it is open: the next
    /// process tells the handler that it failed, with ECANCELED. Timers are handed over, and tasks
    /// are not, being code: a connection that waits for one is closed by the next process.
    package func save(
        _ saveHandler: (inout StateWriter, borrowing ServerContext) -> Void
    ) -> HandOver {
        var writer = StateWriter()
        let descriptors = saveTables(to: &writer)
        saveHandler(&writer, io)
        return HandOver(state: writer.finish(), descriptors: descriptors)
    }

    private func saveTables(to writer: inout StateWriter) -> [FileDescriptor] {
        writer.write(HandOver.version)
        io.saveTicketKeys(to: &writer)
        io.saveTopics(to: &writer)
        let descriptors = io.saveConnections(to: &writer)
        io.saveTimers(to: &writer)
        return descriptors
    }

    /// Takes over the state of another server, before the first turn. If this throws, the server
    /// must not be used.
    package mutating func restore(
        _ handOver: HandOver,
        _ restoreHandler: (inout StateReader, inout ServerContext) throws(StateError) -> Void
    ) throws(StateError) {
        var reader = StateReader(handOver.state)
        let slots = try restoreTables(from: &reader, handOver.descriptors)
        try restoreHandler(&reader, &io)
        try Self.expectEnd(reader)
        for slot in slots { try takeUp(slot) }
    }

    /// Throws if this server, which has no connections, could not ``restore(_:_:)`` the state. It
    /// touches no descriptor: its tables are built and written again, which has to be the same. The
    /// server must not be used afterwards.
    package mutating func check(
        _ handOver: HandOver,
        _ restoreHandler: (inout StateReader, inout ServerContext) throws(StateError) -> Void
    ) throws(StateError) {
        var reader = try checkTables(of: handOver)
        try restoreHandler(&reader, &io)
        try Self.expectEnd(reader)
    }

    /// The same without the handler's part, before which the returned reader stands.
    package mutating func checkTables(of handOver: HandOver) throws(StateError) -> StateReader {
        var reader = StateReader(handOver.state)
        _ = try restoreTables(from: &reader, handOver.descriptors)
        var again = StateWriter()
        guard saveTables(to: &again) == handOver.descriptors,
            handOver.state.starts(with: again.finish())
        else { throw StateError("what was read is not what was written") }
        return reader
    }

    private mutating func restoreTables(
        from reader: inout StateReader, _ descriptors: [FileDescriptor]
    ) throws(StateError) -> [Slot] {
        let version = try reader.read(UInt16.self)
        guard version == HandOver.version else {
            throw StateError(
                "the state has version \(version), and this program reads "
                    + "version \(HandOver.version)")
        }
        try io.restoreTicketKeys(from: &reader)
        try io.restoreTopics(from: &reader)
        let slots = try io.restoreConnections(from: &reader, descriptors)
        try io.checkRestored(slots)
        try io.restoreTimers(from: &reader)
        return slots
    }

    private static func expectEnd(_ reader: StateReader) throws(StateError) {
        guard !reader.isAtEnd else { return }
        throw StateError("the handler has left \(reader.unreadByteCount) bytes of its state unread")
    }

    /// Watches a restored connection, sets its deadline, and queues its remaining work.
    private mutating func takeUp(_ slot: Slot) throws(StateError) {
        try watchRestored(slot)
        if io.connections.slots[slot].flags.contains(.admitted) {
            restoreAdmission(slot)
        } else if io.connections.slots[slot].phase == .head {
            recordArrival(slot)
        }
        io.connections.slots[slot].lastReceiveTick = io.clock.now.coarse
        switch io.connections.slots[slot].phase {
        case .webSocket where io.connections.slots[slot].session == .open:
            io.schedule(slot, in: io.settings.timeouts.ping)
        case .head: io.schedule(slot, in: io.settings.timeouts.handshake)
        default: io.schedule(slot, in: io.settings.timeouts.close)
        }
        if io.connections.slots[slot].flags.contains(.announced) {
            io.connections.openCount += 1
            // It had ended, and the handler was about to be called about it.
            if let cause = io.connections.slots[slot].cause,
                io.connections.slots[slot].session != .closeSent
            {
                io.connections.scheduleReap(slot, cause)
            }
        }
        io.connections.queue(slot)
        // Its message has the whole time again: a hand-over is seldom.
        notePartialMessage(slot)
        if !io.connections.slots[slot].pendingInput.isEmpty { io.connections.resume(slot) }
        if io.connections.slots[slot].isEncrypted { io.remindOfEnd(slot) }
        endTaskOfBefore(slot)
    }

    /// The answer of a task is lost with the process in which it ran: the client is asked to come
    /// back and to ask again.
    private mutating func endTaskOfBefore(_ slot: Slot) {
        guard io.connections.slots[slot].readPauses.contains(.task) else { return }
        io.resumeReading(slot, .task)
        io.close(
            slot, .serviceRestart, "The server has restarted; ask again.",
            .serverClosed(.serviceRestart))
    }
}
