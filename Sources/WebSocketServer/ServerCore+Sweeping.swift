// Fan-out: one send per member that is behind, of everything from its cursor to the log's end.
import LinuxReactor
import WebSocketCore

extension ServerCore where K: ~Copyable {
    /// How many sends a lane gets before the next one has its turn: so few that a turn reaches sixteen
    /// lanes, and a small room does not wait for the large ones before it.
    private static var sliceBudget: Int { 64 }

    /// Sweeps the topics that have something new, fairly in turn, until all are done or the budget is
    /// spent; then the loop looks at everything else before it goes on.
    mutating func sweepTopics() {
        guard !io.topics.queuedLanes.isEmpty else { return roundTrip.passed(0) }
        io.statistics.sweepCount += 1
        // The clock is not worth its time in each turn: a sample says as much.
        guard io.statistics.sweepCount & 15 == 0 else { return sweepQueuedLanes() }
        let start = kernel.monotonicNow()
        sweepQueuedLanes()
        io.statistics.sweepNanoseconds += 16 * kernel.monotonicNow().nanoseconds(since: start)
    }

    private mutating func sweepQueuedLanes() {
        var budget = io.limits.flushBudget
        var index = 0
        while index < io.topics.queuedLanes.count, budget > 0 {
            let lane = io.topics.queuedLanes[index]
            index += 1
            guard io.topics.lanes[lane].isQueued else { continue }
            io.topics.lanes[lane].isQueued = false
            var slice = min(budget, Self.sliceBudget)
            let before = slice
            let isDone = sweep(lane, &slice)
            budget -= before - slice
            if !isDone { io.queueLane(lane) }
        }
        io.topics.queuedLanes.removeFirst(index)
        roundTrip.passed(index)
    }

    /// Goes on with the pass over a lane's members. True if nobody is behind but the blocked.
    private mutating func sweep(_ lane: UInt32, _ budget: inout Int) -> Bool {
        if io.topics.lanes[lane].swept == 0 { io.topics.lanes[lane].passStart = io.topics.lanes[lane].log.end }
        while io.topics.lanes[lane].swept < io.topics.lanes[lane].members.count {
            guard budget > 0 else { return false }
            let index = io.topics.lanes[lane].swept
            let count = io.topics.lanes[lane].members.count
            serve(lane, index, &budget)
            // A member that was lost on the way has left, and another stands in its place.
            if io.topics.lanes[lane].members.count == count { io.topics.lanes[lane].swept = index + 1 }
            if io.topics.lanes[lane].members.count == 0 { return true }
        }
        return finishPass(lane)
    }

    /// Sends one member what it lacks, or notes that its socket is full.
    private mutating func serve(_ lane: UInt32, _ index: Int, _ budget: inout Int) {
        let member = io.topics.lanes[lane].members[index]
        guard member.cursor < io.topics.lanes[lane].log.end else { return }
        let slot = member.connection
        // One that is lost is there until the turn ends, and the log does not wait for it.
        guard io.connections.slots[slot].phase != .dead else {
            io.topics.lanes[lane].members[index].cursor = io.topics.lanes[lane].log.end
            return
        }
        if !io.connections.slots[slot].delivery.outbox.isEmpty {
            flush(slot)
            budget -= 1
            // It may have left the topic, or have caught up on the way.
            guard io.topics.lanes[lane].members.count > index,
                io.topics.lanes[lane].members[index].subscription == member.subscription,
                io.topics.lanes[lane].members[index].cursor < io.topics.lanes[lane].log.end
            else { return }
        }
        guard !io.connections.slots[slot].delivery.isBlocked else {
            return io.topics.lanes[lane].block(member.subscription, &io.topics.subscriptions)
        }
        sendBroadcasts(lane, index, &budget)
    }

    /// One send from a member's cursor to the log's end. A frame that was taken in part is finished
    /// from the outbox, so that the cursor always stands at a boundary.
    private mutating func sendBroadcasts(_ lane: UInt32, _ index: Int, _ budget: inout Int) {
        let member = io.topics.lanes[lane].members[index]
        let end = io.topics.lanes[lane].log.end
        let slot = member.connection
        budget -= 1 + Int(end - member.cursor) >> 14
        guard
            let sent = accountSend(Self.sendLog(of: lane, to: member, io, &kernel), slot)
        else { return skipLost(lane, index, member) }
        let reached = member.cursor + UInt64(sent)
        if reached == end {
            io.topics.lanes[lane].members[index].cursor = end
            return
        }
        let boundary = io.topics.lanes[lane].log.boundary(at: reached, from: member.cursor)
        io.topics.lanes[lane].members[index].cursor = boundary
        if reached < boundary {
            io.topics.lanes.copyLog(
                lane, from: reached, to: boundary, into: &io.connections.slots[slot].delivery.outbox.bytes)
        }
        if boundary < end { io.topics.lanes[lane].block(member.subscription, &io.topics.subscriptions) }
        block(slot)
    }

    /// A member that takes nothing any more needs nothing of the log: where its cursor stood may be
    /// dropped before it is gone, in this very turn. It may have left the topic already.
    private mutating func skipLost(_ lane: UInt32, _ index: Int, _ member: Member) {
        guard io.topics.lanes[lane].members.count > index,
            io.topics.lanes[lane].members[index].subscription == member.subscription
        else { return }
        io.topics.lanes[lane].members[index].cursor = io.topics.lanes[lane].log.end
    }

    /// A blocked connection can be written to again: it gets what its topics have for it.
    mutating func catchUp(_ slot: UInt32) {
        var budget = 0
        var subscription = io.connections.slots[slot].delivery.firstSubscription
        while subscription != Subscription.none, !io.connections.slots[slot].delivery.isBlocked,
            io.connections.slots[slot].delivery.outbox.isEmpty
        {
            let lane = io.topics.subscriptions[subscription].lane
            let index = Int(io.topics.subscriptions[subscription].member)
            let next = io.topics.subscriptions[subscription].next
            if io.topics.lanes[lane].members[index].cursor < io.topics.lanes[lane].log.end {
                sendBroadcasts(lane, index, &budget)
                // It is gone, and its subscriptions with it.
                guard io.connections.slots[slot].delivery.firstSubscription != Subscription.none else { return }
            }
            if io.topics.lanes[lane].members[index].cursor == io.topics.lanes[lane].log.end {
                io.topics.lanes[lane].unblock(subscription, &io.topics.subscriptions)
                // The last that the log was kept for.
                if !io.topics.lanes[lane].isQueued, io.topics.lanes[lane].blocked.isEmpty {
                    io.topics.lanes[lane].log.drop(before: io.topics.lanes[lane].log.end, spare: &io.topics.spareLog)
                }
            }
            subscription = next
        }
    }

    /// Everybody has been seen to: drops what nobody needs any more, and those who fell out of the log.
    /// False if something was published since the pass began.
    private mutating func finishPass(_ lane: UInt32) -> Bool {
        io.topics.lanes[lane].swept = 0
        io.topics.lanes[lane].floor = io.topics.lanes[lane].passStart
        dropLapped(lane)
        // The last member may have been among them, and the lane with it.
        guard io.topics.lanes[lane].members.count > 0 else { return true }
        let oldest = io.topics.lanes[lane].oldestNeeded(io.topics.subscriptions)
        io.topics.lanes[lane].log.drop(before: oldest, spare: &io.topics.spareLog)
        if !io.topics.lanes[lane].isCongested { io.releasePublishers(lane) }
        return io.topics.lanes[lane].floor == io.topics.lanes[lane].log.end
    }

    /// Does to members that are further behind than the log may reach what the topic's policy says.
    private mutating func dropLapped(_ lane: UInt32) {
        let end = io.topics.lanes[lane].log.end
        let limit = UInt64(io.topics.lanes[lane].logByteLimit)
        guard end - io.topics.lanes[lane].log.start > limit else { return }
        for subscription in io.topics.lanes[lane].blocked {
            guard io.topics.subscriptions[subscription].lane == lane else { continue }
            let index = Int(io.topics.subscriptions[subscription].member)
            let member = io.topics.lanes[lane].members[index]
            guard end - member.cursor > limit else { continue }
            switch io.topics.lanes[lane].policy {
            case .disconnect: io.endTooSlow(member.connection)
            case .skipToLatest:
                // It may have nothing to lose but the newest, however large that is.
                guard member.cursor < io.topics.lanes[lane].log.latestFrame else { continue }
                io.topics.lanes[lane].members[index].cursor = io.topics.lanes[lane].log.latestFrame
                io.statistics.skipCount += 1
            }
        }
    }
}
