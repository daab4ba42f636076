// Rooms are opened when a user enters them, and forgotten some time after the last member has left.

extension Chat {
    /// How many rooms there are.
    public var roomCount: Int { rooms.count }
    /// Users with at least one connection that has logged in.
    public var userCount: Int { users.count - goneUsers.count }

    /// The `count` rooms with the most members, largest first. Takes time in proportion to all
    /// rooms.
    public func busiestRooms(_ count: Int) -> [(name: String, memberCount: Int)] {
        let all = rooms.indices.filter { rooms[$0].members.count > 0 }
        return all.sorted { rooms[$0].members.count > rooms[$1].members.count }.prefix(count)
            .map { (rooms[$0].name, rooms[$0].members.count) }
    }

    func id(of room: RoomIndex) -> RoomID {
        RoomID(index: room.rawValue, generation: rooms[room].generation)
    }

    /// The room with this name; opens it if it does not exist.
    mutating func openRoom(
        _ name: String, _ effects: inout Effects
    ) throws(CommandError) -> RoomIndex {
        let key = NameKey(name)
        if let room = roomsByName.find(key, in: rooms) {
            return room
        }
        if rooms.count >= limits.roomLimit {
            guard emptyRooms.first != .none else {
                throw CommandError(.tooManyRooms, "The server has no place for another room.")
            }
            forgetRoom(emptyRooms.first, &effects)
        }
        epochCount += 1
        var opened = Room(name: name, nameHash: key.hash, isOpen: true)
        opened.epoch = Epoch(number: Epoch.number(seed: epochSeed, counter: epochCount))
        opened.number = epochCount
        opened.nameBytes = Array(name.utf8)
        // A place that was used before keeps its generation.
        opened.generation = rooms.nextFree.map { rooms[$0].generation } ?? 0
        let room = rooms.allocate(opened)
        roomsByName.insert(room, in: &rooms)
        effects.add(.roomOpened(id(of: room)))
        return room
    }

    /// The last member has left. A room that never had a message is forgotten at once.
    mutating func roomEmptied(_ room: RoomIndex, at now: Timestamp, _ effects: inout Effects) {
        rooms[room].emptySince = now.monotonic
        emptyRooms.append(room, in: &rooms)
        if rooms[room].history.lastOffset == 0 {
            forgetRoom(room, &effects)
        }
    }

    /// A room that may be without members got a message: its lifetime begins anew.
    mutating func roomHeard(_ room: RoomIndex, isNew: Bool, at now: Timestamp) {
        guard rooms[room].members.count == 0 else { return }
        if !isNew { emptyRooms.remove(room, in: &rooms) }
        rooms[room].emptySince = now.monotonic
        emptyRooms.append(room, in: &rooms)
    }

    mutating func forgetEmptyRooms(at now: Timestamp, _ effects: inout Effects) {
        while emptyRooms.first != .none,
            now.monotonic - rooms[emptyRooms.first].emptySince >= timing.emptyRoomLifetime
        {
            forgetRoom(emptyRooms.first, &effects)
        }
    }

    private mutating func forgetRoom(_ room: RoomIndex, _ effects: inout Effects) {
        effects.add(.roomForgotten(id(of: room)))
        emptyRooms.remove(room, in: &rooms)
        dropHistory(room)
        if rooms[room].isFindable { roomsByName.remove(room, in: &rooms) }
        rooms.free(room, leaving: Room(generation: rooms[room].generation &+ 1))
    }

    /// Frees a room's messages. The numbering of its messages continues.
    mutating func dropHistory(_ room: RoomIndex) {
        guard rooms[room].isSpoken else { return }
        historyByteCount -= rooms[room].history.allocatedByteCount
        rooms[room].history.drop()
        rooms[room].isSpoken = false
        spokenRooms.remove(room, in: &rooms)
    }
}

extension Chat {
    /// Calls `body` with every open room. After `init(restoring:)`, a server makes its topics with
    /// it.
    public func forEachRoom(_ body: (RoomID) -> Void) {
        for index in rooms.indices where rooms[index].isOpen {
            body(id(of: index))
        }
    }

    /// Calls `body` with every connection and each room that it is subscribed to.
    public func forEachSubscription(_ body: (ConnectionKey, RoomID) -> Void) {
        for slot in 0..<UInt32(connections.count) where connections[slot].state != .closed {
            var index = connections[slot].firstSubscription
            while index != .none {
                let key = ConnectionKey(slot: slot, generation: connections[slot].generation)
                body(key, id(of: subscriptions[index].room))
                index = subscriptions[index].link
            }
        }
    }
}
