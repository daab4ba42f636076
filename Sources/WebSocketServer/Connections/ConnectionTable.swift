// All connections: their slots, their names, their deadlines, and the turn's work lists.
import LinuxReactor
import Storage

/// All connections.
struct ConnectionTable: ~Copyable {
    var slots = SlotTable<Connection>()
    var wheel: TimerWheel
    var work = TurnWork()
    /// How many are open to the handler.
    var openCount = 0
    var lastResourceID: UInt64 = 0

    init(now: Instant) { wheel = TimerWheel(now: now) }

    // MARK: Names

    /// A name that no connection has had.
    mutating func nextResourceID() -> UInt64 {
        lastResourceID += 1
        return lastResourceID
    }

    func id(of slot: Slot) -> ConnectionID {
        ConnectionID(resourceID: slots[slot].resourceID, slot)
    }

    /// The slot of a connection that is still there.
    func slot(of id: ConnectionID) -> Slot? {
        guard slots.contains(id.index), slots[id.index].resourceID == id.resourceID,
            slots[id.index].phase != .free
        else { return nil }
        return id.index
    }

    // MARK: Deadlines

    /// Sets the connection's one deadline.
    mutating func schedule(_ slot: Slot, at deadline: Instant) {
        wheel.schedule(slot.rawValue, at: deadline)
    }

    /// The connection waits for nothing more.
    mutating func cancelDeadline(of slot: Slot) { wheel.cancel(slot.rawValue) }

    /// The next connection whose deadline has passed, whose deadline is gone then.
    mutating func nextExpired(at now: Instant) -> Slot? {
        wheel.popExpired(at: now).map(Slot.init(rawValue:))
    }

    // MARK: Work

    /// Has the connection's output sent, and what epoll watches it for brought up to date, before
    /// the turn ends.
    mutating func queue(_ slot: Slot) {
        guard !slots[slot].flags.contains(.queued) else { return }
        slots[slot].flags.insert(.queued)
        work.queued.append(slot)
    }

    /// Has the connection looked at when the turn ends: to tell the handler why it has ended, or to
    /// free the slot. The first cause counts.
    mutating func scheduleReap(_ slot: Slot, _ cause: CloseCause) {
        precondition(slots[slot].phase != .free, "a free slot has nothing to be reaped")
        setCause(slot, cause)
        guard !slots[slot].flags.contains(.reaping) else { return }
        slots[slot].flags.insert(.reaping)
        work.reaping.append(slot)
    }

    /// Has the pending input of a connection decoded, in the next reading of this turn or the next.
    mutating func resume(_ slot: Slot) {
        assert(!slots[slot].pendingInput.isEmpty, "nothing is pending")
        guard !slots[slot].flags.contains(.resuming) else { return }
        slots[slot].flags.insert(.resuming)
        work.resuming.append(slot)
    }

    /// Remembers why a connection ends, unless that is known already.
    mutating func setCause(_ slot: Slot, _ cause: CloseCause) {
        if slots[slot].cause == nil { slots[slot].cause = cause }
    }

    /// The peer has shown that it is there.
    mutating func heard(_ slot: Slot, at now: Instant) {
        slots[slot].lastReceiveTick = now.coarse
        slots[slot].flags.remove(.pinged)
    }
}
