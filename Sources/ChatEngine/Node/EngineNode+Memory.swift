// What the logs of all rooms take together, and which lose entries when that is too much.
import Storage

extension EngineNode {
    /// Adds an entry to a room's log.
    mutating func keep(_ entry: EngineEntry, in index: TableIndex<RoomState>) {
        let before = rooms[index].log.byteCount
        rooms[index].log.append(entry)
        logByteCount += rooms[index].log.byteCount - before
    }

    /// Forgets a room's log.
    mutating func emptyLog(of index: TableIndex<RoomState>) {
        logByteCount -= rooms[index].log.byteCount
        rooms[index].log.removeAll()
    }

    /// How many rooms are looked at in a turn.
    private static var shorteningLimit: Int { 64 }

    /// Halves the logs of the next rooms while all of them take too much. A room in which much is
    /// said grows again; a quiet room has nothing that its members would miss, since Redis has
    /// it still. Events name entries, so that they have to be taken first.
    mutating func shortenLogs() {
        guard logByteCount > logByteLimit, events.isEmpty else { return }
        for _ in 0..<min(Self.shorteningLimit, Int(rooms.endIndex)) {
            let index = TableIndex<RoomState>(rawValue: nextToShorten)
            nextToShorten = (nextToShorten + 1) % UInt32(rooms.endIndex)
            guard rooms.contains(index), rooms[index].isOpen, rooms[index].isLive else { continue }
            let before = rooms[index].log.byteCount
            let count = rooms[index].log.count
            // Large entries have to go before that.
            let least = before > options.largeLog ? 1 : options.leastKept
            rooms[index].log.shorten(to: max(least, count / 2))
            logByteCount -= before - rooms[index].log.byteCount
            guard logByteCount > logByteLimit else { return }
        }
    }
}
