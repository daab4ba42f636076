// Topics of which only the newest counts, of all messages or of each key: which lines are
// measured, and who skips.
import LinuxReactor

extension TopicTable {
    /// Of a pass over all subscribers, one in this many has its line measured afterwards.
    private static var passesPerPace: Int { 8 }
    /// The most that are measured in a turn for one topic, at two system calls each.
    private static var mostPaced: Int { 128 }

    /// How many lines to measure now that a pass over all subscribers of the variant has ended. It
    /// may have ended with its last subscriber.
    func paceCount(_ variant: VariantIndex) -> Int {
        let count = variants[variant].subscribers.count
        return min(count, (count + Self.passesPerPace - 1) / Self.passesPerPace, Self.mostPaced)
    }

    /// The subscriber that is measured next.
    mutating func nextToPace(_ variant: VariantIndex) -> Slot {
        let index = Int(variants[variant].paceIndex) % variants[variant].subscribers.count
        variants[variant].paceIndex = UInt32(index + 1)
        return variants[variant].subscribers[index].connection
    }

    /// Whether one of the topics skips, in the list that begins with `first`.
    func skips(_ first: SubscriptionIndex) -> Bool {
        var index = first
        while index != .none {
            if variants[subscriptions[index].variant].policy != .disconnect { return true }
            index = subscriptions[index].next
        }
        return false
    }

    /// Skips to the newest message, or to each key's newest, in all topics of the list that allow
    /// it, if they are more than `byteCount` behind together.
    mutating func skip(_ first: SubscriptionIndex, keeping byteCount: Int) {
        var missing: UInt64 = 0
        var index = first
        while index != .none {
            let entry = subscriptions[index]
            if variants[entry.variant].policy != .disconnect {
                let cursor = variants[entry.variant].subscribers[Int(entry.subscriber)].cursor
                missing +=
                    variants[entry.variant].log.end
                    - max(cursor, variants[entry.variant].log.start)
            }
            index = entry.next
        }
        guard missing > UInt64(byteCount) else { return }
        index = first
        while index != .none {
            let entry = subscriptions[index]
            let latest = variants[entry.variant].log.latestFrame
            if isKeyed(entry.variant) {
                skipInKeyed(entry)
            } else if variants[entry.variant].policy == .skipToLatest,
                variants[entry.variant].subscribers[Int(entry.subscriber)].cursor < latest
            {
                variants[entry.variant].subscribers[Int(entry.subscriber)].cursor = latest
                skipCount += 1
            }
            index = entry.next
        }
    }

    private mutating func skipInKeyed(_ entry: Subscription) {
        guard !walks(entry.variant, Int(entry.subscriber)),
            variants[entry.variant].subscribers[Int(entry.subscriber)].cursor
                < variants[entry.variant].log.end
        else { return }
        letWalk(entry.variant, Int(entry.subscriber))
        skipCount += 1
    }

    /// Makes the subscription behind this one the first, and this one the last: when the socket is
    /// full again and again, all topics of the connection have their turn.
    mutating func rotate(_ delivery: inout Delivery, behind served: SubscriptionIndex) {
        let first = subscriptions[served].next
        guard first != .none else { return }
        var last = first
        while subscriptions[last].next != .none { last = subscriptions[last].next }
        subscriptions[last].next = delivery.firstSubscription
        subscriptions[served].next = .none
        delivery.firstSubscription = first
    }
}
