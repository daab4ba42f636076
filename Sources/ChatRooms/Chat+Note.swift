// What a server keeps up to date outside of the process, so that connections survive its crash.
import Storage

extension Chat {
    /// Writes what ``recover(_:resourceID:address:from:places:isLost:at:_:)`` needs to go on with
    /// the connection in another process. Returns false, and writes nothing, if nobody has logged
    /// in on it, or if the chat has no store: then it cannot go on. What is written is not true any
    /// more after an effect `.subscribe`, `.unsubscribe` or `.changed` for the connection.
    public func saveNote(of key: ConnectionKey, to out: inout StateWriter) -> Bool {
        guard hasStore, isKnown(key), connections[key.slot].state == .loggedIn else {
            return false
        }
        let user = connections[key.slot].user
        var note = ConnectionNote(
            user: users[user].number, name: users[user].name, session: users[user].session,
            claims: grants.claims(of: key.slot))
        if isAccount(user) {
            let account = accounts[users[user].account]
            guard let session = account.session(of: key.slot) else { return false }
            note.session = account.sessions[session].proof
        }
        var index = connections[key.slot].firstSubscription
        while index != .none {
            let room = subscriptions[index].room
            let people = rooms[room].people
            let pair = rooms[room].kind == .direct ? DirectPair(people[0], people[1]) : nil
            note.rooms.append(
                ConnectionNote.InRoom(
                    number: rooms[room].storedNumber, kind: rooms[room].kind,
                    name: RoomName(name: rooms[room].name, pair: pair)))
            index = subscriptions[index].link
        }
        note.save(to: &out)
        return true
    }

    /// Whether something that the connection has sent waits for its answer: for the store, a
    /// password, or a token. The effect `.owes` says when it begins and ends.
    public func owesAnswers(to key: ConnectionKey) -> Bool {
        guard !waits.isEmpty, let wait = waits[key.slot] else { return false }
        return wait.generation == key.generation
    }

    /// The room's number in the store, or its number there to be; nil if the chat has no
    /// store, or if there is no such room. It names the room in this process only.
    public func storedNumber(of room: RoomID) -> Int64? {
        guard hasStore, let index = index(of: room) else { return nil }
        return rooms[index].storedNumber
    }

    /// The place of the room's newest entry; nil if there is no such room.
    public func newestPlace(in room: RoomID) -> Place? {
        index(of: room).map { rooms[$0].history.last }
    }
}
