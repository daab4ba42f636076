// A search without a store: through the entries that are in memory, newest first.
import Storage

extension Chat {
    /// The most bytes of entries that one search looks at: some milliseconds. The next one goes on.
    static var searchByteLimit: Int { 128 << 10 }

    /// Where the search stands in one room.
    private struct Walk {
        var room: RoomIndex
        /// The entry to be looked at next; below the oldest one at the end.
        var offset: Int
        var second: UInt32
        /// Everything that changes messages there.
        var changes: Changes
    }

    /// Looks at the entries of the rooms, the newest first. Of two that came within one second in
    /// different rooms, the one in the younger room is the newer one: so there is one order, and a
    /// search that goes on behind a place of it meets each entry once.
    mutating func searchMemory(
        _ search: SearchCommand, _ command: borrowing Command, _ text: Span<UInt8>,
        _ effects: inout Effects
    ) {
        var walks = search.rooms.map { walk(through: $0, before: search.before) }
        let start = beginFound(command, text, &effects)
        let before = effects.bytes.count
        var words = SearchWords()
        var (foundCount, visitedByteCount) = (0, 0)
        var next: SearchCursor?
        while let index = newest(walks) {
            let (room, offset) = (walks[index].room, walks[index].offset)
            let isFull =
                foundCount == search.limit || visitedByteCount >= Self.searchByteLimit
                || effects.bytes.count - before >= limits.pageByteLimit
            if isFull, next != nil { break }
            visitedByteCount += 64 + rooms[room].history.byteCount(offset)
            next = SearchCursor.memory(
                second: walks[index].second, room: rooms[room].number, offset: offset)
            if let message = message(at: offset, walks[index], search.query, &words) {
                if foundCount > 0 { effects.bytes.append(UInt8(ascii: ",")) }
                foundCount += 1
                write(kept: message, walks[index].changes, in: room, to: &effects.bytes)
            }
            step(&walks[index])
        }
        if newest(walks) == nil { next = nil }
        endFound(from: start, next: next, command, &effects)
        charge(visitedByteCount, paid: 1, to: command.connection, at: command.now)
    }

    /// The walk whose entry is the newest.
    private func newest(_ walks: [Walk]) -> Int? {
        var best: Int?
        for index in walks.indices
        where walks[index].offset >= rooms[walks[index].room].history.firstOffset {
            if let known = best {
                let one = (walks[known].second, rooms[walks[known].room].number)
                let other = (walks[index].second, rooms[walks[index].room].number)
                if other <= one { continue }
            }
            best = index
        }
        return best
    }

    private func walk(through room: RoomIndex, before cursor: SearchCursor?) -> Walk {
        let history = rooms[room].history
        var walk = Walk(
            room: room, offset: history.lastOffset, second: 0,
            changes: history.changes(of: history.firstOffset..<history.nextOffset))
        note(&walk)
        guard case .memory(let second, let number, let offset) = cursor else { return walk }
        while walk.offset >= rooms[room].history.firstOffset {
            let place = (walk.second, rooms[room].number, walk.offset)
            if place < (second, number, offset) { break }
            step(&walk)
        }
        return walk
    }

    private func step(_ walk: inout Walk) {
        walk.offset -= 1
        note(&walk)
    }

    private func note(_ walk: inout Walk) {
        guard walk.offset >= rooms[walk.room].history.firstOffset else { return }
        walk.second = rooms[walk.room].history.second(walk.offset)
    }

    /// The message whose present text stands in this entry, if that is what is searched for.
    private func message(
        at offset: Int, _ walk: Walk, _ query: SearchQuery, _ words: inout SearchWords
    ) -> Int? {
        let history = rooms[walk.room].history
        let message: Int
        switch history.kind(offset) {
        case .message: message = offset
        case .edited: message = history.target(offset)
        case .deleted, .topic, .reaction: return nil
        }
        guard message >= history.firstOffset, !walk.changes.deleted.contains(message) else {
            return nil
        }
        let edition = walk.changes.offsets[message]?.last { history.kind($0) == .edited }
        guard edition ?? message == offset else { return nil }
        let frame = history.frame(offset)
        guard let parts = EntryFrame.parts(of: frame.span) else { return nil }
        words.read(frame.span.extracting(parts.text))
        return query.matches(words) ? message : nil
    }
}
