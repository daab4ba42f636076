// Whether restored tables fit together: what each record says by itself was checked as it was read.
import LinuxReactor
import Storage
import WebSocketCore

extension Outbound {
    /// Throws if the tables are none that a server can be in. It looks at everything once.
    func checkRestored(_ slots: [UInt32]) throws(StateError) {
        try checkTopics()
        var boundaries: [UInt32: [UInt64]] = [:]
        var memberCount = 0
        for lane in 0..<UInt32(lanes.bound) where lanes[lane].members.count > 0 {
            boundaries[lane] = try frameBoundaries(of: lane)
            memberCount += 1
        }
        // A lane without members would never be given back.
        guard memberCount == lanes.takenCount else { throw StateError("a lane has no members") }
        for slot in slots {
            try checkSession(slot)
            try checkMemberships(slot, boundaries)
        }
    }

    /// Each lane belongs to one topic.
    private func checkTopics() throws(StateError) {
        var seen: Set<UInt32> = []
        for index in 0..<UInt32(topics.bound) where topics[index].isTaken {
            for place in topics[index].lanes.indices {
                let lane = topics[index].lanes[place]
                if lane == UInt32.max { continue }
                guard lane < lanes.bound, lanes[lane].members.count > 0, seen.insert(lane).inserted
                else { throw StateError("topic \(index) has a lane that is not its own") }
            }
        }
        guard seen.count == lanes.takenCount else { throw StateError("a lane has no topic") }
    }

    /// Where the frames of a log begin and end.
    private func frameBoundaries(of lane: UInt32) throws(StateError) -> [UInt64] {
        let (start, end) = (lanes[lane].log.start, lanes[lane].log.end)
        var boundaries = [start]
        var last = start
        while let boundary = boundaries.last, boundary < end {
            guard
                let byteCount = FrameHeader.frameByteCount(
                    lanes[lane].log.slice(from: boundary, to: end)),
                byteCount <= end - boundary
            else { throw StateError("a topic's log has part of a frame") }
            last = boundary
            boundaries.append(boundary + UInt64(byteCount))
        }
        guard start == end || lanes[lane].log.latestFrame == last else {
            throw StateError("a topic's log does not know its newest frame")
        }
        return boundaries
    }

    /// What the connection's phase, session and cause say of each other.
    private func checkSession(_ slot: UInt32) throws(StateError) {
        let isAnnounced = connections[slot].flags.contains(.announced)
        let session = connections[slot].session
        let fits =
            if connections[slot].phase == .head {
                !isAnnounced && session == .open && connections[slot].cause == nil
                    && !connections[slot].flags.contains(.client)
                    && connections[slot].assembly.isEmpty
                    && connections[slot].outbox.markerCount == 0
                    && connections[slot].firstSubscription == Subscription.none
            } else {
                // Who is open has been announced, and whoever closes does so for a cause.
                session == .open ? isAnnounced : !isAnnounced || connections[slot].cause != nil
            }
        guard fits, session != .closed, connections[slot].resourceId > 0,
            connections[slot].resourceId <= lastResourceId
        else { throw StateError("connection \(slot) is in no state that there is") }
    }

    /// Memberships of topics that there are, each once, at places where frames begin or end.
    private func checkMemberships(
        _ slot: UInt32, _ boundaries: [UInt32: [UInt64]]
    ) throws(StateError) {
        var memberships: Set<UInt32> = []
        var index = connections[slot].firstSubscription
        while index != Subscription.none {
            let entry = subscriptions[index]
            index = entry.next
            let cursor = lanes[entry.lane].members[Int(entry.member)].cursor
            let topic = lanes[entry.lane].topic
            guard connections[slot].flags.contains(.announced),
                Int(topic.index) < topics.bound, topics[topic.index].isTaken,
                topics[topic.index].generation == topic.generation,
                topics[topic.index].lanes.contains(entry.lane),
                memberships.insert(entry.lane).inserted,
                entry.markedEnd <= lanes[entry.lane].log.end,
                boundaries[entry.lane]?.contains(sorted: cursor) == true
            else { throw StateError("a membership of connection \(slot) is damaged") }
        }
        for (_, marker) in connections[slot].outbox.markerPositions {
            guard memberships.contains(marker.source),
                marker.end < lanes[marker.source].log.start
                    || boundaries[marker.source]?.contains(sorted: marker.end) == true
            else { throw StateError("a marker of connection \(slot) is damaged") }
        }
    }
}

extension [UInt64] {
    /// Whether an ascending array has this number.
    fileprivate func contains(sorted number: UInt64) -> Bool {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == number
    }
}

extension InlineArray where Element == UInt32 {
    fileprivate func contains(_ number: UInt32) -> Bool {
        for index in indices where self[index] == number { return true }
        return false
    }
}
