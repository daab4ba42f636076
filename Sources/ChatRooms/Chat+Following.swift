// Entries of a shared log come in: they get their frames, are kept and are published, in the log's
// order.
import Storage

extension Chat {
    /// The next entries of a room's log.
    mutating func appended(
        _ id: RoomID, _ part: LogPart, at now: Timestamp, _ effects: inout Effects
    ) {
        guard let room = index(of: id), rooms[room].isFollowed else { return }
        for entry in part.entries {
            let last = rooms[room].history.lastOffset
            if entry.place.offset <= last { continue }
            // Nobody sees an entry without those before it.
            guard entry.place.offset == last + 1 else { return follow(room) }
            rooms[room].lastActivity = now.monotonic
            let (written, post) = add(entry, of: part, to: room, at: now, &effects)
            if post != nil { counters.count(written.kind) }
            effects.add(
                .publish(
                    to: id, bytes: written.frame, place: written.place, sender: post?.sender))
        }
        noteEpoch(of: room)
        answerEarly(in: room, at: now, &effects)
        // Its life without members here begins anew.
        if rooms[room].members.count == 0 { roomEmptied(room, at: now, &effects) }
    }

    /// The room's log is another one from now on, and everybody in the room begins anew.
    mutating func replace(
        _ room: RoomIndex, with part: LogPart, at now: Timestamp, _ effects: inout Effects
    ) {
        fill(room, with: part, at: now, &effects)
        effects.add(.reset(id(of: room)))
        if rooms[room].members.count > 0 { publishState(of: room, &effects) }
        answerEarly(in: room, at: now, &effects)
    }

    /// Puts the newest entries of a log into the memory of a room.
    mutating func fill(
        _ room: RoomIndex, with part: LogPart, at now: Timestamp, _ effects: inout Effects
    ) {
        dropHistory(room)
        var rest = part.entries[...]
        var base = Place(offset: 0, epoch: 0)
        // Whether an entry's frame says its epoch depends on the one before it. Of the oldest entry
        // nobody knows that any more, on any node.
        if let first = rest.first, first.place.offset != 1 {
            base = Place(
                offset: first.place.offset, epoch: Epoch(number: first.place.epoch).number)
            rest = rest.dropFirst()
        }
        rooms[room].history = History(after: base)
        let start = effects.bytes.count
        for entry in rest where entry.place.offset == rooms[room].history.nextOffset {
            _ = add(entry, of: part, to: room, at: now, &effects)
            effects.bytes.removeLast(effects.bytes.count - start)
        }
        noteEpoch(of: room)
    }

    /// Writes an entry's frame and keeps it. Returns it, and the post that it was, if it was one of
    /// this node.
    private mutating func add(
        _ entry: LogPart.Entry, of part: LogPart, to room: RoomIndex, at now: Timestamp,
        _ effects: inout Effects
    ) -> (StoredEntry, SharedLog.Post?) {
        let bytes = part.bytes.span.extracting(entry.body)
        let place = Place(
            offset: entry.place.offset, epoch: Epoch(number: entry.place.epoch).number)
        let beginsEpoch = rooms[room].history.last.epoch != place.epoch
        let body = EntryBody(bytes)
        let written =
            body?.writeFrame(
                at: place, beginsEpoch: beginsEpoch, room: rooms[room].name, bytes,
                to: &effects.bytes)
            ?? EntryBody.writeUnreadable(
                at: place, beginsEpoch: beginsEpoch, room: rooms[room].name, bytes,
                to: &effects.bytes)
        var post: SharedLog.Post?
        if let key = entry.key, !shared.tickets.isEmpty {
            post = shared.tickets[SharedLog.PostKey(room: room, key: key)].flatMap {
                shared.posts[$0]
            }
        }
        var kept = written
        if let target = body?.target, !isThere(target, in: room) { kept.target = 0 }
        let age = max(0, now.wall - written.at)
        keep(
            kept, in: effects.bytes.span, of: room, mark: post?.mark ?? 0,
            at: Timestamp(monotonic: now.monotonic - age, wall: written.at))
        return (written, post)
    }

    /// Whether an entry's target is still what its author meant: since then, the log may have been
    /// replaced by another one. What is older than this node's memory is shown nowhere.
    private func isThere(_ target: Place, in room: RoomIndex) -> Bool {
        let history = rooms[room].history
        guard target.epoch != EntryBody.unknownEpoch, target.offset >= history.firstOffset,
            target.offset < history.nextOffset
        else { return true }
        return history.epoch(of: target.offset) == target.epoch
    }

    /// The newest entry's epoch is written often.
    private mutating func noteEpoch(of room: RoomIndex) {
        let epoch = rooms[room].history.last.epoch
        guard epoch != rooms[room].epoch else { return }
        rooms[room].epoch = epoch
        rooms[room].epochText = Epoch(number: epoch).text
    }

    /// Publishes what somebody gets who enters now: an unasked `joined`.
    private func publishState(of room: RoomIndex, _ effects: inout Effects) {
        let found = find(
            .newest, limit: View().messageLimit, byteLimit: limits.pageByteLimit, in: room, nil)
        guard case .messages(let shown) = found else { return }
        let start = effects.bytes.count
        effects.bytes.append("{\"type\":\"joined\",\"room\":\"")
        effects.bytes.append(utf8: rooms[room].name)
        effects.bytes.append("\"")
        writePlace(of: shown, in: room, to: &effects.bytes)
        writeTopic(of: room, to: &effects.bytes)
        effects.bytes.append(",\"recovered\":false")
        writeMessages(shown, of: room, to: &effects.bytes)
        effects.bytes.append(shown.isMore ? ",\"more\":true" : ",\"more\":false")
        writeMembersAndCount(of: room, to: &effects.bytes)
        effects.bytes.append("}")
        effects.publish(to: id(of: room), from: start)
    }
}
