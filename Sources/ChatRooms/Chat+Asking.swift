// Rooms and messages that are not in memory: the store is asked for them, and whoever needs them
// waits.
import Storage

/// What waits for an answer of the store.
enum Asker {
    /// The connection's first held command.
    case connection(ConnectionKey)
    /// A request that came without a connection of the chat.
    case request(RequestKey)
}

/// What an answer of the store is for.
enum Asked {
    /// A room that is open, but whose content is not known yet.
    case room(RoomIndex)
    case page(Asker, isNewest: Bool)
}

extension Chat {
    /// Asks the store for messages, or throws if it has just failed to read them.
    mutating func ask(
        _ request: PageRequest, for asker: Asker, _ read: StoreRead, isNewest: Bool
    ) throws(CommandError) {
        if case .failed = read { throw cannotRead }
        var request = request
        request.ticket = nextTicket()
        asked[request.ticket] = .page(asker, isNewest: isNewest)
        questions.append(.page(request))
    }

    /// Asks for a room that has just been opened in memory.
    mutating func load(_ room: RoomIndex) {
        rooms[room].isLoading = true
        let ticket = nextTicket()
        asked[ticket] = .room(room)
        questions.append(
            .room(
                ticket: ticket, key: NameKey(rooms[room].name).folded,
                countLimit: limits.messagesPerRoomLimit, byteLimit: limits.historyByteLimitPerRoom))
    }

    /// Somebody waits until a room is loaded.
    mutating func wait(_ asker: Asker, for room: RoomIndex) {
        roomAskers[room, default: []].append(asker)
    }

    private mutating func nextTicket() -> UInt64 {
        ticketCount += 1
        return ticketCount
    }

    /// A room's content is there.
    mutating func loaded(
        _ ticket: UInt64, _ stored: StoredRoom?, _ page: StoredPage, at now: Timestamp,
        _ effects: inout Effects
    ) {
        guard case .room(let room) = asked.removeValue(forKey: ticket) else { return }
        rooms[room].isLoading = false
        if let stored {
            rooms[room].name = stored.name
            rooms[room].nameBytes = Array(stored.name.utf8)
            rooms[room].storedNumber = stored.number
            rooms[room].isStored = true
            rooms[room].firstStoredOffset = min(stored.firstOffset, page.firstOffset)
            fill(room, after: stored.last, page, at: now)
        } else {
            rooms[room].storedNumber = nextRoomNumber
            nextRoomNumber += 1
        }
        finishLoading(room, .nothing, at: now, &effects)
    }

    /// The store could not read something.
    mutating func readFailed(_ ticket: UInt64, at now: Timestamp, _ effects: inout Effects) {
        switch asked.removeValue(forKey: ticket) {
        case .page(let asker, _): goOn(asker, .failed, at: now, &effects)
        case .room(let room): finishLoading(room, .failed, at: now, &effects)
        case nil: return
        }
    }

    /// Asks again for the rooms that are always there, if they could not be read.
    mutating func loadPermanentRooms() {
        for room in unreadRooms { load(room) }
        unreadRooms = []
    }

    private mutating func finishLoading(
        _ room: RoomIndex, _ read: StoreRead, at now: Timestamp, _ effects: inout Effects
    ) {
        if !rooms[room].isPermanent, rooms[room].history.lastOffset > 0 {
            // Nobody is there yet.
            roomEmptied(room, at: now, &effects)
        }
        for asker in roomAskers.removeValue(forKey: room) ?? [] {
            goOn(asker, read, at: now, &effects)
        }
        if case .failed = read {
            if rooms[room].isPermanent {
                unreadRooms.append(room)
            } else {
                forgetRoom(room, &effects)
            }
        } else if !rooms[room].isPermanent, rooms[room].history.lastOffset == 0,
            rooms[room].pendingCount == 0, rooms[room].members.count == 0
        {
            forgetRoom(room, &effects)
        }
    }

    /// Goes on with what has waited.
    mutating func goOn(
        _ asker: Asker, _ read: StoreRead, at now: Timestamp, _ effects: inout Effects
    ) {
        switch asker {
        case .connection(let key): answerHeld(key, read, at: now, &effects)
        case .request(let key): answerHeldRequest(key, read, at: now, &effects)
        }
    }

    /// Puts what the store has into the memory of a room.
    private mutating func fill(
        _ room: RoomIndex, after last: Place, _ page: StoredPage, at now: Timestamp
    ) {
        guard let first = page.entries.first else {
            rooms[room].history = History(after: last)
            return
        }
        rooms[room].history = History(
            after: Place(
                offset: first.place.offset - 1,
                epoch: first.beginsEpoch ? EpochRuns.unknown : first.place.epoch))
        for entry in page.entries {
            let age = max(0, now.wall - entry.at)
            keep(
                entry, in: page.bytes.span, of: room, mark: 0,
                at: Timestamp(monotonic: now.monotonic - age, wall: entry.at))
        }
    }
}
