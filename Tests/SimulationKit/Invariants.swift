// What must hold of the server's own tables between any two turns.
import LinuxReactor

@testable import WebSocketServer

extension Simulation {
    /// Ends the run with what is wrong, so that the seed and the step are known.
    func checkInvariants(_ place: @autoclosure () -> String) {
        var refusedCount = 0
        for slot in 0..<UInt32(core.io.connections.bound)
        where core.io.connections[slot].phase != .free {
            if core.io.connections[slot].refusal != nil { refusedCount += 1 }
            checkConnection(slot, place())
        }
        precondition(refusedCount == core.refusedCount, "\(place()): refused")
        for lane in 0..<UInt32(core.io.lanes.bound) where core.io.lanes[lane].members.count > 0 {
            checkLane(lane, place())
        }
    }

    private func checkConnection(_ slot: UInt32, _ place: @autoclosure () -> String) {
        let flags = core.io.connections[slot].flags
        let holds = core.io.connections[slot].holds
        precondition(core.io.connections[slot].phase != .dead, "\(place()): the dead are freed")
        precondition(!flags.contains(.finishing), "\(place()): nobody is left to be finished")
        // More than fits in front of a receive is decoded before the next one.
        if core.io.connections[slot].leftover.count > ReceiveBuffer.headroomByteCount,
            core.io.connections[slot].phase == .webSocket
        {
            precondition(!holds.isEmpty || flags.contains(.resuming), "\(place()): kept bytes")
        }
        // Who is owed something waits for its socket, or is looked at in the next turn.
        if !core.io.connections[slot].outbox.isEmpty {
            precondition(
                flags.contains(.blocked) || flags.contains(.queued)
                    || core.io.connections[slot].firstSubscription != Subscription.none,
                "\(place()): output that nobody sends")
        }
        if !flags.contains(.queued) {
            precondition(
                core.io.connections[slot].watched == core.io.connections[slot].wanted,
                "\(place()): watched for \(core.io.connections[slot].watched)")
        }
        var subscription = core.io.connections[slot].firstSubscription
        var memberships: Set<UInt32> = []
        while subscription != Subscription.none {
            let entry = core.io.subscriptions[subscription]
            precondition(memberships.insert(entry.lane).inserted, "\(place()): a member twice")
            let member = core.io.lanes[entry.lane].members[Int(entry.member)]
            precondition(
                member.connection == slot && member.subscription == subscription,
                "\(place()): a subscription of another's membership")
            subscription = entry.next
        }
        for (_, marker) in core.io.connections[slot].outbox.markerPositions {
            precondition(
                memberships.contains(marker.source)
                    && marker.end <= core.io.lanes[marker.source].log.end,
                "\(place()): a marker without a membership")
        }
    }

    private func checkLane(_ lane: UInt32, _ place: @autoclosure () -> String) {
        let (start, end) = (core.io.lanes[lane].log.start, core.io.lanes[lane].log.end)
        let (swept, count) = (core.io.lanes[lane].swept, core.io.lanes[lane].members.count)
        precondition(swept <= count, "\(place()): swept \(swept) of \(count)")
        precondition(core.io.lanes[lane].floor <= end, "\(place()): floor")
        var blockedCount = 0
        for index in 0..<count {
            let member = core.io.lanes[lane].members[index]
            let entry = core.io.subscriptions[member.subscription]
            precondition(
                entry.lane == lane && Int(entry.member) == index, "\(place()): a member's entry")
            precondition(
                member.cursor >= start && member.cursor <= end,
                "\(place()): a cursor at \(member.cursor) in \(start)..<\(end)")
            if entry.blockedIndex != Subscription.none {
                blockedCount += 1
                precondition(
                    core.io.lanes[lane].blocked[Int(entry.blockedIndex)] == member.subscription,
                    "\(place()): the list of the blocked")
                continue
            }
            precondition(member.cursor >= core.io.lanes[lane].floor, "\(place()): below the floor")
            if index < swept {
                precondition(
                    member.cursor >= core.io.lanes[lane].passStart, "\(place()): not swept")
            }
        }
        precondition(
            blockedCount == core.io.lanes[lane].blocked.count, "\(place()): blocked once each")
        // Whatever is still to be sent is on the way.
        if core.io.lanes[lane].floor < end || !core.io.lanes[lane].waiting.isEmpty {
            precondition(core.io.lanes[lane].isQueued, "\(place()): a lane that nobody sweeps")
            precondition(core.io.queuedLanes.contains(lane), "\(place()): a lane that is lost")
        }
    }
}
