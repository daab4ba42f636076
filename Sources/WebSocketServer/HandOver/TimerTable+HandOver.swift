// Timers in a hand-over: how long each has left, in the order in which they were set.
import LinuxReactor
import Storage

extension ServerContext {
    /// Writes the timers of the server, and of connections that go on.
    func saveTimers(to writer: inout StateWriter) {
        let timers = timers.inOrder.filter { timer in
            guard let owner = timer.owner else { return true }
            return canBeHandedOver(owner.index)
                && connections.slots[owner.index].mayWait
        }
        writer.write(UInt32(timers.count))
        for timer in timers {
            let owner = timer.owner ?? .none
            writer.writeRecord { writer in
                writer.write(timer.name.rawValue)
                writer.write(owner.resourceID)
                writer.write(owner.slot)
                writer.write(timer.deadline.nanoseconds(since: clock.now))
            }
        }
    }

    mutating func restoreTimers(from reader: inout StateReader) throws(StateError) {
        for _ in 0..<(try reader.read(UInt32.self)) {
            let outerEnd = try reader.enterRecord()
            let name = TimerName(rawValue: try reader.read())
            let owner = ConnectionID(resourceID: try reader.read(), slot: try reader.read())
            let left: UInt64 = try reader.read()
            try reader.leaveRecord(outerEnd)
            let slot = connections.slot(of: owner)
            guard owner == .none || slot.map({ connections.slots[$0].mayWait }) == true else {
                throw StateError("a timer belongs to no connection")
            }
            guard left <= TimerTable.longestDelay.wholeNanoseconds else {
                throw StateError("a timer is never due")
            }
            _ = timers.set(
                name, of: owner == .none ? nil : owner, at: clock.now.advanced(by: left),
                limit: .max)
        }
        pendingCalls.insert(.timers)
    }
}
