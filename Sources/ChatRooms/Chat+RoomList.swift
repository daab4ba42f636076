// The list of rooms, in parts of bounded size.

/// What a list of rooms says about one of them.
public struct RoomSummary: Sendable {
    /// The room's name.
    public let name: String
    /// Users in the room.
    public let memberCount: Int
    /// The newest message; 0 if there was none.
    public let offset: Int
    /// Milliseconds since its last message, or since it was opened.
    public let idle: Int64
}

extension Chat {
    /// The open rooms of `count` places from `start` on, and the place to go on at; nil at the end.
    /// A room that exists all the time is in exactly one part, whatever happens between the calls.
    public func roomList(
        from start: UInt32, count: Int, at now: Timestamp
    ) -> (rooms: [RoomSummary], next: UInt32?) {
        let end = min(Int(start) + count, rooms.endIndex)
        guard start < end else { return ([], nil) }
        var list: [RoomSummary] = []
        for index in start..<UInt32(end) {
            let room = RoomIndex(rawValue: index)
            guard rooms[room].isOpen else { continue }
            list.append(
                RoomSummary(
                    name: rooms[room].name, memberCount: rooms[room].members.count,
                    offset: rooms[room].history.lastOffset,
                    idle: max(0, now.monotonic - rooms[room].lastActivity)))
        }
        return (list, end < rooms.endIndex ? UInt32(end) : nil)
    }
}
