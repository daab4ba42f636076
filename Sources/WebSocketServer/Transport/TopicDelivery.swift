// What topics ask of connections: publishers are paused, and what leaves a topic is delivered.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// The publisher that fills a topic faster than it is swept is not read until it is.
    mutating func pausePublisher(_ variant: VariantIndex) {
        let slot = inbound.reading.slot
        guard slot != .none, !connections.slots[slot].readPauses.contains(.congestion) else { return }
        pauseReading(slot, .congestion)
        topics.variants[variant].waiting.append(connections.id(of: slot))
    }

    /// Lets the publishers go on that were held while a topic was half full.
    mutating func releasePublishers() {
        guard !topics.released.isEmpty else { return }
        let released = topics.released
        topics.released = []
        for id in released {
            if let slot = connections.slot(of: id) { resumeReading(slot, .congestion) }
        }
    }

    mutating func leave(_ slot: Slot, _ subscription: SubscriptionIndex) {
        let copied = topics.leave(
            subscription, delivering: true, &connections.slots[slot].delivery, &output.spare)
        if copied { connections.queue(slot) }
        releasePublishers()
    }

    /// Ends all subscriptions of a connection, copying what it has still to get or dropping it.
    ///
    /// A cursor costs nothing, what lies behind it does: one that does not read and is behind by more
    /// than it may leave unread gets no copy.
    mutating func leaveAllTopics(_ slot: Slot, delivering: Bool) {
        let copied = topics.leaveAll(
            delivering: delivering, byteLimit: settings.limits.outboxByteCount,
            &connections.slots[slot].delivery, &output.spare)
        if copied { connections.queue(slot) }
        releasePublishers()
    }
}
