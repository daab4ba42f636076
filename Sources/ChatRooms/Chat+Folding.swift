// Pages show messages as they are now: later entries that change a message are folded into it.
import Storage

extension Chat {
    /// What is in memory and changes the messages of an excerpt.
    func changes(of excerpt: Excerpt, in room: RoomIndex) -> Changes {
        guard rooms[room].history.changeCount > 0, !excerpt.isEmpty else { return Changes() }
        return rooms[room].history.changes(of: excerpt.first..<excerpt.first + excerpt.count)
    }

    /// What has become of a message, by the changes in memory. `base` is what the store knew of it.
    func fold(of offset: Int, _ changes: Changes, onto base: Fold?, in room: RoomIndex) -> Fold? {
        guard let offsets = changes.offsets[offset] else { return base }
        var fold = base ?? Fold()
        for change in offsets {
            let frame = rooms[room].history.frame(change)
            guard let parts = EntryFrame.parts(of: frame.span) else { continue }
            let entry = StoredEntry(
                room: 0, place: parts.place, kind: parts.kind, target: parts.target,
                beginsEpoch: false, author: rooms[room].history.author(change), at: parts.at)
            fold.apply(entry, user: parts.user, text: Array(frame[parts.text]))
        }
        return fold
    }

    /// Appends an entry that the store has read.
    func write(
        _ index: Int, of page: StoredPage, _ changes: Changes, in room: RoomIndex,
        to out: inout ByteBuffer
    ) {
        let entry = page.entries[index]
        let bytes = page.bytes.span
        guard isChanged(entry.place.offset, entry.kind, entry.target, changes) else {
            return out.append(bytes.extracting(entry.frame))
        }
        let fold = fold(
            of: entry.place.offset, changes, onto: page.folds[entry.place.offset], in: room)
        let text = entry.kind == .message ? entry.text : 0..<0
        _ = EntryFrame.write(
            entry, room: rooms[room].name, user: bytes.string(entry.user),
            text: bytes.extracting(text), id: bytes.extracting(entry.id), as: fold, to: &out)
    }

    /// Appends an entry that is in memory.
    func write(
        kept offset: Int, _ changes: Changes, in room: RoomIndex, to out: inout ByteBuffer
    ) {
        let kind = rooms[room].history.kind(offset)
        guard isChanged(offset, kind, rooms[room].history.target(offset), changes) else {
            return rooms[room].history.copy(offset, to: &out)
        }
        let frame = rooms[room].history.frame(offset)
        let bytes = frame.span
        guard let parts = EntryFrame.parts(of: bytes) else { return out.append(bytes) }
        let place = Place(offset: offset, epoch: rooms[room].history.epoch(of: offset))
        let entry = StoredEntry(
            room: 0, place: place, kind: kind, target: parts.target, beginsEpoch: parts.hasEpoch,
            author: 0, at: parts.at)
        let fold = fold(of: offset, changes, onto: nil, in: room)
        let text = kind == .message ? parts.text : 0..<0
        _ = EntryFrame.write(
            entry, room: rooms[room].name, user: parts.user, text: bytes.extracting(text),
            id: bytes.extracting(parts.id), targetEpoch: parts.targetEpoch, as: fold, to: &out)
    }

    /// A message that was changed; or an edition of a deleted message, whose text is gone too.
    private func isChanged(
        _ offset: Int, _ kind: EntryKind, _ target: Int, _ changes: Changes
    ) -> Bool {
        guard !changes.isEmpty else { return false }
        switch kind {
        case .message: return changes.offsets[offset] != nil
        case .edited: return changes.deleted.contains(target)
        case .deleted, .topic, .reaction: return false
        }
    }
}
