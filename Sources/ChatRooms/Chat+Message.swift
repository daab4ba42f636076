// Sending an entry: it gets its place and its frame, is kept, and is published once it is kept.
import Storage

/// An entry that has its author and its place, and whose frame and reply are written but not sent.
struct AcceptedEntry: ~Copyable {
    let room: RoomIndex
    /// Its ranges are in the effects' bytes.
    let entry: StoredEntry
    /// `Owner.mark` of whom it counts for.
    let mark: UInt32
    /// The reply; its ranges are in the effects' bytes too, right behind the frame.
    var reply = StoreBatch.Reply.nobody
}

extension Chat {
    mutating func message(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        let (body, id) = try messageParts(command.fields, text)
        let name = try command.fields.string(ifPresent: .room)
        let subscription = try subscription(of: command.connection.slot, name, text)
        let room = subscriptions[subscription].room
        let reply = try command.fields.number(ifPresent: .reply, text) ?? 0
        try say(body, id, reply, to: room, command, text, &effects)
    }

    /// Says something in a room, as an answer to the message at `reply`, unless that is 0.
    @inline(__always)
    mutating func say(
        _ body: MessageText, _ id: JSONValue?, _ reply: Int, to room: RoomIndex,
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        try checkMayWrite(command, in: room)
        guard reply <= rooms[room].history.lastOffset else {
            throw CommandError(.reply, "is the offset of a message of this room.")
        }
        let slot = command.connection.slot
        let user = connections[slot].user
        if shared.isOn {
            let said = Said(
                target: reply, text: body.bytes(text), id: idBytes(id, text),
                user: users[user].name, author: users[user].number)
            return try share(said, in: room, command, text, &effects)
        }
        let start = effects.bytes.count
        let entry = writeFrame(
            .message, of: reply, to: room, from: users[user].name, by: users[user].number, text,
            body, id, at: command.now, &effects)
        var message = AcceptedEntry(
            room: room, entry: entry, mark: owners[connections[slot].owner].mark)
        if let first = placeOfRetry(message, effects) {
            effects.bytes.removeLast(effects.bytes.count - start)
            counters.retryCount += 1
            if isKept(first, in: room) {
                return answer(acknowledge(command, text, room, first, &effects), &effects)
            }
            try checkStore()
            return appendReply(acknowledge(command, text, room, first, &effects), &effects)
        }
        try submit(&message, command, text, &effects)
    }

    /// The same for a change of a message or a room.
    mutating func submit(
        _ kind: EntryKind, of target: Int, to room: RoomIndex, _ body: MessageText?,
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        try checkMayWrite(command, in: room)
        let slot = command.connection.slot
        let user = connections[slot].user
        if shared.isOn {
            let said = Said(
                kind: kind, target: target, text: body?.bytes(text) ?? [],
                user: users[user].name, author: users[user].number)
            return try share(said, in: room, command, text, &effects)
        }
        let entry = writeFrame(
            kind, of: target, to: room, from: users[user].name, by: users[user].number, text, body,
            nil, at: command.now, &effects)
        var change = AcceptedEntry(
            room: room, entry: entry, mark: owners[connections[slot].owner].mark)
        try submit(&change, command, text, &effects)
    }

    /// Has an entry kept whose frame is written, if its sender may say something now.
    @inline(__always)
    private mutating func submit(
        _ message: inout AcceptedEntry, _ command: borrowing Command, _ text: Span<UInt8>,
        _ effects: inout Effects
    ) throws(CommandError) {
        let owner = connections[command.connection.slot].owner
        let frame = message.entry.frame
        do throws(CommandError) {
            try checkStore()
            try checkPlace(for: frame.count, of: message.mark, in: message.room, at: command.now)
            try checkAllowance(of: owner, at: command.now)
        } catch {
            effects.bytes.removeLast(effects.bytes.count - frame.lowerBound)
            throw error
        }
        spendAllowance(of: owner, frame.count, at: command.now)
        message.reply = acknowledge(
            command, text, message.room, message.entry.place, &effects)
        give(message, at: command.now, &effects)
    }

    /// The message's text, and the id that makes a retry safe.
    @inline(__always)
    func messageParts(
        _ fields: borrowing CommandFields, _ bytes: Span<UInt8>
    ) throws(CommandError) -> (text: MessageText, id: JSONValue?) {
        let body = try fields.string(.text)
        guard body.scalarCount > 0 else { throw CommandError(.text, "is empty.") }
        guard Int(body.scalarCount) <= limits.textScalarLimit else {
            throw CommandError(.tooLong, "The text is too long. Send it in parts.")
        }
        let id = try fields.string(ifPresent: .id)
        if let id, !(1...64).contains(id.textByteCount) {
            throw CommandError(.id, "has 1 to 64 bytes.")
        }
        return (try MessageText(body, in: bytes), id)
    }

    /// The place that the message has already, if it is a retry: of a message that is kept, or that
    /// will be.
    func placeOfRetry(_ message: borrowing AcceptedEntry, _ effects: borrowing Effects) -> Place? {
        guard !message.entry.id.isEmpty else { return nil }
        let room = message.room
        if rooms[room].pendingCount > 0, let pending = pendingIDs[PendingID(message, effects)] {
            return pending
        }
        let offset = rooms[room].history.find(
            author: message.entry.author, effects.bytes.span, message.entry.id)
        return offset.map { Place(offset: $0, epoch: rooms[room].history.epoch(of: $0)) }
    }

    /// Whether the message at this place, which has been given to the store, is kept by now.
    func isKept(_ place: Place, in room: RoomIndex) -> Bool {
        place.offset <= rooms[room].history.lastOffset
    }

    /// Writes the frame of the room's next entry. `body` is its text, nil if it has none.
    @inline(__always)
    func writeFrame(
        _ kind: EntryKind, of target: Int, to room: RoomIndex, from user: borrowing String,
        by author: Int64, _ text: Span<UInt8>, _ body: MessageText?, _ id: JSONValue?,
        at now: Timestamp, _ effects: inout Effects
    ) -> StoredEntry {
        let history = rooms[room].history.last
        let offset = history.offset + 1 + Int(rooms[room].pendingCount)
        var entry = StoredEntry(
            room: rooms[room].storedNumber, place: Place(offset: offset, epoch: rooms[room].epoch),
            kind: kind, target: target,
            beginsEpoch: rooms[room].pendingCount == 0 && history.epoch != rooms[room].epoch,
            author: author, at: now.wall)
        let start = effects.bytes.count
        entry.user = EntryFrame.open(
            kind, rooms[room].name, entry.place, beginsEpoch: entry.beginsEpoch, user,
            to: &effects.bytes)
        let hasText = EntryFrame.hasText(kind, isEmpty: body == nil)
        EntryFrame.beginText(kind, target, hasText: hasText, to: &effects.bytes)
        let textStart = effects.bytes.count
        body?.write(text, to: &effects.bytes)
        entry.text = textStart..<effects.bytes.count
        if hasText { EntryFrame.endText(to: &effects.bytes) }
        EntryFrame.writeTime(now.wall, to: &effects.bytes)
        if let id {
            effects.bytes.append(EntryFrame.beforeID)
            let idStart = effects.bytes.count
            writeID(id, text, to: &effects.bytes)
            entry.id = idStart..<effects.bytes.count
        }
        effects.bytes.append(EntryFrame.end)
        entry.frame = start..<effects.bytes.count
        return entry
    }

    /// Writes an id in the one form in which it is compared.
    private func writeID(_ id: JSONValue, _ text: Span<UInt8>, to out: inout ByteBuffer) {
        guard id.hasEscapes else {
            out.append(text.extracting(id.range))
            return
        }
        let unescaped = id.textBytes(in: text)
        out.append(escaped: unescaped.span, 0..<unescaped.count)
    }

    /// The same as bytes; none without an id.
    func idBytes(_ id: JSONValue?, _ text: Span<UInt8>) -> [UInt8] {
        guard let id else { return [] }
        var out = ByteBuffer(minimumCapacity: id.range.count)
        writeID(id, text, to: &out)
        return [UInt8](copying: out.span)
    }

    /// Gives a message to the store; without one it is kept at once.
    @inline(__always)
    mutating func give(
        _ message: borrowing AcceptedEntry, at now: Timestamp, _ effects: inout Effects
    ) {
        if hasStore {
            latest = now
            append(message, &effects)
        } else {
            kept(message, at: now, &effects)
        }
    }

    /// A message is in the store: puts it into the room's history, publishes it, and replies to its
    /// sender. Messages of one room come here in the order of their offsets.
    mutating func kept(
        _ message: borrowing AcceptedEntry, at now: Timestamp, _ effects: inout Effects
    ) {
        counters.count(message.entry.kind)
        rooms[message.room].lastActivity = now.monotonic
        keep(message, at: now, effects)
        effects.add(
            .publish(
                to: id(of: message.room), bytes: message.entry.frame, place: message.entry.place,
                sender: hasStore ? message.reply.recipient.key : nil))
        if case .connection(let sender) = message.reply.recipient {
            effects.add(.reply(to: sender, bytes: message.reply.text))
        }
    }

    /// Writes the reply that the message has this place.
    func acknowledge(
        _ command: borrowing Command, _ text: Span<UInt8>, _ room: RoomIndex, _ place: Place,
        _ effects: inout Effects
    ) -> StoreBatch.Reply {
        let start = begin("ok", command, text, &effects)
        let reference = command.reference.map {
            // It ends in front of the last quote.
            effects.bytes.count - 1 - $0.count..<effects.bytes.count - 1
        }
        effects.bytes.append(",\"offset\":")
        effects.bytes.append(decimal: place.offset)
        writeEpoch(place.epoch, of: room, to: &effects.bytes)
        // The author may not know the room yet.
        if rooms[room].kind == .direct {
            effects.bytes.append(",\"room\":\"")
            effects.bytes.append(utf8: rooms[room].name)
            effects.bytes.append("\"")
        }
        effects.bytes.append("}")
        return StoreBatch.Reply(
            recipient: .connection(command.connection), text: start..<effects.bytes.count,
            reference: reference ?? 0..<0)
    }

    /// Appends `,"epoch":"…"`.
    func writeEpoch(_ epoch: UInt64, of room: RoomIndex, to out: inout ByteBuffer) {
        out.append(",\"epoch\":\"")
        if epoch == rooms[room].epoch {
            out.append(utf8: rooms[room].epochText)
        } else {
            out.append(utf8: Epoch(number: epoch).text)
        }
        out.append("\"")
    }
}
