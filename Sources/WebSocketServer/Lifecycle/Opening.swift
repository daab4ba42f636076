// A WebSocket is open: the handler is called about it before its first message.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// Tells the handler that a connection is open.
    mutating func notifyOpen(_ slot: Slot, _ call: HandlerCall) {
        io.connections.slots[slot].flags.insert(.announced)
        io.connections.openCount += 1
        io.telemetry.statistics.openedCount += 1
        if io.connections.records.isOn {
            io.recovery.young.append(io.connections.id(of: slot))
        }
        do {
            try call(.open, io.connections.id(of: slot), &io)
        } catch {
            io.close(slot, error)
        }
        if io.shutdown.isUnderWay { io.closeForShutdown(slot) }
    }
}
