// What one process leaves to the next: descriptors, and everything known about them.
import LinuxReactor
import Storage

/// A server's connections and topics as plain data. The process that takes them over goes on where
/// this one stopped, in the middle of a frame if need be; the peers notice nothing.
package struct HandOver: Sendable {
    /// The first number of ``state``: what it means is decided by this.
    static let version: UInt16 = 3

    package var state: [UInt8]
    /// The connections' sockets, in the order in which `state` speaks of them. They may have other
    /// numbers where they arrive.
    package var descriptors: [FileDescriptor]

    package init(state: [UInt8], descriptors: [FileDescriptor]) {
        self.state = state
        self.descriptors = descriptors
    }
}

extension ServerCore where K: ~Copyable {
    /// Writes everything down. Nothing may be done with this server afterwards; its sockets belong
    /// to whoever restores it.
    ///
    /// WebSocket connections are handed over, and HTTP connections between two requests. A request
    /// in progress is not: it ends with this process, as HTTP clients are used to. Neither is a
    /// connection outward before it is open: the next process tells the handler that it failed, with
    /// ECANCELED.
    package func save(
        _ saveHandler: (inout StateWriter, borrowing ServerContext) -> Void
    ) -> HandOver {
        var writer = StateWriter()
        writer.write(HandOver.version)
        io.saveTopics(to: &writer)
        let descriptors = io.saveConnections(to: &writer)
        saveHandler(&writer, io)
        return HandOver(state: writer.finish(), descriptors: descriptors)
    }

    /// Takes over what another server has left, before the first turn. If it throws, this server
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
        try io.restoreTopics(from: &reader)
        let slots = try io.restoreConnections(from: &reader, handOver.descriptors)
        try io.checkRestored(slots)
        try restoreHandler(&reader, &io)
        guard reader.isAtEnd else { throw StateError("the state is longer than it should be") }
        for slot in slots { try takeUp(slot) }
    }

    /// Watches a restored connection and looks at what it is owed.
    private mutating func takeUp(_ slot: UInt32) throws(StateError) {
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
            listening.admission.restore(io.connections.slots[slot].peer, at: io.clock.now)
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
            // It had ended, and the handler was about to hear of it.
            if let cause = io.connections.slots[slot].cause,
                io.connections.slots[slot].session != .closeSent
            {
                io.connections.scheduleReap(slot, cause)
            }
        }
        io.connections.queue(slot)
        if !io.connections.slots[slot].pendingInput.isEmpty { io.connections.resume(slot) }
    }
}
