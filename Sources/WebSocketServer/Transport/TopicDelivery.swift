// What topics demand of connections: pausing publishers, and delivering what is left to subscribers
// that leave.
import LinuxReactor
import WebSocketCore

extension ServerContext {
    /// Pauses reading from a publisher that fills a topic faster than it is swept, until it has
    /// been swept.
    mutating func pausePublisher(_ variant: VariantIndex) {
        let slot = inbound.reading.slot
        guard slot != .none, !connections.slots[slot].readPauses.contains(.congestion) else {
            return
        }
        pauseReading(slot, .congestion)
        topics.variants[variant].waiting.append(connections.id(of: slot))
    }

    /// Resumes reading from publishers that were paused while a topic was half full.
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

    /// Ends all subscriptions of a connection. What it has not been sent yet is copied to its
    /// outbox, or dropped if `delivering` is false.
    ///
    /// A cursor costs no memory, but a copy does: a connection that is blocked and further behind
    /// than ``Limits/outboxByteCount`` gets none.
    mutating func leaveAllTopics(_ slot: Slot, delivering: Bool) {
        let copied = topics.leaveAll(
            delivering: delivering, byteLimit: settings.limits.outboxByteCount,
            &connections.slots[slot].delivery, &output.spare)
        if copied { connections.queue(slot) }
        releasePublishers()
    }
}
