// A search in the store in memory: plainly, through all that it has.
import Storage

@testable import ChatRooms

extension FakeStore {
    func search(_ request: SearchRequest) -> FoundMessages {
        var found = FoundMessages()
        var out = ByteBuffer()
        let all = request.rooms.compactMap { rooms[$0.number] }.flatMap(\.entries)
            .filter { $0.number < request.before ?? .max }.sorted { $0.number > $1.number }
        for entry in all {
            if found.visitedCount == searchedEntryLimit
                || found.entries.count == request.countLimit
            {
                found.next = entry.number + 1
                break
            }
            found.visitedCount += 1
            found.visitedByteCount += entry.text.count
            let room = rooms[entry.entry.room]!
            guard let (message, fold) = message(entry, in: room) else { continue }
            var words = SearchWords()
            words.read((fold.edition > 0 ? fold.text : message.text).span)
            guard request.query.matches(words) else { continue }
            found.folds.append(fold)
            found.entries.append(
                EntryFrame.write(
                    message.entry, room: room.room.name, user: message.user,
                    text: message.text.span, id: message.id.span, as: fold, to: &out))
        }
        found.bytes = [UInt8](copying: out.span)
        return found
    }

    /// The message whose present text this entry has; nil if it has none.
    private func message(_ entry: Entry, in room: Kept) -> (Entry, Fold)? {
        guard entry.entry.kind == .message || entry.entry.kind == .edited else { return nil }
        let offset = entry.entry.kind == .message ? entry.entry.place.offset : entry.entry.target
        let fold = fold(of: offset, in: room) ?? Fold()
        guard fold.deletion == 0,
            (fold.edition > 0 ? fold.edition : offset) == entry.entry.place.offset,
            let message = room.entries.first(where: { $0.entry.place.offset == offset })
        else { return nil }
        return (message, fold)
    }
}
