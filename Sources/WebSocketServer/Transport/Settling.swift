// A connection has come to rest: its record says where it stands, for the next process.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// Notes where the connection stands, if it is at rest. Called wherever something has moved
    /// that may have been the last: at the end of a receive, a flush, a broadcast.
    @inline(__always)
    mutating func settle(_ slot: Slot) {
        if connections.records.isOn { settleRecord(slot) }
    }

    @inline(never)
    private mutating func settleRecord(_ slot: Slot) {
        let records = connections.records
        guard records.isParked(slot), records.isRecorded(slot), connections.slots[slot].isAtRest,
            records.holds(of: slot).isEmpty
        else { return }
        records.disturb(slot)
        var index = connections.slots[slot].delivery.firstSubscription
        var placeCount = 0
        while index != .none {
            let subscription = topics.subscriptions[index]
            let variant = subscription.variant
            let cursor = topics.variants[variant].subscribers[Int(subscription.subscriber)].cursor
            // The sweep will serve it, and settle it then.
            guard cursor == topics.variants[variant].log.end,
                placeCount < RecordLayout.placeLimit
            else { return }
            if let place = topics.states[topics.variants[variant].topic.index].place {
                records.setPlace(slot, placeCount, place)
                placeCount += 1
            }
            index = subscription.next
        }
        records.settle(slot, placeCount: placeCount)
    }
}

extension Connection {
    /// Whether nothing is on its way to it or from it, as far as this process knows.
    var isAtRest: Bool {
        phase == .webSocket && session == .open && cause == nil && decoder.isBetweenMessages
            && pendingInput.isEmpty && assembly.isEmpty && delivery.outbox.isEmpty
            && !delivery.isBlocked && readPauses.isDisjoint(with: .ofHandler)
    }

    /// Whether it can go on in another process without anything that this one had in memory.
    var canBeParked: Bool {
        phase == .webSocket && session == .open && encryption == .none && role == .server
            && !listener.isInternal
    }
}
