// How far a connection is behind what is published to its topics.

/// How far a subscriber is behind its topics; see ``ServerContext/lag(of:)``.
public struct Lag: Hashable, Sendable {
    /// Bytes that were published to its topics and that it has not been sent, over all of them,
    /// with their headers; compressed if it gets them so.
    public let byteCount: Int
    /// In the topic in which it is furthest behind, its part of the bytes by which it may be
    /// behind: 0 if it has been sent everything, and 1 where the topic's ``SlowConsumerPolicy``
    /// decides what happens to it.
    public let share: Double
}

extension ServerContext {
    /// How far a connection is behind its topics: both numbers are 0 if it has been sent everything
    /// that was published to them before this turn, or does not exist. A subscriber is behind if
    /// its socket is full, or until the end of the turn.
    ///
    /// What it was sent directly is ``bufferedByteCount(of:)``. Takes time in proportion to its
    /// subscriptions.
    public func lag(of id: ConnectionID) -> Lag {
        guard let slot = connections.slot(of: id) else { return Lag(byteCount: 0, share: 0) }
        return Lag(
            byteCount: topics.backlogByteCount(connections.slots[slot].delivery),
            share: topics.largestLag(connections.slots[slot].delivery))
    }
}
