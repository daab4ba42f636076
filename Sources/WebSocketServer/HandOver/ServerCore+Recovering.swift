// A server that goes on with connections of a process that was killed.
import LinuxReactor
import Logging
import Storage
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Gives all connections their slots and names again, before the first turn. Each is ended, or
    /// goes on, in ``restore(_:_:)``.
    mutating func restore(_ crashed: CrashedProcess) -> [RecoveredConnection] {
        for socket in crashed.unknown {
            kernel.endCopies(of: socket, reset: true)
            kernel.close(socket)
        }
        let connections = crashed.connections
        io.connections.lastResourceID = crashed.lastResourceID
        guard let last = connections.last else { return [] }
        var isTaken = [Bool](repeating: false, count: Int(last.slot.rawValue) + 1)
        for connection in connections { isTaken[Int(connection.slot.rawValue)] = true }
        io.connections.slots.restoreLayout(
            isTaken.count, isTaken: { isTaken[Int($0.rawValue)] }, making: { Connection() })
        for connection in connections { io.restore(connection) }
        return connections
    }

    /// The same from the memory itself, and copies of sockets.
    package mutating func restore(
        _ memory: SharedMemory, _ parked: [ParkedSocket]
    ) -> [RecoveredConnection] {
        let message = CarrierMessage(parking: parked, of: 0)
        return restore(CrashedProcess(memory, [(message, parked.map(\.descriptor))]))
    }

    /// Gives the connections to the handler, and ends what was lost.
    package mutating func restore(_ connections: [RecoveredConnection], _ call: HandlerCall) {
        guard !connections.isEmpty else { return }
        var lostCount = 0
        for connection in connections where !goOn(with: connection, call) { lostCount += 1 }
        let count = connections.count - lostCount
        io.telemetry.logger.notice(
            """
            The process before was killed. \(count) of its connections go on, and \(lostCount) \
            were ended.
            """,
            metadata: [
                "event": "recovered", "connections": "\(count)", "ended": "\(lostCount)",
            ])
    }

    /// Returns whether it goes on.
    private mutating func goOn(
        with connection: RecoveredConnection, _ call: HandlerCall
    ) -> Bool {
        let slot = connection.slot
        let isOpen = takeUpAtRest(connection)
        io.recovery.note = RecoveryTable.Note(
            bytes: connection.note, state: isOpen ? .open : .lost, places: connection.places)
        emit(.recoverConnection, of: io.connections.id(of: slot), call)
        let isTaken = io.recovery.note.isTaken
        if isTaken {
            io.connections.slots[slot].flags.insert(.announced)
            io.connections.openCount += 1
            io.recovery.ripe.append(io.connections.id(of: slot))
        }
        if !isOpen {
            io.terminate(slot, .restarting, reset: true)
        } else if !isTaken {
            io.close(slot, .serviceRestart, "The server has restarted.", .restarting)
        }
        // The handler may have taken it up only to close it.
        return isOpen && isTaken && io.connections.slots[slot].isOpen
    }

    /// Watches and counts it, if not a byte has moved since it was at rest.
    private mutating func takeUpAtRest(_ connection: RecoveredConnection) -> Bool {
        guard connection.isAtRest, let descriptor = connection.descriptor,
            kernel.position(of: descriptor) == connection.position
        else { return false }
        let slot = connection.slot
        let flags = Connection.Flags(rawValue: connection.flags)
        io.connections.slots[slot].flags = flags.intersection(Connection.recoveredFlags)
        do throws(StateError) { try takeUp(slot) } catch {
            io.connections.slots[slot].flags = []
            return false
        }
        return true
    }
}

extension Connection {
    /// The flags that say what kind of connection it is.
    fileprivate static var recoveredFlags: Flags { [.admitted, .webSocket, .proxied] }
}

extension ServerContext {
    fileprivate mutating func restore(_ connection: RecoveredConnection) {
        let slot = connection.slot
        connections.slots[slot].restore(.webSocket, .open)
        connections.slots[slot].descriptor = connection.descriptor ?? .none
        connections.slots[slot].resourceID = connection.resourceID
        connections.slots[slot].peer = connection.peer
        connections.slots[slot].listener = connection.listener
        if let parameters = connection.compression { compress(slot, parameters) }
    }
}
