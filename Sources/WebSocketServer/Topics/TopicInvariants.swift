// Invariants of topics between any two turns: costly, so only the simulation checks them.
import LinuxReactor

extension TopicTable {
    func checkVariants(_ place: @autoclosure () -> String) {
        for variant in variants.indices
        where variants[variant].subscribers.count > 0 {
            checkSubscribers(variant, place())
            // A variant with something left to send is in the queue.
            let isSettled =
                variants[variant].deliveredFloor == variants[variant].log.end
                && variants[variant].waiting.isEmpty
            guard !isSettled else { continue }
            precondition(variants[variant].isDirty, "\(place()): a variant that nobody sweeps")
            precondition(dirtyVariants.contains(variant), "\(place()): a variant that is lost")
        }
    }

    private func checkSubscribers(_ variant: VariantIndex, _ place: @autoclosure () -> String) {
        let (start, end) = (variants[variant].log.start, variants[variant].log.end)
        let (sweepIndex, count) = (
            variants[variant].sweepIndex, variants[variant].subscribers.count
        )
        precondition(sweepIndex <= count, "\(place()): swept \(sweepIndex) of \(count)")
        precondition(variants[variant].deliveredFloor <= end, "\(place()): the floor")
        var blockedCount = 0
        for index in 0..<count {
            let subscriber = variants[variant].subscribers[index]
            let entry = subscriptions[subscriber.subscription]
            precondition(
                entry.variant == variant && Int(entry.subscriber) == index,
                "\(place()): a subscriber's entry")
            // Where each key's newest is kept, a subscriber may be behind the log's beginning.
            precondition(
                (subscriber.cursor >= start || isKeyed(variant)) && subscriber.cursor <= end,
                "\(place()): a cursor at \(subscriber.cursor) in \(start)..<\(end)")
            if entry.blockedIndex != Subscription.notBlocked {
                blockedCount += 1
                precondition(
                    variants[variant].blocked[Int(entry.blockedIndex)].subscription
                        == subscriber.subscription,
                    "\(place()): the list of the blocked")
                continue
            }
            precondition(
                subscriber.cursor >= variants[variant].deliveredFloor
                    || isKeyed(variant) && variants[variant].isDirty,
                "\(place()): below the floor"
            )
            precondition(
                index >= sweepIndex || subscriber.cursor >= variants[variant].passEnd,
                "\(place()): not swept")
        }
        precondition(
            blockedCount == variants[variant].blocked.count, "\(place()): blocked once each")
    }
}
