// What must hold of the server's own tables between any two turns.
import LinuxReactor

@testable import WebSocketServer

extension Simulation {
    /// Ends the run with what is wrong, so that the seed and the step are known.
    func checkInvariants(_ place: @autoclosure () -> String) {
        var refusedCount = 0
        for slot in 0..<UInt32(core.io.connections.slots.endIndex)
        where core.io.connections.slots[slot].phase != .free {
            if core.io.connections.slots[slot].refusal != nil { refusedCount += 1 }
            checkConnection(slot, place())
        }
        precondition(refusedCount == core.refusedCount, "\(place()): refused")
        for variant in 0..<UInt32(core.io.topics.variants.endIndex) where core.io.topics.variants[variant].members.count > 0 {
            checkLane(variant, place())
        }
    }

    private func checkConnection(_ slot: UInt32, _ place: @autoclosure () -> String) {
        let flags = core.io.connections.slots[slot].flags
        let holds = core.io.connections.slots[slot].readPauses
        precondition(core.io.connections.slots[slot].phase != .dead, "\(place()): the dead are freed")
        precondition(!flags.contains(.reapList), "\(place()): nobody is left to be finished")
        // More than fits in front of a receive is decoded before the next one.
        if core.io.connections.slots[slot].pendingInput.count > ReceiveBuffer.headroomByteCount,
            core.io.connections.slots[slot].phase == .webSocket
        {
            precondition(!readPauses.isEmpty || flags.contains(.resuming), "\(place()): kept bytes")
        }
        // Who is owed something waits for its socket, or is looked at in the next turn.
        if !core.io.connections.slots[slot].delivery.outbox.isEmpty {
            precondition(
                core.io.connections.slots[slot].delivery.isBlocked || flags.contains(.queued)
                    || core.io.connections.slots[slot].delivery.firstSubscription != Subscription.none,
                "\(place()): output that nobody sends")
        }
        if !flags.contains(.queued) {
            precondition(
                core.io.connections.slots[slot].watched == core.io.connections.slots[slot].wanted,
                "\(place()): watched for \(core.io.connections.slots[slot].watched)")
        }
        var subscription = core.io.connections.slots[slot].delivery.firstSubscription
        var memberships: Set<UInt32> = []
        while subscription != Subscription.none {
            let entry = core.io.topics.subscriptions[subscription]
            precondition(memberships.insert(entry.variant).inserted, "\(place()): a member twice")
            let member = core.io.topics.variants[entry.variant].members[Int(entry.member)]
            precondition(
                member.connection == slot && member.subscription == subscription,
                "\(place()): a subscription of another's membership")
            subscription = entry.next
        }
        for (_, marker) in core.io.connections.slots[slot].delivery.outbox.markerPositions {
            precondition(
                memberships.contains(marker.source)
                    && marker.end <= core.io.topics.variants[marker.source].log.end,
                "\(place()): a marker without a membership")
        }
    }

    private func checkLane(_ variant: UInt32, _ place: @autoclosure () -> String) {
        let (start, end) = (core.io.topics.variants[variant].log.start, core.io.topics.variants[variant].log.end)
        let (sweepIndex, count) = (core.io.topics.variants[variant].sweepIndex, core.io.topics.variants[variant].members.count)
        precondition(sweepIndex <= count, "\(place()): sweepIndex \(sweepIndex) of \(count)")
        precondition(core.io.topics.variants[variant].deliveredFloor <= end, "\(place()): deliveredFloor")
        var blockedCount = 0
        for index in 0..<count {
            let member = core.io.topics.variants[variant].members[index]
            let entry = core.io.topics.subscriptions[member.subscription]
            precondition(
                entry.variant == variant && Int(entry.member) == index, "\(place()): a member's entry")
            precondition(
                member.cursor >= start && member.cursor <= end,
                "\(place()): a cursor at \(member.cursor) in \(start)..<\(end)")
            if entry.blockedIndex != Subscription.none {
                blockedCount += 1
                precondition(
                    core.io.topics.variants[variant].blocked[Int(entry.blockedIndex)] == member.subscription,
                    "\(place()): the list of the blocked")
                continue
            }
            precondition(member.cursor >= core.io.topics.variants[variant].deliveredFloor, "\(place()): below the deliveredFloor")
            if index < sweepIndex {
                precondition(
                    member.cursor >= core.io.topics.variants[variant].passEnd, "\(place()): not sweepIndex")
            }
        }
        precondition(
            blockedCount == core.io.topics.variants[variant].blocked.count, "\(place()): blocked once each")
        // Whatever is still to be sent is on the way.
        if core.io.topics.variants[variant].deliveredFloor < end || !core.io.topics.variants[variant].waiting.isEmpty {
            precondition(core.io.topics.variants[variant].isDirty, "\(place()): a variant that nobody sweeps")
            precondition(core.io.topics.dirtyVariants.contains(variant), "\(place()): a variant that is lost")
        }
    }
}
