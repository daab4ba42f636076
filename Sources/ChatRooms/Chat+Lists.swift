// The commands `rooms`, which lists what anybody may enter, and `mine`, the user's own rooms with
// what is unread there.
import Storage

extension Chat {
    /// The greatest `limit` of `rooms`, and the most rooms in a reply to `mine`.
    static var listingLimit: Int { 100 }

    /// Lists open rooms in the order of their keys, behind the room `after`.
    mutating func rooms(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        let limit = max(
            1, min(try command.fields.number(ifPresent: .limit, text) ?? 50, Self.listingLimit))
        var after = ""
        if let value = try command.fields.string(ifPresent: .after) {
            after = NameKey(try Name.room(value, text)).folded
        }
        var stored: [RoomListing] = []
        if hasStore {
            guard case .listing(let found) = command.read else {
                try ask(.open(after: after, countLimit: limit + 1), command)
                return .asks
            }
            stored = found
        }
        let start = begin("rooms", command, text, &effects)
        let (list, isMore) = openRooms(after, limit, stored)
        effects.bytes.append(",\"rooms\":[")
        for (number, listing) in list.enumerated() {
            effects.bytes.append(number == 0 ? "{\"room\":\"" : ",{\"room\":\"")
            effects.bytes.append(utf8: listing.room.name)
            effects.bytes.append("\"")
            write(listing.room.topic, to: &effects.bytes)
            effects.bytes.append(",\"count\":")
            effects.bytes.append(decimal: memberCount(of: listing.room))
            effects.bytes.append(",\"offset\":")
            effects.bytes.append(decimal: listing.room.last.offset)
            effects.bytes.append("}")
        }
        effects.bytes.append(isMore ? "],\"more\":true}" : "],\"more\":false}")
        effects.reply(to: command.connection, from: start)
        // Looking through the rooms in memory takes longer than writing some of them.
        charge(rooms.endIndex * 16, to: command.connection, at: command.now)
        return .done
    }

    /// What the store has, and rooms that are in memory only.
    private func openRooms(
        _ after: String, _ limit: Int, _ stored: [RoomListing]
    ) -> ([RoomListing], isMore: Bool) {
        let end = stored.count > limit ? stored[limit].room.key : nil
        var list = Dictionary(
            stored.prefix(limit).map { ($0.room.key, $0) }, uniquingKeysWith: { first, _ in first })
        for room in rooms.indices where rooms[room].isOpen && rooms[room].kind == .open {
            guard rooms[room].isFindable, !rooms[room].isLoading, !rooms[room].isStored,
                isThere(room)
            else { continue }
            let key = NameKey(rooms[room].name).folded
            guard key > after, end.map({ key < $0 }) ?? true else { continue }
            list[key] = listing(of: room)
        }
        let sorted = list.values.sorted { $0.room.key < $1.room.key }
        return (Array(sorted.prefix(limit)), sorted.count > limit || end != nil)
    }

    private func listing(of room: RoomIndex) -> RoomListing {
        let last = rooms[room].history.last
        return RoomListing(
            StoredRoom(
                number: rooms[room].storedNumber, key: storeKey(of: room), name: rooms[room].name,
                last: last, firstOffset: rooms[room].history.firstOffset,
                topic: rooms[room].topic, kind: rooms[room].kind))
    }

    private func memberCount(of room: StoredRoom) -> Int {
        roomsByName.find(NameKey(room.name), in: rooms).map { memberCount(of: $0) } ?? 0
    }

    private func write(_ topic: [UInt8], to out: inout ByteBuffer) {
        guard !topic.isEmpty else { return }
        out.append(",\"topic\":\"")
        out.append(topic.span)
        out.append("\"")
    }

    // MARK: The user's own

    /// Lists the user's conversations and private rooms, and rooms in which the user has read.
    mutating func mine(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        let user = connections[command.connection.slot].user
        let list: [RoomListing]
        if hasStore {
            guard case .listing(let found) = command.read else {
                let request = ListingRequest.ofUser(
                    users[user].number, name: users[user].name, countLimit: Self.listingLimit)
                try ask(request, command)
                return .asks
            }
            list = found
        } else {
            list = ownRooms(of: user)
            charge(rooms.endIndex * 16, to: command.connection, at: command.now)
        }
        let start = begin("mine", command, text, &effects)
        effects.bytes.append(",\"rooms\":[")
        for (number, listing) in list.enumerated() {
            effects.bytes.append(number == 0 ? "{\"room\":\"" : ",{\"room\":\"")
            effects.bytes.append(utf8: listing.room.name)
            effects.bytes.append("\",\"kind\":\"")
            effects.bytes.append(listing.room.kind.name)
            effects.bytes.append("\"")
            write(listing.room.topic, to: &effects.bytes)
            effects.bytes.append(",\"epoch\":\"")
            effects.bytes.append(utf8: Epoch(number: listing.room.last.epoch).text)
            effects.bytes.append("\"")
            for (name, value) in [
                ("offset", listing.room.last.offset), ("read", listing.read),
                ("unread", listing.unread), ("mentions", listing.mentions),
            ] {
                effects.bytes.append(utf8: ",\"\(name)\":")
                effects.bytes.append(decimal: value)
            }
            effects.bytes.append("}")
        }
        effects.bytes.append("]}")
        effects.reply(to: command.connection, from: start)
        return .done
    }

    /// Without a store: the rooms in memory.
    private func ownRooms(of user: UserIndex) -> [RoomListing] {
        let number = users[user].number
        let mention = Mention(of: users[user].name)
        var list: [RoomListing] = []
        for room in rooms.indices where rooms[room].isOpen && list.count < Self.listingLimit {
            let read = membership(of: user, in: room).map { Int(memberships[$0].readOffset) } ?? 0
            guard rooms[room].kind == .open ? read > 0 : rooms[room].people.contains(number) else {
                continue
            }
            var listing = listing(of: room)
            listing.read = read
            let history = rooms[room].history
            let first = max(
                read + 1, history.firstOffset, history.nextOffset - RoomListing.unreadLimit)
            for offset in first..<max(first, history.nextOffset) {
                guard history.kind(offset) == .message, history.author(offset) != number else {
                    continue
                }
                listing.count(isMention: hasMention(mention, offset, history))
            }
            list.append(listing)
        }
        return list
    }

    private func hasMention(_ mention: Mention, _ offset: Int, _ history: History) -> Bool {
        let frame = history.frame(offset)
        guard let parts = EntryFrame.parts(of: frame.span) else { return false }
        return mention.isIn(frame.span.extracting(parts.text))
    }
}
