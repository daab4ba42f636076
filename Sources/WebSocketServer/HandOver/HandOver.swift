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

    /// Writes the whole state. This server must not be used afterwards; its sockets belong to the
    /// process that restores it.
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
        writer.write(HandOver.version)
        io.saveTicketKeys(to: &writer)
        io.saveTopics(to: &writer)
        let descriptors = io.saveConnections(to: &writer)
        io.saveTimers(to: &writer)
        saveHandler(&writer, io)
        return HandOver(state: writer.finish(), descriptors: descriptors)
    }

    /// Takes over the state of another server, before the first turn. If this throws, the server
    /// must not be used.
    package mutating func restore(
        _ handOver: HandOver,
        _ restoreHandler: (inout StateReader, inout ServerContext) throws(StateError) -> Void
    ) throws(StateError) {
        var reader = StateReader(handOver.state)
        let version = try reader.read(UInt16.self)
        guard version == HandOver.version else {
            throw StateError("version \(version) of the state is not known")
        }
        try io.restoreTicketKeys(from: &reader)
        try io.restoreTopics(from: &reader)
        let slots = try io.restoreConnections(from: &reader, handOver.descriptors)
        try io.checkRestored(slots)
        try io.restoreTimers(from: &reader)
        try restoreHandler(&reader, &io)
        guard reader.isAtEnd else { throw StateError("the state is longer than it should be") }
        for slot in slots { try takeUp(slot) }
    }

    /// Watches a restored connection, sets its deadline, and queues its remaining work.
    private mutating func takeUp(_ slot: Slot) throws(StateError) {
        let wanted = io.connections.slots[slot].wanted
        io.connections.slots[slot].watched = wanted
        do {
            try poller.watch(
                io.connections.slots[slot].descriptor, for: wanted,
                token: io.connections.id(of: slot).token, &kernel)
        } catch {
            throw StateError("\(error)")
        }
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
