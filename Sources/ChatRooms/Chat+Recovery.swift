// Connections of a process that has crashed, which go on: each is in its rooms again at once, and
// neither it nor anybody else hears of that.
import Storage

extension Chat {
    /// Takes a connection of a process that has crashed, instead of
    /// ``connectionOpened(_:resourceID:address:at:)``. The chat has begun anew, with what the store
    /// has. Call it for all of them before anything else happens.
    ///
    /// The connection is in its rooms at once, without a reply or a push. It is sent what it has
    /// missed in each room as soon as the store has read it, and is subscribed then; until then its
    /// commands wait. If that cannot be done without a gap, or if it may not be in a room any more,
    /// it is closed (``ChatClose/restarted``), so that its client comes back and hears why.
    ///
    /// - Parameters:
    ///   - key: the connection, whose slot must be free.
    ///   - resourceID: its number.
    ///   - address: for whom it counts.
    ///   - reader: what ``saveNote(of:to:)`` wrote.
    ///   - places: how far it has come in each of its rooms. A lost connection needs none.
    ///   - isLost: its client has gone. Report its end with ``connectionClosed(_:at:_:)`` when all
    ///     connections are recovered: then the others in its rooms hear of it.
    ///   - now: the time of the call.
    ///   - effects: gets what is to be done.
    /// - Returns: False if its user or session is gone: then the chat does not have the connection,
    ///   which should be closed. It throws if the note cannot be read.
    public mutating func recover(
        _ key: ConnectionKey, resourceID: UInt64, address: ClientAddress = .exempt,
        from reader: inout StateReader, places: [RecoveredPlace], isLost: Bool = false,
        at now: Timestamp, _ effects: inout Effects
    ) throws(StateError) -> Bool {
        let note = try ConnectionNote(from: &reader)
        guard let (user, session) = user(of: note) else { return false }
        // As in the next start, those who are gone count for no address: it may not keep them all.
        connectionOpened(
            key, resourceID: resourceID, address: isLost ? .exempt : address, at: now)
        let command = Command(of: key, at: now)
        logIn(key, as: user, session)
        if let claims = note.claims { grants.set(claims, key) }
        guard !isLost else {
            lostRooms[key.slot] = note.rooms.map(\.name)
            return true
        }
        guard (try? checkMayLogIn(NameKey(note.name), user, command)) != nil,
            let missed = enterSilently(note.rooms, key, places, at: now, &effects)
        else {
            refuse(key, note, at: now, &effects)
            return true
        }
        catchingUp[key.slot] = CatchingUp(since: now.monotonic, rooms: missed)
        if case .asks = catchUp(key, .nothing, at: now, &effects) {
            hold(.catchUp, of: key, isAsking: true, inFront: false, &effects)
        }
        return true
    }

    /// The connection cannot go on. It is closed as if it had been lost: the others in its rooms
    /// hear that its user has left, when all connections are recovered.
    private mutating func refuse(
        _ key: ConnectionKey, _ note: ConnectionNote, at now: Timestamp, _ effects: inout Effects
    ) {
        let slot = key.slot
        while case let subscription = connections[slot].firstSubscription, subscription != .none {
            leave(slot, subscription, at: now, &effects, isSilent: true)
        }
        lostRooms[slot] = note.rooms.map(\.name)
        connections[slot].state = .closing
        effects.close(key, .restarted, of: users[connections[slot].user].name)
    }

    /// Whose connection it was, if the store still has that user and session. The session is the
    /// place of an account's, else nil.
    private func user(of note: ConnectionNote) -> (UserIndex, session: Int?)? {
        guard let user = usersByName.find(NameKey(note.name), in: users),
            users[user].number == note.user, (note.claims != nil) == limits.requiresTokens,
            Int(users[user].connectionCount) < Int(UInt16.max)
        else { return nil }
        if isAccount(user) {
            let session = accounts[users[user].account].session(with: note.session)
            return session.map { (user, $0) }
        }
        // By a token anybody is the user whom it names, and each login has begun a new session.
        guard note.claims != nil || users[user].session == note.session else { return nil }
        return (user, nil)
    }

    /// The connection is this user's again, as after a login, but without a reply, and without
    /// anything for the store.
    private mutating func logIn(_ key: ConnectionKey, as user: UserIndex, _ session: Int?) {
        if let session {
            accounts[users[user].account].sessions[session].slots.append(key.slot)
            if users[user].connectionCount == 0 { awayAccountCount -= 1 }
        } else if users[user].connectionCount == 0 {
            returned(user)
        }
        users[user].connectionCount += 1
        connections[key.slot].user = user
        connections[key.slot].nextOfUser = users[user].firstConnection
        users[user].firstConnection = key.slot
        connections[key.slot].state = .loggedIn
    }

    /// Puts the connection into its rooms, which are opened for it. Returns where it has to catch
    /// up; nil if a place is missing, if there is no place for a room, or if a conversation is with
    /// somebody whom the store never had: a newcomer may get that number.
    private mutating func enterSilently(
        _ inRooms: [ConnectionNote.InRoom], _ key: ConnectionKey, _ places: [RecoveredPlace],
        at now: Timestamp, _ effects: inout Effects
    ) -> [CatchingUp.Missed]? {
        var missed: [CatchingUp.Missed] = []
        // The newest subscription is the first one.
        for inRoom in inRooms.reversed() {
            if let pair = inRoom.name.pair, pair.second >= nextUserNumber { return nil }
            guard let place = places.first(where: { $0.room == inRoom.number })?.place,
                let room = openRoom(again: inRoom.name, for: key.slot, at: now, &effects),
                subscription(of: key.slot, to: room) == nil
            else { return nil }
            // The numbering of an empty room is known from its members alone.
            if place.offset == 0, rooms[room].history.lastOffset == 0, !rooms[room].isStored {
                rooms[room].history = History(after: place)
            }
            addSubscription(key.slot, to: room, at: now, &effects, isSilent: true)
            missed.append(CatchingUp.Missed(room: room, kind: inRoom.kind, place: place))
        }
        return missed
    }

    /// The room that the connection was in. It counts for the connection's user as if it were
    /// entered first by it, as long as they may have one more: the members of a room lose it by no
    /// limit.
    private mutating func openRoom(
        again name: RoomName, for slot: UInt32, at now: Timestamp, _ effects: inout Effects
    ) -> RoomIndex? {
        if let known = find(name) { return known }
        let own = Opener(owner: connections[slot].owner, user: connections[slot].user)
        let opened =
            (try? openRoom(name, for: own, &effects))
            ?? (try? openRoom(name, for: Opener(owner: Self.exempt), &effects))
        if let opened { rooms[opened].lastActivity = now.monotonic }
        return opened
    }
}
