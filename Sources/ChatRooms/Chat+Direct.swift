// The command `direct`: says something to one other user, who need not be there.
import Storage

extension Chat {
    /// Puts a message into the conversation with a user. All connections of both get it from then
    /// on, as if they had entered the room.
    mutating func direct(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        let (body, id) = try messageParts(command.fields, text)
        let reply = try command.fields.number(ifPresent: .reply, text) ?? 0
        let name = try Name.user(try command.fields.string(.to), text)
        try checkReads(name)
        let slot = command.connection.slot
        let user = connections[slot].user
        guard let other = usersByName.find(NameKey(name), in: users) else {
            throw Self.nobody
        }
        guard other != user else { throw CommandError(.to, "is your own name.") }
        let conversation = directRoomName(user, other)
        try checkMayEnter(conversation.name, command)
        try checkStore()
        guard let room = try openRoom(conversation, command, &effects) else {
            return .asks
        }
        guard
            subscription(of: slot, to: room) != nil
                || Int(connections[slot].roomCount) < limits.roomsPerConnectionLimit
        else { throw inTooManyRooms }
        let limit = limits.roomsPerConnectionLimit
        subscribeAll(of: user, to: room, below: limit, at: command.now, &effects)
        // Others must not take the places that somebody needs to enter rooms.
        subscribeAll(of: other, to: room, below: limit - limit / 4, at: command.now, &effects)
        try say(body, id, reply, to: room, command, text, &effects)
        return .done
    }

    /// Puts all connections of a user into a conversation that are in less than `limit` rooms, and
    /// tells each that was not in it.
    private mutating func subscribeAll(
        of user: UserIndex, to room: RoomIndex, below limit: Int, at now: Timestamp,
        _ effects: inout Effects
    ) {
        for slot in connectionSlots(of: user)
        where connections[slot].state == .loggedIn && subscription(of: slot, to: room) == nil
            && Int(connections[slot].roomCount) < limit
        {
            leaveNamesake(of: room, slot, at: now, &effects)
            let key = key(of: slot)
            let start = effects.bytes.count
            effects.bytes.append("{\"type\":\"direct\",\"room\":\"")
            effects.bytes.append(utf8: rooms[room].name)
            effects.bytes.append("\"")
            let last = rooms[room].history.last
            writeEpoch(last.epoch, of: room, to: &effects.bytes)
            effects.bytes.append(",\"offset\":")
            effects.bytes.append(decimal: last.offset)
            effects.bytes.append("}")
            effects.reply(to: key, from: start)
            addSubscription(slot, to: room, at: now, &effects)
            effects.add(.subscribe(key, id(of: room)))
        }
    }

    /// A conversation with somebody who had a name before has the same name as the one with who has
    /// it now: nobody is in both.
    mutating func leaveNamesake(
        of room: RoomIndex, _ slot: UInt32, at now: Timestamp, _ effects: inout Effects
    ) {
        var index = connections[slot].firstSubscription
        while index != .none {
            let other = subscriptions[index].room
            if other != room, rooms[other].kind == .direct, rooms[other].name == rooms[room].name {
                unsubscribe(slot, from: other, &effects)
                return leave(slot, index, at: now, &effects)
            }
            index = subscriptions[index].link
        }
    }
}
