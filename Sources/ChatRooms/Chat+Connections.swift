// What the chat knows of its connections: for the log and for operators.
import Storage

/// Which connections are meant: those of one user, those in one room, or those of the user in the
/// room. See ``Chat/connectionFilter(user:room:)``.
public struct ConnectionFilter: Sendable {
    /// The user; any if `none`.
    var user: UserIndex = .none
    /// The room; any if `none`.
    var room: RoomIndex = .none

    /// How many connections can match at most; nil if that is not known.
    public internal(set) var connectionLimit: Int?
}

extension Chat {
    /// The name that the connection has logged in with; nil if it has not.
    public func userName(of key: ConnectionKey) -> String? {
        guard isKnown(key), connections[key.slot].user != .none else { return nil }
        return users[connections[key.slot].user].name
    }

    /// The number that the connection got when it was opened; nil if there is none with this key.
    public func resourceID(of key: ConnectionKey) -> UInt64? {
        isKnown(key) ? connections[key.slot].resourceID : nil
    }

    /// A number that all spellings of a name share, and few other names. It holds for this process
    /// only.
    public static func nameHash(_ name: String) -> UInt32 { NameKey(name).hash }

    /// Whether two names mean the same user.
    public static func isSameName(_ one: String, _ other: String) -> Bool {
        NameKey(one) == NameKey(other)
    }

    /// The rooms that the connection is in, at most ``ChatLimits/roomsPerConnectionLimit``.
    public func roomNames(of key: ConnectionKey) -> [String] {
        guard isKnown(key) else { return [] }
        if let lost = lostRooms[key.slot] { return lost.map(\.name) }
        var names: [String] = []
        var index = connections[key.slot].firstSubscription
        while index != .none {
            names.append(rooms[subscriptions[index].room].name)
            index = subscriptions[index].link
        }
        return names
    }

    /// How many connections the user with this name has.
    public func connectionCount(of user: String) -> Int {
        usersByName.find(NameKey(user), in: users).map { Int(users[$0].connectionCount) } ?? 0
    }

    // MARK: One slot after the other

    /// The number of slots that connections have had so far: all slots are below it.
    public var connectionSlotCount: UInt32 { UInt32(connections.count) }

    /// A filter for the connections of a user and in a room; nil for either means any. Nil if
    /// nobody is connected with this name, or if there is no such room.
    public func connectionFilter(user: String?, room: String?) -> ConnectionFilter? {
        var filter = ConnectionFilter()
        if let user {
            guard let index = usersByName.find(NameKey(user), in: users),
                users[index].connectionCount > 0
            else { return nil }
            filter.user = index
            filter.connectionLimit = Int(users[index].connectionCount)
        }
        if let room {
            guard let index = roomsByName.find(NameKey(room), in: rooms) else { return nil }
            filter.room = index
        }
        return filter
    }

    /// The connection in this slot, if there is one and the filter matches it. Takes constant time,
    /// or with a room, time in proportion to the rooms of a connection whose user matches.
    public func connection(
        inSlot slot: UInt32, matching filter: ConnectionFilter
    ) -> ConnectionKey? {
        guard slot < connections.count, connections[slot].state != .closed,
            filter.user == .none || connections[slot].user == filter.user,
            filter.room == .none || subscription(of: slot, to: filter.room) != nil
        else { return nil }
        return ConnectionKey(slot: slot, generation: connections[slot].generation)
    }

    /// How many rooms the connection is in.
    public func roomCount(of key: ConnectionKey) -> Int {
        isKnown(key) ? Int(connections[key.slot].roomCount) : 0
    }

    // MARK: Acting

    /// Takes a connection out of the filter's room, and tells it so with a push:
    /// `{"type":"kicked","room":…,"text":…}`. Returns false if it was not in the room.
    public mutating func expel(
        _ key: ConnectionKey, _ filter: ConnectionFilter, text: String, at now: Timestamp,
        _ effects: inout Effects
    ) -> Bool {
        guard isKnown(key), filter.room != .none,
            let subscription = subscription(of: key.slot, to: filter.room)
        else { return false }
        let start = effects.bytes.count
        effects.bytes.append("{\"type\":\"kicked\",\"room\":\"")
        effects.bytes.append(utf8: rooms[filter.room].name)
        effects.bytes.append("\",\"text\":\"")
        let bytes = Array(text.utf8)
        effects.bytes.append(escaped: bytes.span, 0..<bytes.count)
        effects.bytes.append("\"}")
        effects.reply(to: key, from: start)
        unsubscribe(key.slot, from: filter.room, &effects)
        leave(key.slot, subscription, at: now, &effects)
        return true
    }
}
