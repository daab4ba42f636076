// What the chat knows of a connection: for the log and for operators.

extension Chat {
    /// The name that the connection has logged in with; nil if it has not.
    public func userName(of key: ConnectionKey) -> String? {
        guard isKnown(key), connections[key.slot].user != .none else { return nil }
        return users[connections[key.slot].user].name
    }

    /// The rooms that the connection is in, at most ``ChatLimits/roomsPerConnectionLimit``.
    public func roomNames(of key: ConnectionKey) -> [String] {
        guard isKnown(key) else { return [] }
        var names: [String] = []
        var index = connections[key.slot].firstSubscription
        while index != .none {
            names.append(rooms[subscriptions[index].room].name)
            index = subscriptions[index].link
        }
        return names
    }
}
