// What a crash must not lose: see ``RecoveryHandler``.

extension ServerContext {
    /// What ``RecoveryHandler/saveConnection(_:to:_:)`` wrote of the connection is not true any
    /// more: it is called again before the turn ends. Until then a crash would lose the connection.
    /// Does nothing if the connection has no note yet.
    public mutating func connectionChanged(_ id: ConnectionID) {
    }

    /// Sets whether the connection is owed an answer, because something else must be waited for
    /// first: a crash loses it meanwhile, so that its client asks again. A connection that was
    /// answered in the same callback needs no such call.
    public mutating func setOwing(_ id: ConnectionID, _ isOwing: Bool) {
    }

    /// Sets how far a topic has come: after publishing a message to it that could be sent again
    /// after a crash, and before the first subscriber. A connection's place is that of the topic
    /// when it was last sent everything.
    public mutating func setPlace(of topic: Topic, _ place: TopicPlace) {
    }
}
