// Entering and leaving rooms.

extension Chat {
    mutating func join(
        _ command: Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        let name = try Name.room(try command.fields.string(.room), text)
        let since = try command.fields.since(text)
        let messageLimit = try command.fields.messageLimit(text)
        let asksForMore = try command.fields.bool(.more, default: false)
        let view = View(since: since, messageLimit: messageLimit, asksForMore: asksForMore)
        try enter(name, command, text, view, &effects)
    }

    /// What a client wants to see of the room that it enters.
    struct View {
        /// The client's position; nil if it has none.
        var since: (epoch: Epoch?, offset: Int)?
        var messageLimit = 50
        /// The client knows `more`: it asks for what does not fit into the reply. To any other
        /// client, missed messages that are more than a page are `recovered: false`.
        var asksForMore = false
    }

    /// Puts a connection into a room and sends it the room's present state. A connection that is
    /// already in the room just gets the state again.
    mutating func enter(
        _ name: String, _ command: Command, _ text: Span<UInt8>, _ view: View,
        _ effects: inout Effects
    ) throws(CommandError) {
        let slot = command.connection.slot
        let known = roomsByName.find(NameKey(name), in: rooms)
        let isThere = known.map { subscription(of: slot, to: $0) != nil } ?? false
        if !isThere && Int(connections[slot].roomCount) >= limits.roomsPerConnectionLimit {
            throw CommandError(
                .tooManyRooms, "You are in as many rooms as allowed. Leave one first.")
        }
        let room: RoomIndex
        if let known {
            room = known
        } else {
            let opener = Opener(owner: connections[slot].owner, user: connections[slot].user)
            room = try openRoom(name, for: opener, &effects)
            rooms[room].lastActivity = command.now.monotonic
        }
        if !isThere {
            addSubscription(slot, to: room, at: command.now, &effects)
        }
        if command.isReachable { show(room, command, text, view, &effects) }
        if !isThere {
            effects.add(.subscribe(command.connection, id(of: room)))
        }
    }

    /// Sends the reply `joined`, and after it the missed messages that did not fit into it, if
    /// the client does not ask for these.
    private mutating func show(
        _ room: RoomIndex, _ command: Command, _ text: Span<UInt8>, _ view: View,
        _ effects: inout Effects
    ) {
        let first = rooms[room].history.firstOffset
        let next = rooms[room].history.nextOffset
        var recovered = false
        var shown = newest(of: max(first, next - view.messageLimit)..<next, in: room)
        if let since = view.since, since.epoch == rooms[room].epoch, since.offset >= first - 1,
            since.offset < next, view.asksForMore || fitsPages(since.offset + 1..<next, in: room)
        {
            recovered = true
            let end = min(since.offset + 1 + view.messageLimit, next)
            shown = oldest(of: since.offset + 1..<end, in: room)
        }
        if view.since != nil {
            if recovered { counters.recoveredCount += 1 } else { counters.unrecoveredCount += 1 }
        }

        let start = begin("joined", command, text, &effects)
        effects.bytes.append(",\"room\":\"")
        effects.bytes.append(utf8: rooms[room].name)
        effects.bytes.append("\",\"epoch\":\"")
        effects.bytes.append(utf8: rooms[room].epoch.text)
        effects.bytes.append("\",\"offset\":")
        effects.bytes.append(decimal: next - 1)
        effects.bytes.append(recovered ? ",\"recovered\":true" : ",\"recovered\":false")
        writeMessages(shown, of: room, to: &effects.bytes)
        if view.asksForMore {
            let isMore = recovered ? shown.upperBound < next : shown.lowerBound > first
            effects.bytes.append(isMore ? ",\"more\":true" : ",\"more\":false")
        }
        let count = rooms[room].members.count
        if count <= limits.presenceMemberLimit {
            writeMembers(of: room, limit: count, to: &effects.bytes)
        }
        effects.bytes.append(",\"count\":")
        effects.bytes.append(decimal: count)
        effects.bytes.append("}")
        effects.reply(to: command.connection, from: start)

        guard !view.asksForMore else { return }
        for offset in shown.upperBound..<next {
            let start = effects.bytes.count
            rooms[room].history.copy(offset, to: &effects.bytes)
            effects.reply(to: command.connection, from: start)
        }
    }

    mutating func leave(
        _ command: Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        let room = try command.fields.string(.room)
        let subscription = try subscription(of: command.connection.slot, room, text)
        let id = id(of: subscriptions[subscription].room)
        let start = begin("ok", command, text, &effects)
        effects.bytes.append("}")
        effects.reply(to: command.connection, from: start)
        effects.add(.unsubscribe(command.connection, id))
        leave(command.connection.slot, subscription, at: command.now, &effects)
    }

    // MARK: Subscriptions

    /// The connection's subscription to a room; nil if it is not in the room.
    func subscription(of slot: UInt32, to room: RoomIndex) -> RoomSubscriptionIndex? {
        var index = connections[slot].firstSubscription
        while index != .none {
            if subscriptions[index].room == room {
                return index
            }
            index = subscriptions[index].link
        }
        return nil
    }

    /// The connection's subscription to the room that a command names, or to the lobby if it names
    /// no room. If the name is spelled exactly as the room's, no look-up is needed.
    func subscription(
        of slot: UInt32, _ name: JSONValue?, _ text: Span<UInt8>
    ) throws(CommandError) -> RoomSubscriptionIndex {
        if let name, !name.hasEscapes {
            var index = connections[slot].firstSubscription
            while index != .none {
                let room = subscriptions[index].room
                if text.holds(rooms[room].nameBytes, in: name.range) {
                    return index
                }
                index = subscriptions[index].link
            }
        }
        var wanted = Self.lobby
        if let name {
            wanted = try Name.room(name, text)
        }
        let key = NameKey(wanted)
        guard let room = roomsByName.find(key, in: rooms),
            let subscription = subscription(of: slot, to: room)
        else {
            throw CommandError(.notInRoom, "Join the room first.")
        }
        return subscription
    }

    private mutating func addSubscription(
        _ slot: UInt32, to room: RoomIndex, at now: Timestamp, _ effects: inout Effects
    ) {
        share(room, with: connections[slot].owner)
        let membership = addMembership(connections[slot].user, to: room, at: now, &effects)
        let subscription = RoomSubscription(
            room: room, membership: membership, link: connections[slot].firstSubscription)
        connections[slot].firstSubscription = subscriptions.allocate(subscription)
        connections[slot].roomCount += 1
    }

    /// Takes a connection out of a room.
    mutating func leave(
        _ slot: UInt32, _ subscription: RoomSubscriptionIndex, at now: Timestamp,
        _ effects: inout Effects
    ) {
        let next = subscriptions[subscription].link
        if connections[slot].firstSubscription == subscription {
            connections[slot].firstSubscription = next
        } else {
            var previous = connections[slot].firstSubscription
            while subscriptions[previous].link != subscription {
                previous = subscriptions[previous].link
            }
            subscriptions[previous].link = next
        }
        connections[slot].roomCount -= 1
        let membership = subscriptions[subscription].membership
        subscriptions.free(subscription, leaving: RoomSubscription())
        removeConnection(from: membership, at: now, &effects)
    }
}
