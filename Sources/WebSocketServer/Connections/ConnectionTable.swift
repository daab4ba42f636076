// All connections: their slots, names, deadlines, and the turn's work lists.
import LinuxReactor
import Storage

/// All connections.
struct ConnectionTable: ~Copyable {
    var slots = SlotTable<Connection>()
    var wheel: TimerWheel
    var work = TurnWork()
    var partials = PartialMessages()
    /// What outlives a crash.
    var records = CrashRecords()
    /// How many are open to the handler.
    var openCount = 0
    /// How many event streams there are, as far as the handler knows.
    var streamCount = 0
    var lastResourceID: UInt64 = 0

    init(now: Instant) { wheel = TimerWheel(now: now) }

    // MARK: Names

    /// A number that no connection has had before.
    mutating func nextResourceID() -> UInt64 {
        lastResourceID += 1
        if records.isOn { records.opened(lastResourceID) }
        return lastResourceID
    }

    func id(of slot: Slot) -> ConnectionID {
        ConnectionID(resourceID: slots[slot].resourceID, slot)
    }

    /// The slot of a connection that still exists.
    func slot(of id: ConnectionID) -> Slot? {
        guard slots.contains(id.index), slots[id.index].resourceID == id.resourceID,
            slots[id.index].phase != .free
        else { return nil }
        return id.index
    }

    // MARK: Deadlines

    /// Sets the connection's only deadline.
    mutating func schedule(_ slot: Slot, at deadline: Instant) {
        wheel.schedule(slot.rawValue, at: deadline)
    }

    /// Removes the connection's deadline.
    mutating func cancelDeadline(of slot: Slot) { wheel.cancel(slot.rawValue) }

    /// The next connection whose deadline has passed; its deadline is removed.
    mutating func nextExpired(at now: Instant) -> Slot? {
        wheel.popExpired(at: now).map(Slot.init(rawValue:))
    }

    // MARK: Work

    /// Queues the connection: before the turn ends, its output is sent and its epoll interest is
    /// updated.
    mutating func queue(_ slot: Slot) {
        records.disturb(slot)
        guard !slots[slot].flags.contains(.queued) else { return }
        slots[slot].flags.insert(.queued)
        work.queued.append(slot)
    }

    /// Lists the connection for the end of the turn, to tell the handler why it has ended or to
    /// free the slot. The first cause counts.
    mutating func scheduleReap(_ slot: Slot, _ cause: CloseCause) {
        precondition(slots[slot].phase != .free, "a free slot has nothing to be reaped")
        setCause(slot, cause)
        guard !slots[slot].flags.contains(.reaping) else { return }
        slots[slot].flags.insert(.reaping)
        work.reaping.append(slot)
    }

    /// Lists the connection to have its pending input decoded, in this turn or the next.
    mutating func resume(_ slot: Slot) {
        assert(!slots[slot].pendingInput.isEmpty, "nothing is pending")
        guard !slots[slot].flags.contains(.resuming) else { return }
        slots[slot].flags.insert(.resuming)
        work.resuming.append(slot)
    }

    /// Records why a connection ends, unless a cause is known already.
    mutating func setCause(_ slot: Slot, _ cause: CloseCause) {
        if slots[slot].cause == nil { slots[slot].cause = cause }
    }

    /// The peer has shown that it is alive.
    mutating func heard(_ slot: Slot, at now: Instant) {
        slots[slot].lastReceiveTick = now.coarse
        slots[slot].flags.remove(.pinged)
    }
}
