// The commands of private rooms: create, invite and uninvite.
import Storage

extension Chat {
    /// How many people a private room may have.
    static var peopleLimit: Int { 500 }

    /// Opens a private room with its creator in it.
    mutating func create(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        let name = RoomName(name: try Name.room(try command.fields.string(.room), text))
        try checkMayEnter(name.name, command)
        try checkMayWrite(command, in: nil)
        try checkStore()
        guard let room = try openRoom(name, command, &effects) else { return .asks }
        guard rooms[room].members.count == 0, rooms[room].history.lastOffset == 0,
            rooms[room].pendingCount == 0, rooms[room].kind == .open, !rooms[room].isStored,
            !rooms[room].isPermanent
        else {
            throw CommandError(.nameTaken, "There is a room with this name already.")
        }
        let number = users[connections[command.connection.slot].user].number
        rooms[room].kind = .private
        rooms[room].people = [number]
        rooms[room].creator = number
        if hasStore { store(room) }
        return try enter(name, command, text, View(), &effects)
    }

    /// Lets one more user enter a private room.
    mutating func invite(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        let (room, guest) = try privateRoom(command, text)
        try checkStore()
        let number = users[guest].number
        if !rooms[room].people.contains(number) {
            guard rooms[room].people.count < Self.peopleLimit else {
                throw CommandError(.forbidden, "The room has as many people as it may have.")
            }
            rooms[room].people.append(number)
            store(.people(room: rooms[room].storedNumber, user: number, mayEnter: true))
        }
        let host = users[connections[command.connection.slot].user].name
        for slot in connectionSlots(of: guest) where connections[slot].state == .loggedIn {
            let start = effects.bytes.count
            effects.bytes.append("{\"type\":\"invited\",\"room\":\"")
            effects.bytes.append(utf8: rooms[room].name)
            effects.bytes.append("\",\"user\":\"")
            effects.bytes.append(utf8: host)
            effects.bytes.append("\"}")
            effects.reply(to: key(of: slot), from: start)
        }
        acknowledge(command, text, &effects)
    }

    /// Takes a user's right to enter a private room, by its creator; or one's own.
    mutating func uninvite(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        let (room, guest) = try privateRoom(command, text)
        let user = connections[command.connection.slot].user
        guard guest == user || rooms[room].creator == users[user].number else {
            throw CommandError(.forbidden, "Only who has created the room may do that.")
        }
        try checkStore()
        let number = users[guest].number
        guard let place = rooms[room].people.firstIndex(of: number) else {
            return acknowledge(command, text, &effects)
        }
        rooms[room].people.remove(at: place)
        store(.people(room: rooms[room].storedNumber, user: number, mayEnter: false))
        acknowledge(command, text, &effects)
        let filter = ConnectionFilter(room: room)
        let sentence =
            guest == user
            ? "You have left this private room." : "You are not invited to this room any more."
        for slot in connectionSlots(of: guest) {
            _ = expel(
                key(of: slot), filter, text: sentence, at: command.now, &effects)
        }
    }

    /// The private room that a command names, which its connection is in, and the other user.
    private func privateRoom(
        _ command: borrowing Command, _ text: Span<UInt8>
    ) throws(CommandError) -> (RoomIndex, UserIndex) {
        let value = try command.fields.string(.room)
        let name = try Name.user(try command.fields.string(.user), text)
        let room = subscriptions[try subscription(of: command.connection.slot, value, text)].room
        guard rooms[room].kind == .private else {
            throw CommandError(.badRequest, "This room is not private: anybody may enter.")
        }
        try checkReads(name)
        guard let guest = usersByName.find(NameKey(name), in: users) else {
            throw Self.nobody
        }
        return (room, guest)
    }

    // MARK: The people in words

    /// Appends `,"creator":"…"`, if the room is private and the server still knows that user. It is
    /// looked for among all users once, after the room was opened.
    mutating func writeCreator(
        of room: RoomIndex, _ command: borrowing Command, to out: inout ByteBuffer
    ) {
        guard rooms[room].kind == .private else { return }
        let number = rooms[room].creator
        if rooms[room].creatorPlace == nil {
            charge(users.endIndex, to: command.connection, at: command.now)
            rooms[room].creatorPlace =
                users.indices.first { users[$0].number == number } ?? UserIndex.none
        }
        guard let user = rooms[room].creatorPlace, users.contains(user),
            users[user].number == number
        else { return }
        out.append(",\"creator\":\"")
        out.append(utf8: users[user].name)
        out.append("\"")
    }

    /// Appends `,"people":["…",…]` of a private room: everybody who may enter, present or not. They
    /// are looked for among all users.
    mutating func writePeople(
        of room: RoomIndex, _ command: borrowing Command, to out: inout ByteBuffer
    ) {
        guard rooms[room].kind == .private else { return }
        charge(users.endIndex, to: command.connection, at: command.now)
        let numbers = Set(rooms[room].people)
        out.append(",\"people\":[")
        var isFirst = true
        for user in users.indices where numbers.contains(users[user].number) {
            out.append(isFirst ? "\"" : ",\"")
            out.append(utf8: users[user].name)
            out.append("\"")
            isFirst = false
        }
        out.append("]")
    }

    func key(of slot: UInt32) -> ConnectionKey {
        ConnectionKey(slot: slot, generation: connections[slot].generation)
    }

    /// Replies `ok` when everything before it is kept.
    mutating func acknowledge(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) {
        let reply = writeOK(command, text, &effects)
        if hasStore {
            latest = command.now
            appendReply(reply, &effects)
        } else {
            effects.add(.reply(to: command.connection, bytes: reply.text))
        }
    }

    /// Gives the store something that nobody waits for.
    mutating func store(_ item: StoreBatch.Item) {
        guard hasStore else { return }
        batch.items.append(item)
    }
}
