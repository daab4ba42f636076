// Finds the room that a client means. A direct conversation is called "@ann,bob", and is found by
// the numbers of these two: a name may be somebody else's later.
import Storage

extension Chat {
    /// The room that this user means by a name. Throws if no room can have the name, or if it names
    /// a conversation of others.
    func roomName(
        _ value: JSONValue, _ text: Span<UInt8>, for user: UserIndex
    ) throws(CommandError) -> RoomName {
        guard value.textByteCount > 0, !value.hasEscapes,
            text[Int(value.start)] == UInt8(ascii: "@")
        else { return RoomName(name: try Name.room(value, text)) }
        let names = value.text(in: text).dropFirst().split(
            separator: ",", omittingEmptySubsequences: false)
        guard names.count == 2, names.allSatisfy({ $0.utf8.count <= 4 * Name.userScalarLimit })
        else { throw noSuchConversation }
        let people = names.map { usersByName.find(NameKey(String($0)), in: users) }
        guard let one = people[0], let other = people[1], one != other,
            one == user || other == user
        else { throw noSuchConversation }
        return directRoomName(one, other)
    }

    /// The conversation of two users.
    func directRoomName(_ one: UserIndex, _ other: UserIndex) -> RoomName {
        let names = [one, other].map { (key: NameKey(users[$0].name).folded, name: users[$0].name) }
            .sorted { $0.key < $1.key }
        return RoomName(
            name: "@\(names[0].name),\(names[1].name)",
            pair: DirectPair(users[one].number, users[other].number))
    }

    /// The room, if it is in memory.
    func find(_ room: RoomName) -> RoomIndex? {
        if let pair = room.pair { return directRooms[pair] }
        return roomsByName.find(NameKey(room.name), in: rooms)
    }

    var noSuchConversation: CommandError {
        CommandError(.notFound, "There is no such conversation of yours.")
    }

    /// Whether a user may be in a room, and see what is said there.
    func mayEnter(_ room: RoomIndex, _ user: UserIndex) -> Bool {
        rooms[room].kind == .open || rooms[room].people.contains(users[user].number)
    }

    /// Throws if the user may not be in the room.
    func checkMayEnter(_ room: RoomIndex, _ user: UserIndex) throws(CommandError) {
        guard !mayEnter(room, user) else { return }
        throw CommandError(
            .forbidden, "This room is private. Somebody who is in it can invite you.")
    }

    /// The key under which the store finds a room.
    func storeKey(of room: RoomIndex) -> String {
        switch rooms[room].kind {
        case .open, .private: NameKey(rooms[room].name).folded
        case .direct: DirectPair(rooms[room].people[0], rooms[room].people[1]).key
        }
    }

    /// Appends `,"kind":"…"` if not everybody may be in the room.
    func writeKind(of room: RoomIndex, to out: inout ByteBuffer) {
        guard rooms[room].kind != .open else { return }
        out.append(",\"kind\":\"")
        out.append(rooms[room].kind.name)
        out.append("\"")
    }
}
