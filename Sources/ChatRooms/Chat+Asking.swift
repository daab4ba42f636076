// Rooms and messages that are not in memory: the store is asked for them, and whoever needs them
// waits.
import Storage

/// What waits for an answer of the store.
enum Asker {
    /// The connection's first held command.
    case connection(ConnectionKey)
    /// A request that came without a connection of the chat.
    case request(RequestKey)

    var key: ConnectionKey {
        switch self {
        case .connection(let key), .request(let key): key
        }
    }
}

/// What an answer of the store is for.
enum Asked {
    /// A room that is open, but whose content is not known yet.
    case room(RoomIndex)
    case page(Asker, isNewest: Bool)
    case listing(Asker)
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

    /// Asks the store for a list of rooms, or throws if it has just failed to read it.
    mutating func ask(
        _ request: ListingRequest, _ command: borrowing Command
    ) throws(CommandError) {
        if case .failed = command.read { throw cannotRead }
        let ticket = nextTicket()
        asked[ticket] = .listing(.connection(command.connection))
        questions.append(.listing(ticket: ticket, request))
    }

    /// Asks for a room that has just been opened in memory.
    mutating func load(_ room: RoomIndex) {
        if shared.isOn { return follow(room) }
        rooms[room].isLoading = true
        let ticket = nextTicket()
        asked[ticket] = .room(room)
        questions.append(
            .room(
                ticket: ticket, key: storeKey(of: room),
                countLimit: limits.messagesPerRoomLimit, byteLimit: limits.historyByteLimitPerRoom))
    }

    /// Somebody waits until a room is loaded.
    mutating func wait(_ asker: Asker, for room: RoomIndex) {
        // It must not be forgotten meanwhile.
        if rooms[room].members.count == 0 { roomFilled(room) }
        rooms[room].isAsked = true
        roomAskers[room, default: Queue()].append(asker)
    }

    mutating func nextTicket() -> UInt64 {
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
        // The first one has caused it.
        if let asker = roomAskers[room]?.first { effects.add(read(page, for: asker)) }
        if let stored {
            rooms[room].name = stored.name
            rooms[room].nameBytes = Array(stored.name.utf8)
            rooms[room].storedNumber = stored.number
            rooms[room].isStored = true
            rooms[room].topic = stored.topic
            rooms[room].kind = stored.kind
            rooms[room].people = stored.people
            rooms[room].creator = stored.creator
            rooms[room].firstStoredOffset = min(stored.firstOffset, page.firstOffset)
            fill(room, after: stored.last, page, at: now)
        } else {
            rooms[room].storedNumber = nextRoomNumber
            nextRoomNumber += 1
        }
        readRooms.append((room, .nothing))
    }

    /// A search has come to its end, or to the end of what it may read at a time.
    mutating func searched(
        _ ticket: UInt64, _ found: FoundMessages, at now: Timestamp, _ effects: inout Effects
    ) {
        guard case .page(let asker, _) = asked.removeValue(forKey: ticket) else { return }
        effects.add(
            .read(
                for: asker.key, messageCount: found.visitedCount,
                byteCount: found.visitedByteCount))
        goOn(asker, .found(found), at: now, &effects)
    }

    /// Says for whom the store has worked.
    func read(_ page: StoredPage, for asker: Asker) -> Effect {
        .read(for: asker.key, messageCount: page.entries.count, byteCount: page.bytes.count)
    }

    /// The store could not read something.
    mutating func readFailed(_ ticket: UInt64, at now: Timestamp, _ effects: inout Effects) {
        switch asked.removeValue(forKey: ticket) {
        case .page(let asker, _), .listing(let asker): goOn(asker, .failed, at: now, &effects)
        case .room(let room): readRooms.append((room, .failed))
        case nil: return
        }
    }

    /// Asks again for the rooms that could not be read.
    mutating func loadUnreadRooms() {
        for room in unreadRooms where rooms[room].isLoading { load(room) }
        unreadRooms = []
    }

    /// Lets the next one go on that has waited for a room. Returns false if nobody is left. A room
    /// may have thousands of them, after a restart for example, and each may get a page: so they go
    /// on one by one, as many in a turn as it allows.
    public mutating func letNextGoOn(at now: Timestamp, _ effects: inout Effects) -> Bool {
        guard let (room, read) = readRooms.popFirst() else { return false }
        if rooms[room].isGoingOn {
            rooms[room].isGoingOn = false
            // Its shared log is looked at again: they wait for that, too.
            if case .nothing = read, rooms[room].isLoading { return !readRooms.isEmpty }
        }
        if let asker = roomAskers[room]?.popFirst() {
            effects.add(.read(for: asker.key, messageCount: 0, byteCount: 0))
            goOn(asker, read, at: now, &effects)
        }
        guard roomAskers[room]?.isEmpty != false else {
            // One of each room: a room with thousands keeps no other one waiting.
            rooms[room].isGoingOn = shared.isOn
            readRooms.append((room, read))
            return true
        }
        roomAskers[room] = nil
        rooms[room].isAsked = false
        finishLoading(room, read, at: now, &effects)
        return !readRooms.isEmpty
    }

    /// Whether anybody can go on: ``letNextGoOn(at:_:)``.
    public var canAnyGoOn: Bool { !readRooms.isEmpty }

    /// All who waited for a room have gone on.
    mutating func finishLoading(
        _ room: RoomIndex, _ read: StoreRead, at now: Timestamp, _ effects: inout Effects
    ) {
        if case .failed = read, rooms[room].isLoading {
            if rooms[room].isPermanent || rooms[room].members.count > 0 {
                unreadRooms.append(room)
            } else {
                forgetRoom(room, &effects)
            }
        } else if rooms[room].members.count == 0 {
            roomEmptied(room, at: now, &effects)
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
