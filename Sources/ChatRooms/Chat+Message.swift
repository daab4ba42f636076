// Sending a message: it is accepted first, and published once it is stored.

/// An accepted message: it has its author and its offset in the room, and its push and its reply
/// are written but not sent.
struct AcceptedMessage {
    /// Nil if it came without a connection.
    let sender: ConnectionKey?
    let room: RoomIndex
    let offset: Int
    let author: UInt64
    /// `Owner.mark` of whom it counts for.
    let mark: UInt32
    let idByteCount: Int
    /// What all subscribers of the room get, in the effects' bytes.
    var push: Range<Int>
    /// The reply to the sender, if there is a sender.
    var acknowledgement: Range<Int>
}

extension Chat {
    mutating func message(
        _ command: Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        let (body, id) = try messageParts(command.fields, text)
        let name = try command.fields.string(ifPresent: .room)
        let slot = command.connection.slot
        let subscription = try subscription(of: slot, name, text)
        let room = subscriptions[subscription].room

        let accepted = accept(command, text, body, id, room, &effects)
        if let first = firstOffset(of: accepted, effects) {
            effects.bytes.removeLast(effects.bytes.count - accepted.push.lowerBound)
            counters.retryCount += 1
            let start = effects.bytes.count
            acknowledge(command, text, first, &effects)
            effects.reply(to: command.connection, from: start)
            return
        }
        do throws(CommandError) {
            try checkPlace(for: accepted, at: command.now)
        } catch {
            effects.bytes.removeLast(effects.bytes.count - accepted.push.lowerBound)
            throw error
        }
        stored(accepted, at: command.now, &effects)
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

    /// The offset that the message already has, if it is a retry of a kept message.
    func firstOffset(of message: AcceptedMessage, _ effects: borrowing Effects) -> Int? {
        guard message.idByteCount > 0 else { return nil }
        let end = message.push.upperBound - 2
        return rooms[message.room].history.find(
            author: message.author, effects.bytes.span, end - message.idByteCount..<end)
    }

    /// Writes the push that all subscribers will get.
    private func accept(
        _ command: Command, _ text: Span<UInt8>, _ body: MessageText, _ id: JSONValue?,
        _ room: RoomIndex, _ effects: inout Effects
    ) -> AcceptedMessage {
        let user = connections[command.connection.slot].user
        let offset = rooms[room].history.nextOffset
        let start = effects.bytes.count
        let idByteCount = writePush(
            to: room, from: users[user].name, text, body, id, at: command.now, &effects)
        let end = effects.bytes.count
        acknowledge(command, text, offset, &effects)
        return AcceptedMessage(
            sender: command.connection, room: room, offset: offset,
            author: users[user].session.fingerprint,
            mark: owners[connections[command.connection.slot].owner].mark,
            idByteCount: idByteCount, push: start..<end, acknowledgement: end..<effects.bytes.count)
    }

    /// Writes the room's next message, and returns how many bytes its id has.
    @inline(__always)
    func writePush(
        to room: RoomIndex, from user: borrowing String, _ text: Span<UInt8>, _ body: MessageText,
        _ id: JSONValue?, at now: Timestamp, _ effects: inout Effects
    ) -> Int {
        effects.bytes.append("{\"type\":\"message\",\"room\":\"")
        effects.bytes.append(utf8: rooms[room].name)
        effects.bytes.append("\",\"offset\":")
        effects.bytes.append(decimal: rooms[room].history.nextOffset)
        effects.bytes.append(",\"user\":\"")
        effects.bytes.append(utf8: user)
        effects.bytes.append("\",\"text\":\"")
        body.write(text, to: &effects.bytes)
        effects.bytes.append("\",\"at\":\"")
        now.writeWall(to: &effects.bytes)
        var idByteCount = 0
        if let id {
            effects.bytes.append("\",\"id\":\"")
            let idStart = effects.bytes.count
            writeID(id, text, &effects)
            idByteCount = effects.bytes.count - idStart
        }
        effects.bytes.append("\"}")
        return idByteCount
    }

    /// Writes an id in the one form in which it is compared.
    private func writeID(_ id: JSONValue, _ text: Span<UInt8>, _ effects: inout Effects) {
        guard id.hasEscapes else {
            effects.bytes.append(text.extracting(id.range))
            return
        }
        let unescaped = id.textBytes(in: text)
        effects.bytes.append(escaped: unescaped.span, 0..<unescaped.count)
    }

    /// Stores a message in the room's history, publishes it and replies to its sender. Messages of
    /// one room come here in the order of their offsets.
    mutating func stored(
        _ message: AcceptedMessage, at now: Timestamp, _ effects: inout Effects
    ) {
        counters.messageCount += 1
        let room = message.room
        rooms[room].lastActivity = now.monotonic
        keep(message, at: now, effects)
        let place = Place(offset: message.offset, epoch: rooms[room].epoch)
        effects.add(.publish(to: id(of: room), bytes: message.push, place: place))
        if let sender = message.sender {
            effects.add(.reply(to: sender, bytes: message.acknowledgement))
        }
    }

    private func acknowledge(
        _ command: Command, _ text: Span<UInt8>, _ offset: Int, _ effects: inout Effects
    ) {
        _ = begin("ok", command, text, &effects)
        effects.bytes.append(",\"offset\":")
        effects.bytes.append(decimal: offset)
        effects.bytes.append("}")
    }
}
