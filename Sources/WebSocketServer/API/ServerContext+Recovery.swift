// What a crash must not lose: see ``RecoveryHandler``.

extension ServerContext {
    /// What ``RecoveryHandler/saveConnection(_:to:_:)`` wrote of the connection is not true any
    /// more: it is called again before the turn ends. Until then a crash would lose the connection.
    /// If it had none, it is asked again in a second or two.
    public mutating func connectionChanged(_ id: ConnectionID) {
        guard connections.records.isOn, let slot = connections.slot(of: id) else { return }
        let holds = connections.records.holds(of: slot)
        if connections.records.isRecorded(slot), !holds.contains(.stale) {
            connections.records.hold(slot, .stale, true)
            recovery.stale.append(id)
        } else if holds.contains(.unknown) {
            connections.records.hold(slot, .unknown, false)
            recovery.young.append(id)
        }
    }

    /// Sets whether an answer to the connection is due, because something else must be waited for
    /// first: a crash loses it meanwhile, so that its client asks again. A connection that was
    /// answered in the same callback needs no such call.
    public mutating func setOwing(_ id: ConnectionID, _ isOwing: Bool) {
        guard let slot = connections.slot(of: id) else { return }
        guard connections.records.isOn else {
            if isOwing { recovery.owing.insert(id) } else { recovery.owing.remove(id) }
            return
        }
        connections.records.hold(slot, .owing, isOwing)
        // It comes to rest behind whatever this callback sends.
        if !isOwing { connections.queue(slot) }
    }

    /// Sets how far a topic has come: after publishing a message to it that could be sent again
    /// after a crash, and before the first subscriber. A connection's place is that of the topic
    /// when it was last sent everything. A hand-over does not carry it: set it again in
    /// ``HandOverHandler/restore(from:_:)``.
    public mutating func setPlace(of topic: Topic, _ place: TopicPlace) {
        guard isCurrent(topic) else { return }
        topics.states[topic.index].place = place
    }

    /// How many connections would survive a crash if they were at rest.
    public var parkedConnectionCount: Int { recovery.parkedCount }
}
