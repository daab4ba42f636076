// Reading a room: from whatever the log is to what Redis has.
import RedisClient
import Storage

extension EngineNode {
    /// The room is to be read, since the log may not be what Redis has. Until that is answered its
    /// pushes are dropped: what they say is in the answer.
    mutating func requestRead(_ room: EngineRoom) {
        guard stage == .up, let index = find(room) else { return }
        switch rooms[index].stage {
        case .idle, .live:
            rooms[index].stage = .waiting
            waitingToRead.append(room)
        case .waiting, .reading, .waitingToRefill, .refilling: break
        }
    }

    /// Redis has other data than before, or is another: everything is read.
    mutating func dataChanged() {
        for index in rooms.indices where rooms[index].isOpen {
            if case .reading = rooms[index].stage { rooms[index].readsAgain = true }
        }
        requestAll()
    }

    /// All rooms are to be read. Each node begins with another room, so that what one gives back
    /// need not be given back by the next.
    mutating func requestAll() {
        let count = rooms.endIndex
        guard count > 0 else { return }
        let first = Int(random.next() % UInt64(count))
        for number in 0..<count {
            let index = TableIndex<RoomState>((first + number) % count)
            if rooms[index].isOpen { requestRead(handle(index)) }
        }
    }

    /// Rooms whose subscription is gone: Redis has placed a message, and has not pushed it.
    mutating func readSuspects() {
        for room in suspects {
            guard let index = find(room), rooms[index].isLive else { continue }
            if rooms[index].resay.placedCount + rooms[index].pending.placedCount > 0 {
                requestRead(room)
            }
        }
        suspects.removeAll(keepingCapacity: true)
    }

    /// Asks for the rooms that are next, within the limit.
    mutating func read(_ commands: inout some EngineCommands & ~Copyable, at now: UInt64) {
        while readCount < readWindow, let room = waitingToRead.first {
            if let index = find(room), case .waiting = rooms[index].stage {
                guard read(index, room, &commands, at: now) else { return }
            }
            waitingToRead.removeFirst()
        }
    }

    private mutating func read(
        _ index: TableIndex<RoomState>, _ room: EngineRoom,
        _ commands: inout some EngineCommands & ~Copyable, at now: UInt64
    ) -> Bool {
        commands.subscribeForNow(rooms[index].names.channel, at: now)
        if options.faults.resubscribeWithoutTail, rooms[index].wasLive {
            becomeLive(index)
            return true
        }
        if rooms[index].presence.isUnderWay {
            writePresence(index)
        } else {
            guard sendPresence(index, room, &commands, at: now) else { return false }
        }
        let request = commands.request(argumentCount: 6, at: now) {
            $0.append("FCALL_RO")
            $0.append("r1_tail")
            $0.append("1")
            $0.append(utf8: rooms[index].names.stream)
            $0.append(utf8: rooms[index].log.head.description)
            $0.append(options.keep)
        }
        guard let request else { return false }
        fly(request, .tail(room), at: now)
        rooms[index].stage = .reading
        rooms[index].readsAgain = false
        readCount += 1
        return true
    }

    // MARK: The answer

    mutating func tailAnswered(_ reply: borrowing RedisReply, of room: EngineRoom) {
        readWindow = min(options.syncLimit, readWindow + 1)
        guard let index = find(room), case .reading = rooms[index].stage else { return }
        guard let tail = RoomTail(reply),
            !tail.goesOn || !tail.isEmpty || tail.top == rooms[index].log.head
        else { return leave(.notUnderstood("r1_tail for \(rooms[index].names.stream)")) }
        rooms[index].stage = .idle
        // Redis has changed meanwhile: what it was says nothing.
        guard !rooms[index].readsAgain else { return requestRead(room) }
        if tail.goesOn {
            append(tail, to: index)
            // What is missing may be more than one answer has.
            if rooms[index].log.head == tail.top { becomeLive(index) } else { requestRead(room) }
        } else if rooms[index].log.isEmpty {
            replaceLog(index, with: tail)
            becomeLive(index)
        } else {
            differs(index, tail)
        }
    }

    private mutating func append(_ tail: borrowing RoomTail, to index: TableIndex<RoomState>) {
        let first = rooms[index].log.endSerial
        let isWhole = append(entriesOf: tail, to: index)
        let last = rooms[index].log.endSerial
        guard rooms[index].wasLive, last > first else { return }
        events.append(
            isWhole
                ? .appended(handle(index), serials: first..<last)
                : .reset(handle(index), serials: rooms[index].log.serials))
    }

    /// Returns whether each follows the one before. If somebody has deleted entries of the stream,
    /// the log begins behind the gap: nobody is to see what follows as if nothing were missing.
    @discardableResult
    private mutating func append(
        entriesOf tail: borrowing RoomTail, to index: TableIndex<RoomState>
    ) -> Bool {
        var entries = tail.entries
        var isWhole = true
        while let entry = entries.next(after: rooms[index].log.head) {
            if !rooms[index].log.isFollowed(by: entry.place) {
                emptyLog(of: index)
                isWhole = false
            }
            keep(entry, in: index)
        }
        return isWhole
    }

    /// The log becomes what Redis has.
    mutating func replaceLog(_ index: TableIndex<RoomState>, with tail: borrowing RoomTail) {
        emptyLog(of: index)
        append(entriesOf: tail, to: index)
        if rooms[index].wasLive {
            events.append(.reset(handle(index), serials: rooms[index].log.serials))
        }
    }

    mutating func becomeLive(_ index: TableIndex<RoomState>) {
        rooms[index].stage = .live
        rooms[index].wasLive = true
        rooms[index].hasRefilled = false
        events.append(.live(handle(index), serials: rooms[index].log.serials))
        settle(index, isComplete: true)
        makeReady(index)
    }
}
