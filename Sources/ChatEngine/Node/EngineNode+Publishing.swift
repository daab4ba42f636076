// Publishing: one call a room at a time, and a message counts when the log has it.
import RedisClient
import Storage

extension EngineNode {
    /// The room has something to send.
    mutating func makeReady(_ index: TableIndex<RoomState>) {
        guard !rooms[index].isReady, rooms[index].unsentCount > 0 else { return }
        rooms[index].isReady = true
        ready.append(handle(index))
    }

    /// Sends what has gathered in each room that waits for no answer.
    mutating func put(_ commands: inout some EngineCommands & ~Copyable, at now: UInt64) {
        guard !ready.isEmpty else { return }
        var waiting: [EngineRoom] = []
        swap(&waiting, &ready)
        let limit = options.faults.twoPutsOutstanding ? 2 : 1
        for room in waiting {
            guard let index = find(room) else { continue }
            rooms[index].isReady = false
            guard putEntryCount < options.putLimit else {
                makeReady(index)
                continue
            }
            guard rooms[index].isLive, rooms[index].putCount < limit,
                rooms[index].pausedUntil <= now
            else { continue }
            if !put(index, room, &commands, at: now) {
                // It is full: an answer makes room.
                makeReady(index)
            }
        }
    }

    private mutating func put(
        _ index: TableIndex<RoomState>, _ room: EngineRoom,
        _ commands: inout some EngineCommands & ~Copyable, at now: UInt64
    ) -> Bool {
        let resayCount = countToSend(rooms[index].resay, options.entriesPerCall)
        // What is said again comes first, and all of it.
        let pendingCount =
            resayCount < rooms[index].resay.unsentCount
            ? 0 : countToSend(rooms[index].pending, options.entriesPerCall - resayCount)
        guard resayCount + pendingCount > 0 else { return true }
        let epoch = random.next()
        let request = commands.request(
            argumentCount: 10 + 3 * (resayCount + pendingCount), at: now
        ) {
            beginPut(&$0, rooms[index].names, at: rooms[index].log.head, epoch)
            for number in 0..<resayCount { append(rooms[index].resay[unsent: number], to: &$0) }
            for number in 0..<pendingCount {
                append(rooms[index].pending[unsent: number], to: &$0)
            }
        }
        guard let request else { return false }
        let round = rooms[index].round
        fly(
            request,
            .put(room, round: round, resayCount: resayCount, pendingCount: pendingCount), at: now)
        rooms[index].resay.markSent(resayCount)
        rooms[index].pending.markSent(pendingCount)
        rooms[index].putCount += 1
        putEntryCount += resayCount + pendingCount
        return true
    }

    /// How many messages go into a call that has room for this many.
    private func countToSend(_ publishes: borrowing PendingPublishes, _ limit: Int) -> Int {
        var count = 0
        var byteCount = 0
        let most = min(limit, publishes.unsentCount)
        while count < most, byteCount < options.bytesPerCall {
            byteCount += publishes[unsent: count].bytes.count
            count += 1
        }
        return count
    }

    /// The name of the function, its keys and what stands before the messages: ten arguments.
    func beginPut(
        _ writer: inout CommandWriter, _ names: RoomNames, at head: EnginePlace, _ epoch: UInt64
    ) {
        writer.append("FCALL")
        writer.append("r1_put")
        writer.append("3")
        writer.append(utf8: names.stream)
        writer.append(utf8: names.ids)
        writer.append(utf8: names.olderIDs)
        writer.append(utf8: names.channel)
        writer.append(options.keep)
        writer.append(utf8: String(epoch))
        writer.append(utf8: head.description)
    }

    private func append(_ publish: PendingPublish, to writer: inout CommandWriter) {
        writer.append(publish.key)
        writer.append(publish.body)
        writer.append("")
    }

    // MARK: Answers

    mutating func putAnswered(
        _ reply: borrowing RedisReply, _ room: EngineRoom, _ round: UInt32, _ resayCount: Int,
        _ pendingCount: Int
    ) {
        guard let index = find(room) else { return }
        rooms[index].putCount -= 1
        guard reply.isAggregate else { return leave(.notUnderstood("r1_put")) }
        var places = reply.values
        guard places.count > 0 else {
            // Redis has a newest message that is not the log's.
            rooms[index].markAllUnsent()
            return requestRead(room)
        }
        guard round == rooms[index].round else { return makeReady(index) }
        guard places.count == resayCount + pendingCount else {
            return leave(.notUnderstood("r1_put"))
        }
        for number in 0..<resayCount + pendingCount {
            guard let text = places.next(), let place = EnginePlace(text.bytes) else {
                return leave(.notUnderstood("r1_put"))
            }
            if number < resayCount {
                rooms[index].resay.place(place)
            } else {
                rooms[index].pending.place(place)
            }
        }
        settle(index, isComplete: false)
        makeReady(index)
    }

    /// Looks whether messages that have a place are in the log.
    ///
    /// - Parameter isComplete: whether the log is known to have everything that Redis has placed.
    mutating func settle(_ index: TableIndex<RoomState>, isComplete: Bool) {
        guard rooms[index].isLive || options.faults.acknowledgeEarly else { return }
        var isLost = false
        while let next = rooms[index].resay.firstPlaced {
            guard isHeld(next.place, index, isComplete, &isLost) else { break }
            rooms[index].resay.removeFirst()
        }
        while let next = rooms[index].pending.firstPlaced {
            guard isHeld(next.place, index, isComplete, &isLost) else { break }
            rooms[index].pending.removeFirst()
            if let ticket = next.ticket { events.append(.placed(ticket: ticket, next.place)) }
        }
        if isLost {
            // It was passed under another epoch: Redis is asked again, with the same keys.
            rooms[index].markAllUnsent()
            makeReady(index)
        } else if rooms[index].resay.placedCount + rooms[index].pending.placedCount > 0 {
            suspects.append(handle(index))
        }
    }

    private func isHeld(
        _ place: EnginePlace, _ index: TableIndex<RoomState>, _ isComplete: Bool,
        _ isLost: inout Bool
    ) -> Bool {
        if options.faults.acknowledgeEarly { return true }
        switch rooms[index].log.verdict(on: place) {
        case .held: return true
        case .ahead:
            if isComplete { isLost = true }
            return false
        case .passed:
            isLost = true
            return false
        }
    }

    // MARK: Refusals

    mutating func putRefused(
        _ error: ErrorReply, _ room: EngineRoom, _ round: UInt32, _ resayCount: Int,
        _ pendingCount: Int, at now: UInt64
    ) {
        guard let index = find(room) else { return }
        rooms[index].putCount -= 1
        guard round == rooms[index].round else { return makeReady(index) }
        let reason: EngineRefusal =
            error.kind == .takesNoWrites ? .takesNoWrites(error.text) : .failed(error.text)
        for publish in rooms[index].pending.removeSent(pendingCount) {
            guard let ticket = publish.ticket else { continue }
            events.append(
                .refused(
                    ticket: ticket, publish.mayBeThere ? .unknown(error.text) : reason))
        }
        // What is said again was acknowledged once: it is tried until it succeeds.
        rooms[index].markAllUnsent()
        if resayCount > 0 {
            rooms[index].pausedUntil = now + Self.pause
            timers.resumeAt = min(timers.resumeAt ?? .max, now + Self.pause)
        }
        makeReady(index)
    }

    /// How long nothing is said again after Redis has refused it.
    private static var pause: UInt64 { 1_000_000_000 }

    /// Rooms go on whose pause is over.
    mutating func resumeRooms(at now: UInt64) {
        timers.resumeAt = nil
        for index in rooms.indices where rooms[index].isOpen && rooms[index].pausedUntil > 0 {
            if rooms[index].pausedUntil > now {
                let pause = rooms[index].pausedUntil
                timers.resumeAt = min(timers.resumeAt ?? pause, pause)
            } else {
                rooms[index].pausedUntil = 0
                makeReady(index)
            }
        }
    }
}
