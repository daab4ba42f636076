// What the history keeps, and whose messages go when it is full: those of whoever takes most.

extension Chat {
    /// Puts a message into its room's history.
    @inline(__always)
    mutating func keep(
        _ message: borrowing AcceptedEntry, at now: Timestamp, _ effects: borrowing Effects
    ) {
        keep(message.entry, in: effects.bytes.span, of: message.room, mark: message.mark, at: now)
    }

    /// The same for an entry whose ranges are in `bytes`.
    mutating func keep(
        _ entry: StoredEntry, in bytes: Span<UInt8>, of room: RoomIndex, mark: UInt32,
        at now: Timestamp
    ) {
        let limit = limits.historyByteLimitPerRoom
        let growth = rooms[room].history.growth(
            adding: entry.frame.count, countLimit: limits.messagesPerRoomLimit, byteLimit: limit)
        let mayGrow = growth == 0 || makeRoom(for: growth, in: room)
        let before = rooms[room].history.allocatedByteCount
        rooms[room].history.append(
            bytes, entry.frame, entry, countLimit: limits.messagesPerRoomLimit,
            byteLimit: limit, mayGrow: mayGrow)
        if entry.kind == .topic {
            rooms[room].topic = [UInt8](copying: bytes.extracting(entry.text))
        }
        rooms[room].history.sign(mark, at: now.historySeconds)
        countHistory(of: room, rooms[room].history.allocatedByteCount - before)
        if spokenRooms.last != room {
            if rooms[room].isSpoken { removeSpoken(room) }
            rooms[room].isSpoken = true
            spokenRooms.append(room, in: &rooms)
            owners[rooms[room].owner].spokenRooms.append(room, in: &rooms)
        }
    }

    /// Frees a room's messages. The numbering of its messages continues.
    mutating func dropHistory(_ room: RoomIndex) {
        guard rooms[room].isSpoken else { return }
        countHistory(of: room, -rooms[room].history.allocatedByteCount)
        rooms[room].history.drop()
        rooms[room].isSpoken = false
        removeSpoken(room)
    }

    private mutating func removeSpoken(_ room: RoomIndex) {
        spokenRooms.remove(room, in: &rooms)
        owners[rooms[room].owner].spokenRooms.remove(room, in: &rooms)
    }

    /// Makes sure that `byteCount` more bytes may be allocated for messages of a room. Returns
    /// false if that is not possible at the cost of those who have more than the room's owner.
    private mutating func makeRoom(for byteCount: Int, in room: RoomIndex) -> Bool {
        while historyByteCount + byteCount > limits.historyByteLimit {
            let coldest = coldestRoom(of: giver(of: byteCount, for: room), except: room)
            guard coldest != .none else { return false }
            dropHistory(coldest)
        }
        return true
    }

    /// The owner whose rooms lose messages so that `room` gets more memory: the owner with most. An
    /// address above its share loses its own messages, and so does the address with most. What the
    /// operators' rooms keep goes last.
    private func giver(of byteCount: Int, for room: RoomIndex) -> OwnerIndex {
        let owner = rooms[room].owner
        let needed = owners[owner].historyByteCount + byteCount
        if owners[owner].kind == .address, needed > limits.historyByteLimitPerAddress {
            return owner
        }
        let richest = historyRanking.first
        guard richest != .none else { return Self.operators }
        if owners[owner].kind == .operators || owners[richest].historyByteCount > needed {
            return richest
        }
        return owner
    }

    /// The owner's room that has had no message for longest, if it is not the lobby.
    private func coldestRoom(of owner: OwnerIndex, except room: RoomIndex) -> RoomIndex {
        var coldest = owners[owner].spokenRooms.first
        while coldest != .none, coldest == room || rooms[coldest].isPermanent {
            coldest = owners[owner].spokenRooms.next(coldest, in: rooms)
        }
        return coldest
    }

    /// Throws `rate_limited` if the message comes from an address that fills more than half of a
    /// full room already, which it has not opened, and would wash out what somebody else has said
    /// there lately. It takes
    /// time in proportion to the messages that a room keeps, and only in a full room.
    func checkPlace(
        for byteCount: Int, of mark: UInt32, in room: RoomIndex, at now: Timestamp
    ) throws(CommandError) {
        guard !hasStore, mark > 1, owners[rooms[room].owner].mark != mark else { return }
        let lifetime = UInt32(clamping: timing.messageReservation / 1000)
        guard
            let age = rooms[room].history.ageOfOthers(
                than: mark, droppedFor: byteCount,
                countLimit: limits.messagesPerRoomLimit,
                byteLimit: limits.historyByteLimitPerRoom, at: now.historySeconds),
            age < lifetime, rooms[room].history.isMostly(of: mark)
        else { return }
        var refusal = CommandError(
            .rateLimited, "This room is full of messages from your address. Let others speak.")
        refusal.retryAfterMilliseconds = Int(lifetime - age) * 1000
        throw refusal
    }
}

extension Timestamp {
    /// The time as histories keep it: seconds, which begin again after 136 years.
    fileprivate var historySeconds: UInt32 { UInt32(truncatingIfNeeded: monotonic / 1000) }
}
