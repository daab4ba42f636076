// Redis does not have the log's newest entry: either it has lost some, and gets them back, or it
// has others, and wins.
import RedisClient
import Storage

extension EngineNode {
    /// The newest entry is not in Redis. Where do the two part?
    mutating func differs(_ index: TableIndex<RoomState>, _ tail: borrowing RoomTail) {
        let common = self.common(index, tail)
        if let common, common == tail.top, !rooms[index].hasRefilled {
            // Redis has nothing beyond it: what is behind it was lost.
            rooms[index].hasRefilled = true
            rooms[index].stage = .waitingToRefill(behind: common, at: tail.top)
            waitingToRefill.append(handle(index))
            return
        }
        // A log that begins behind what Redis has left says all of it again.
        let isAhead = rooms[index].log.first.map { tail.top.offset < $0.offset } ?? false
        if let behind = common ?? (isAhead ? .start : nil), !options.faults.neverSayAgain {
            sayAgain(index, behind: behind)
        }
        replaceLog(index, with: tail)
        becomeLive(index)
    }

    /// The newest entry that Redis has, too, of the log or directly before it. If it has none of
    /// them, that is the start of the room as far as Redis still has that; otherwise nil.
    private func common(
        _ index: TableIndex<RoomState>, _ tail: borrowing RoomTail
    ) -> EnginePlace? {
        var entries = tail.entries
        var common: EnginePlace?
        var isFirst = true
        let before = rooms[index].log[rooms[index].log.serials.lowerBound].previous
        while let place = entries.nextPlace() {
            if isFirst, place.offset == 1 { common = .start }
            isFirst = false
            if place == before || rooms[index].log.serial(of: place) != nil { common = place }
        }
        return isFirst ? .start : common
    }

    /// What stands behind this entry of the log has been acknowledged, and is about to be dropped
    /// from it.
    private mutating func sayAgain(_ index: TableIndex<RoomState>, behind common: EnginePlace) {
        for serial in serials(index, behind: common) {
            let entry = rooms[index].log[serial]
            rooms[index].resay.append(
                PendingPublish(
                    bytes: entry.bytes, keyByteCount: entry.keyByteCount, ticket: nil, since: 0))
        }
    }

    private func serials(
        _ index: TableIndex<RoomState>, behind common: EnginePlace
    ) -> Range<Int> {
        let serials = rooms[index].log.serials
        guard let serial = rooms[index].log.serial(of: common) else { return serials }
        return serial + 1..<serials.upperBound
    }

    // MARK: Giving back

    /// Gives back what is next, within the limit: a refill costs Redis about 7 µs an entry.
    mutating func refill(_ commands: inout some EngineCommands & ~Copyable, at now: UInt64) {
        while refillEntryCount < options.refillLimit, let room = waitingToRefill.first {
            if let index = find(room),
                case .waitingToRefill(let common, let top) = rooms[index].stage
            {
                guard refill(index, room, behind: common, at: top, &commands, now) else { return }
            }
            waitingToRefill.removeFirst()
        }
    }

    private mutating func refill(
        _ index: TableIndex<RoomState>, _ room: EngineRoom, behind common: EnginePlace,
        at top: EnginePlace, _ commands: inout some EngineCommands & ~Copyable, _ now: UInt64
    ) -> Bool {
        let lost = serials(index, behind: common)
        let epoch = random.next()
        let request = commands.request(argumentCount: 10 + 3 * lost.count, at: now) {
            beginPut(&$0, rooms[index].names, at: top, epoch)
            for serial in lost {
                let entry = rooms[index].log[serial]
                $0.append(entry.key)
                $0.append(entry.body)
                // The old name, or not at all: behind the same predecessor.
                $0.append(
                    utf8: options.faults.giveBackWithoutIDs
                        ? "" : "\(entry.previous) \(entry.place)")
            }
        }
        guard let request else { return false }
        fly(request, .refill(room, entryCount: lost.count), at: now)
        refillEntryCount += lost.count
        rooms[index].stage = .refilling
        return true
    }

    /// Another node was quicker, or has said something new: what there is to do may be less.
    mutating func readInsteadOfRefilling(_ index: TableIndex<RoomState>) {
        rooms[index].stage = .idle
        rooms[index].hasRefilled = false
        requestRead(handle(index))
    }

    /// Whether that succeeded shows when the room is read again: once, and an error counts, too.
    mutating func refilled(_ room: EngineRoom, _ entryCount: Int) {
        refillEntryCount -= entryCount
        guard let index = find(room), case .refilling = rooms[index].stage else { return }
        rooms[index].stage = .idle
        requestRead(room)
    }
}
