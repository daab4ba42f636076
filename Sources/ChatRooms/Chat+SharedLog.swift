// A chat whose rooms have logs that it shares with other nodes: its side of the seam, which is
// ``LogOrder`` one way and ``LogEvent`` the other.
import Storage

extension Chat {
    /// What is wanted of the shared logs since the last call, in order. Call it once a turn.
    public mutating func takeLogOrders() -> [LogOrder] {
        orderPresence()
        defer { shared.orders = [] }
        return shared.orders
    }

    /// Something has happened to a shared log.
    mutating func heard(_ event: LogEvent, at now: Timestamp, _ effects: inout Effects) {
        latest = now
        switch event {
        case .live(let id, let name, let part): live(id, name, part, at: now, &effects)
        case .syncing(let id):
            guard let room = index(of: id), rooms[room].isFollowed else { return }
            rooms[room].isLoading = true
        case .away(let id): away(id, at: now, &effects)
        case .appended(let id, let part): appended(id, part, at: now, &effects)
        case .reset(let id, let part):
            guard let room = index(of: id), rooms[room].isFollowed else { return }
            replace(room, with: part, at: now, &effects)
        case .placed(let ticket, let place): placed(ticket, place, at: now, &effects)
        case .delayed(let ticket): failed(ticket, notYetKept, at: now, &effects)
        case .refused(let ticket): failed(ticket, cannotKeep, at: now, &effects)
        case .presence(let id, let node, let presence):
            guard let room = index(of: id) else { return }
            heard(presence, of: node, in: room, &effects)
        case .gone(let node): lost(node: node, &effects)
        }
    }

    /// Has a room's log followed that was opened in memory, or of which something was not
    /// understood.
    mutating func follow(_ room: RoomIndex) {
        rooms[room].isLoading = true
        shared.orders.append(
            .follow(id(of: room), key: storeKey(of: room), name: rooms[room].name))
    }

    /// After a hand-over: follows the logs of all rooms behind what is known of them, and has the
    /// other nodes hear who is here.
    mutating func followAll() {
        for room in rooms.indices where rooms[room].isOpen {
            rooms[room].isFollowed = true
            follow(room)
            if rooms[room].members.count > 0 { presenceChanged(room) }
        }
    }

    /// Throws if a command makes something of which only this node would know: the others would
    /// not respect it.
    func checkIsShared(_ type: CommandType) throws(CommandError) {
        switch type {
        case .account, .direct, .create, .invite, .uninvite:
            throw CommandError(
                .forbidden,
                """
                This server is one of several, which have no accounts, no private rooms and no \
                conversations of two yet.
                """)
        case .mine, .read, .sessions:
            throw CommandError(
                .forbidden,
                """
                This server is one of several, which do not know yet what people have read or do \
                at the others.
                """)
        case .kick, .ban, .mute, .unban, .unmute, .sanctions:
            throw CommandError(
                .forbidden,
                """
                This server is one of several, for which moderators can't speak yet. Ask an \
                operator, who can at each of them: roost ban, roost kick, roost mute.
                """)
        default: return
        }
    }

    /// The number of a user with this session. It is the same on every node, and whoever does not
    /// have the session can't be this user on any. Where access tokens say who somebody is, the
    /// name alone counts, as it does on one node.
    func sharedNumber(_ token: SessionToken, _ key: NameKey) -> Int64 {
        var bytes = ByteBuffer(minimumCapacity: 64)
        if !limits.requiresTokens { bytes.append(littleEndian: token.proof.bits) }
        bytes.append(utf8: key.folded)
        let bits = UInt64(truncatingIfNeeded: SessionProof(hashing: bytes.span).bits)
        // The sign bit tells publishers from users, and 0 is nobody.
        return max(1, Int64(bits >> 1))
    }

    // MARK: Following

    /// Nothing of the room's log is missing.
    private mutating func live(
        _ id: RoomID, _ name: String, _ part: LogPart, at now: Timestamp, _ effects: inout Effects
    ) {
        guard let room = index(of: id) else { return }
        if rooms[room].isFollowed {
            goOn(room, with: part, at: now, &effects)
        } else {
            rooms[room].isFollowed = true
            if NameKey(name) == NameKey(rooms[room].name), Name.isWritable(name) {
                rooms[room].name = name
                rooms[room].nameBytes = Array(name.utf8)
            }
            fill(room, with: part, at: now, &effects)
        }
        guard rooms[room].isLoading else { return }
        rooms[room].isLoading = false
        letAskersGoOn(room, .nothing, at: now, &effects)
    }

    /// The room's log cannot be had just now: whoever waits gets what is here.
    private mutating func away(_ id: RoomID, at now: Timestamp, _ effects: inout Effects) {
        guard let room = index(of: id), rooms[room].isLoading else { return }
        if rooms[room].isFollowed { rooms[room].isLoading = false }
        letAskersGoOn(room, rooms[room].isFollowed ? .nothing : .failed, at: now, &effects)
    }

    /// All who waited for the room go on, one by one.
    private mutating func letAskersGoOn(
        _ room: RoomIndex, _ read: StoreRead, at now: Timestamp, _ effects: inout Effects
    ) {
        guard roomAskers[room] != nil else { return finishLoading(room, read, at: now, &effects) }
        // It may be there already: what was true then need not be true any more.
        guard !rooms[room].isGoingOn else { return }
        rooms[room].isGoingOn = true
        readRooms.append((room, read))
    }

    /// The log was followed before: what is behind the last entry comes now, or the log is another.
    private mutating func goOn(
        _ room: RoomIndex, with part: LogPart, at now: Timestamp, _ effects: inout Effects
    ) {
        let last = rooms[room].history.last
        let isThere =
            last.offset == 0
            ? part.entries.first.map { $0.place.offset == 1 } ?? true
            : part.entries.contains { $0.place.isSame(as: last) }
        guard isThere else { return replace(room, with: part, at: now, &effects) }
        appended(id(of: room), part, at: now, &effects)
    }
}

extension Place {
    /// Whether it is the same place, if of the other epoch 62 bits count.
    fileprivate func isSame(as other: Place) -> Bool {
        offset == other.offset && Epoch(number: epoch) == Epoch(number: other.epoch)
    }
}
