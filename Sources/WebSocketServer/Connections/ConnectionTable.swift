// All connections, and what is to be done about them before the turn ends.
import LinuxReactor

/// All connections.
struct ConnectionTable: ~Copyable {
    var slots = SlotTable<Connection>()
    var wheel: TimerWheel
    /// Connections that are open to the handler, oldest first within the table's order.
    var openCount = 0
    var lastResourceID: UInt64 = 0

    // What is to be done before the turn ends.
    var queued: [UInt32] = []
    var reapList: [UInt32] = []
    var resuming: [UInt32] = []

    init(now: Instant) { wheel = TimerWheel(now: now) }

    func id(of slot: UInt32) -> ConnectionID {
        ConnectionID(resourceID: slots[slot].resourceID, slot: slot)
    }

    /// The slot of a connection that is still there.
    func slot(of id: ConnectionID) -> UInt32? {
        guard Int(id.slot) < slots.endIndex,
            slots[id.slot].resourceID == id.resourceID, slots[id.slot].phase != .free
        else { return nil }
        return id.slot
    }

    /// Has the connection's output looked at, and what epoll watches it for, before the turn ends.
    mutating func queue(_ slot: UInt32) {
        guard !slots[slot].flags.contains(.queued) else { return }
        slots[slot].flags.insert(.queued)
        queued.append(slot)
    }

    /// Has the connection looked at when the turn ends: to tell the handler, or to free the slot.
    mutating func scheduleReap(_ slot: UInt32) {
        guard !slots[slot].flags.contains(.reapList) else { return }
        slots[slot].flags.insert(.reapList)
        reapList.append(slot)
    }

    /// Has the bytes that a connection has kept decoded, in the next reading of this turn or the
    /// next.
    mutating func resume(_ slot: UInt32) {
        guard !slots[slot].flags.contains(.resuming) else { return }
        slots[slot].flags.insert(.resuming)
        resuming.append(slot)
    }

    /// Remembers why a connection ends, unless that is known already.
    mutating func setCause(_ slot: UInt32, _ cause: CloseCause) {
        if slots[slot].cause == nil { slots[slot].cause = cause }
    }
}
