// Entering and leaving rooms.

extension Chat {
    mutating func join(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        let user = connections[command.connection.slot].user
        let name = try roomName(try command.fields.string(.room), text, for: user)
        let since = try command.fields.since(text)
        let messageLimit = try command.fields.messageLimit(text)
        let asksForMore = try command.fields.bool(.more, default: false)
        let isPrivate = try command.fields.bool(.private, default: false)
        let view = View(
            since: since, messageLimit: messageLimit, asksForMore: asksForMore,
            isPrivate: isPrivate)
        return try enter(name, command, text, view, &effects)
    }

    /// What a client wants to see of the room that it enters.
    struct View {
        /// The client's position; nil if it has none.
        var since: (epoch: Epoch?, offset: Int)?
        var messageLimit = 50
        /// The client knows `more`: it asks for what does not fit into the reply. To any other
        /// client, missed messages that are more than a page are `recovered: false`.
        var asksForMore = false
        /// The client means a private room. Where there is none with this name any more, it must
        /// not get into an open one, where everybody reads what it says.
        var isPrivate = false
    }

    /// Puts a connection into a room and sends it the room's present state. A connection that is
    /// already in the room just gets the state again.
    mutating func enter(
        _ name: RoomName, _ command: borrowing Command, _ text: Span<UInt8>, _ view: View,
        _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        if name.pair == nil { try checkMayEnter(name.name, command) }
        let slot = command.connection.slot
        let isThere = find(name).map { subscription(of: slot, to: $0) != nil } ?? false
        if !isThere && Int(connections[slot].roomCount) >= limits.roomsPerConnectionLimit {
            throw inTooManyRooms
        }
        guard let room = try openRoom(name, command, &effects) else { return .asks }
        try checkMayEnter(room, connections[slot].user)
        guard !view.isPrivate || rooms[room].kind == .private else {
            if rooms[room].members.count == 0 { roomEmptied(room, at: command.now, &effects) }
            throw CommandError(.notFound, "There is no private room with this name any more.")
        }
        if rooms[room].kind == .direct { leaveNamesake(of: room, slot, at: command.now, &effects) }
        var shown = Shown(Excerpt(kept: 0..<0), isRecovered: false)
        if command.isReachable {
            guard let found = try find(view, in: room, command) else { return .asks }
            shown = found
        }
        if !isThere {
            addSubscription(slot, to: room, at: command.now, &effects)
        }
        if command.isReachable { show(shown, of: room, command, text, view, &effects) }
        if !isThere {
            effects.add(.subscribe(command.connection, id(of: room)))
        }
        return .done
    }

    var inTooManyRooms: CommandError {
        CommandError(.tooManyRooms, "You are in as many rooms as allowed. Leave one first.")
    }

    /// The messages that `joined` shows.
    private struct Shown {
        var messages: Excerpt
        var isRecovered: Bool

        init(_ messages: Excerpt, isRecovered: Bool) {
            self.messages = messages
            self.isRecovered = isRecovered
        }
    }

    /// Finds what the client shall see: what it has missed, if nothing of that is gone and its last
    /// message is still there; else the newest messages. Nil if the store must be
    /// asked, which is done then.
    private mutating func find(
        _ view: View, in room: RoomIndex, _ command: borrowing Command
    ) throws(CommandError) -> Shown? {
        var isNewest = false
        if case .page(_, let asked) = command.read { isNewest = asked }
        if let since = view.since, let epoch = since.epoch, !isNewest {
            // A client that cannot ask for more gets all of it, or nothing.
            let pages = view.asksForMore ? 1 : 4
            let found = find(
                .after(since.offset, epoch: epoch.number),
                limit: view.asksForMore ? view.messageLimit : limits.messagesPerRoomLimit,
                byteLimit: pages * limits.pageByteLimit, in: room, command.read.page)
            switch found {
            case .missing(let request):
                try ask(
                    request, for: .connection(command.connection), command.read, isNewest: false)
                return nil
            case .messages(let missed):
                if missed.isContinuous, view.asksForMore || !missed.isMore {
                    return Shown(missed, isRecovered: true)
                }
            }
        }
        let found = find(
            .newest, limit: view.messageLimit, byteLimit: limits.pageByteLimit, in: room,
            isNewest ? command.read.page : nil)
        switch found {
        case .missing(let request):
            try ask(request, for: .connection(command.connection), command.read, isNewest: true)
            return nil
        case .messages(let newest): return Shown(newest, isRecovered: false)
        }
    }

    /// Sends the reply `joined`, and after it the missed messages that are beyond the limit, if the
    /// client does not ask for these.
    private mutating func show(
        _ found: Shown, of room: RoomIndex, _ command: borrowing Command, _ text: Span<UInt8>,
        _ view: View,
        _ effects: inout Effects
    ) {
        let recovered = found.isRecovered
        if view.since != nil {
            if recovered { counters.recoveredCount += 1 } else { counters.unrecoveredCount += 1 }
        }
        var shown = found.messages
        var rest = Excerpt(kept: 0..<0)
        if recovered, !view.asksForMore {
            (shown, rest) = shown.split(after: view.messageLimit, limits.pageByteLimit) {
                rooms[room].history.byteCount($0)
            }
        }

        let start = begin("joined", command, text, &effects)
        effects.bytes.append(",\"room\":\"")
        effects.bytes.append(utf8: rooms[room].name)
        effects.bytes.append("\"")
        writePlace(of: shown, in: room, to: &effects.bytes)
        writeKind(of: room, to: &effects.bytes)
        writeCreator(of: room, command, to: &effects.bytes)
        writeTopic(of: room, to: &effects.bytes)
        writeMute(in: room, command, to: &effects.bytes)
        effects.bytes.append(recovered ? ",\"recovered\":true" : ",\"recovered\":false")
        writeMessages(shown, of: room, to: &effects.bytes)
        if view.asksForMore {
            effects.bytes.append(shown.isMore ? ",\"more\":true" : ",\"more\":false")
        }
        writeMembersAndCount(of: room, to: &effects.bytes)
        effects.bytes.append("}")
        effects.reply(to: command.connection, from: start)
        sendEach(rest, of: room, to: command.connection, &effects)
    }

    /// Sends messages as pushes are sent.
    func sendEach(
        _ messages: Excerpt, of room: RoomIndex, to connection: ConnectionKey,
        _ effects: inout Effects
    ) {
        let changes = changes(of: messages, in: room)
        for index in messages.stored {
            let start = effects.bytes.count
            write(index, of: messages.page, changes, in: room, to: &effects.bytes)
            effects.reply(to: connection, from: start)
        }
        for offset in messages.kept {
            let start = effects.bytes.count
            write(kept: offset, changes, in: room, to: &effects.bytes)
            effects.reply(to: connection, from: start)
        }
    }

    mutating func leave(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
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
        var wanted = RoomName(name: Self.lobby)
        if let name { wanted = try roomName(name, text, for: connections[slot].user) }
        guard let room = find(wanted),
            let subscription = subscription(of: slot, to: room)
        else {
            throw CommandError(.notInRoom, "Join the room first.")
        }
        return subscription
    }

    mutating func addSubscription(
        _ slot: UInt32, to room: RoomIndex, at now: Timestamp, _ effects: inout Effects,
        isSilent: Bool = false
    ) {
        share(room, with: connections[slot].owner)
        let membership = addMembership(
            connections[slot].user, to: room, at: now, &effects, isSilent: isSilent)
        let subscription = RoomSubscription(
            room: room, membership: membership, link: connections[slot].firstSubscription)
        connections[slot].firstSubscription = subscriptions.allocate(subscription)
        connections[slot].roomCount += 1
    }

    /// Takes a connection out of a room. With `isSilent` nobody hears of it.
    mutating func leave(
        _ slot: UInt32, _ subscription: RoomSubscriptionIndex, at now: Timestamp,
        _ effects: inout Effects, isSilent: Bool = false
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
        forgetMissed(slot, in: subscriptions[subscription].room)
        subscriptions.free(subscription, leaving: RoomSubscription())
        removeConnection(from: membership, at: now, &effects, isSilent: isSilent)
    }
}
