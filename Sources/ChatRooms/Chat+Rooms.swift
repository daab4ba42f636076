// Rooms are opened when a user enters them, and forgotten some time after the last member has left.

extension Chat {
    /// How many rooms there are.
    public var roomCount: Int { rooms.count }
    /// Users with at least one connection that has logged in.
    public var userCount: Int { users.count - goneUsers.count - awayAccountCount }

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

    /// The room that a command needs, opened if it is not in memory. Nil if its content is not
    /// there yet: then the command waits.
    mutating func openRoom(
        _ name: RoomName, _ command: borrowing Command, _ effects: inout Effects
    ) throws(CommandError) -> RoomIndex? {
        let room: RoomIndex
        if let known = find(name) {
            room = known
        } else {
            if case .failed = command.read { throw cannotRead }
            let slot = command.connection.slot
            let opener = Opener(owner: connections[slot].owner, user: connections[slot].user)
            room = try openRoom(name, for: opener, &effects)
            rooms[room].lastActivity = command.now.monotonic
        }
        guard !rooms[room].isLoading else {
            if case .failed = command.read { throw cannotRead }
            wait(.connection(command.connection), for: room)
            return nil
        }
        return room
    }

    /// The room with this name; opens it if it does not exist.
    mutating func openRoom(
        _ wanted: RoomName, for opener: Opener, _ effects: inout Effects
    ) throws(CommandError) -> RoomIndex {
        if let room = find(wanted) { return room }
        let name = wanted.name
        let key = NameKey(name)
        if !opener.isPermanent { try makePlace(for: opener, &effects) }
        epochCount += 1
        var opened = Room(name: name, nameHash: key.hash, isOpen: true)
        // A shared log says what its epochs are, and begins at the root.
        opened.epoch =
            shared.isOn
            ? 0 : Epoch(number: Epoch.number(seed: epochSeed, counter: epochCount)).number
        opened.epochText = Epoch(number: opened.epoch).text
        opened.history = History(after: Place(offset: 0, epoch: opened.epoch))
        opened.number = epochCount
        opened.nameBytes = Array(name.utf8)
        opened.owner = opener.owner
        opened.opener = opener.user
        if opener.user != .none { opened.openerNumber = users[opener.user].number }
        opened.isPermanent = opener.isPermanent
        // A place that was used before keeps its generation.
        opened.generation = rooms.nextFree.map { rooms[$0].generation } ?? 0
        if let pair = wanted.pair {
            opened.kind = .direct
            opened.people = [pair.first, pair.second]
            opened.isFindable = false
        }
        let room = rooms.allocate(opened)
        if let pair = wanted.pair {
            directRooms[pair] = room
        } else {
            roomsByName.insert(room, in: &rooms)
        }
        hold(room)
        effects.add(.roomOpened(id(of: room)))
        if hasStore || shared.isOn { load(room) }
        return room
    }

    /// A room has no members, and nothing of it is on its way to the store. If it never had a
    /// message it is forgotten at once.
    mutating func roomEmptied(_ room: RoomIndex, at now: Timestamp, _ effects: inout Effects) {
        guard !rooms[room].isPermanent, !rooms[room].isLoading, !rooms[room].isAsked,
            rooms[room].pendingCount == 0
        else { return }
        if rooms[room].history.lastOffset == 0, rooms[room].kind != .private {
            return forgetRoom(room, &effects)
        }
        setIdle(false, room)
        setSpare(false, room)
        rooms[room].emptySince = now.monotonic
        setIdle(true, room)
        if !rooms[room].isShared { setSpare(true, room) }
    }

    /// A member enters a room that has none.
    mutating func roomFilled(_ room: RoomIndex) {
        setIdle(false, room)
        setSpare(false, room)
    }

    /// A room that may be without members got a message: its lifetime begins anew.
    mutating func roomHeard(_ room: RoomIndex, at now: Timestamp, _ effects: inout Effects) {
        share(room, with: Self.operators)
        if rooms[room].members.count == 0 { roomEmptied(room, at: now, &effects) }
    }

    /// Whether the room is in the order in which rooms are forgotten.
    private mutating func setIdle(_ isIdle: Bool, _ room: RoomIndex) {
        guard rooms[room].isIdle != isIdle else { return }
        rooms[room].isIdle = isIdle
        if isIdle {
            emptyRooms.append(room, in: &rooms)
        } else {
            emptyRooms.remove(room, in: &rooms)
        }
    }

    /// Forgets the rooms that have been without members for long enough. The store still has them.
    mutating func forgetEmptyRooms(
        at now: Timestamp, _ rest: inout Int, _ effects: inout Effects
    ) {
        while rest > 0, emptyRooms.first != .none,
            now.monotonic - rooms[emptyRooms.first].emptySince >= timing.emptyRoomLifetime
        {
            forgetRoom(emptyRooms.first, &effects)
            rest -= 1
        }
    }

    /// Frees the memory of a room without members.
    mutating func forgetRoom(_ room: RoomIndex, _ effects: inout Effects) {
        effects.add(.roomForgotten(id(of: room)))
        if shared.isOn {
            shared.orders.append(.leave(id(of: room)))
            shared.elsewhere[room] = nil
        }
        setIdle(false, room)
        dropHistory(room)
        release(room)
        if rooms[room].kind == .direct {
            directRooms[DirectPair(rooms[room].people[0], rooms[room].people[1])] = nil
        }
        if rooms[room].isFindable { roomsByName.remove(room, in: &rooms) }
        rooms.free(room, leaving: Room(generation: rooms[room].generation &+ 1))
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
