// The commands that leave rooms and users unchanged: typing, history and who.
import Storage

extension Chat {
    /// Publishes the hint that a user is typing. It gets a reply only if it is refused.
    mutating func typing(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        let slot = command.connection.slot
        let name = try command.fields.string(.room)
        let subscription = try subscription(of: slot, name, text)
        let membership = subscriptions[subscription].membership
        let now = UInt32(truncatingIfNeeded: command.now.monotonic)
        guard !isMuted(command, in: memberships[membership].room) else { return }
        guard now &- memberships[membership].typedAt >= timing.typingInterval else { return }
        memberships[membership].typedAt = now
        let room = subscriptions[subscription].room
        let start = effects.bytes.count
        effects.bytes.append("{\"type\":\"typing\",\"room\":\"")
        effects.bytes.append(utf8: rooms[room].name)
        effects.bytes.append("\",\"user\":\"")
        effects.bytes.append(utf8: users[connections[slot].user].name)
        effects.bytes.append("\"}")
        effects.publish(to: id(of: room), from: start)
    }

    mutating func who(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        let name = try command.fields.string(.room)
        let subscription = try subscription(of: command.connection.slot, name, text)
        let room = subscriptions[subscription].room
        let start = begin("who", command, text, &effects)
        effects.bytes.append(",\"room\":\"")
        effects.bytes.append(utf8: rooms[room].name)
        effects.bytes.append("\"")
        writeMembers(of: room, limit: limits.whoNameLimit, to: &effects.bytes)
        writePeople(of: room, command, to: &effects.bytes)
        effects.bytes.append(",\"count\":")
        effects.bytes.append(decimal: memberCount(of: room))
        effects.bytes.append("}")
        effects.reply(to: command.connection, from: start)
    }

    /// Sends a page of the past. It waits for the store if that has to read it.
    mutating func history(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        let name = try command.fields.string(.room)
        let before = try command.fields.number(ifPresent: .before, text)
        let after = try command.fields.number(ifPresent: .after, text)
        let limit = try command.fields.messageLimit(text)
        guard (before == nil) != (after == nil) else {
            throw CommandError(.badRequest, "Say either before or after which offset.")
        }
        let subscription = try subscription(of: command.connection.slot, name, text)
        let room = subscriptions[subscription].room
        let page = command.read.page
        let selection =
            if let after {
                Selection.after(max(after, firstReadable(room, page) - 1), epoch: nil)
            } else {
                Selection.before(before!)
            }
        let found = find(selection, limit: limit, byteLimit: limits.pageByteLimit, in: room, page)
        switch found {
        case .missing(let request):
            try ask(request, for: .connection(command.connection), command.read, isNewest: false)
            return .asks
        case .messages(let messages):
            let start = begin("history", command, text, &effects)
            effects.bytes.append(",\"room\":\"")
            effects.bytes.append(utf8: rooms[room].name)
            effects.bytes.append("\"")
            writePlace(of: messages, in: room, to: &effects.bytes)
            writeMessages(messages, of: room, to: &effects.bytes)
            effects.bytes.append(messages.isMore ? ",\"more\":true}" : ",\"more\":false}")
            effects.reply(to: command.connection, from: start)
            return .done
        }
    }

    /// Appends `,"epoch":"…","offset":…` of the room's newest message, and `,"first_epoch":"…"` if
    /// the first of these messages has another epoch.
    func writePlace(of messages: Excerpt, in room: RoomIndex, to out: inout ByteBuffer) {
        let last = rooms[room].history.last
        writeEpoch(last.epoch, of: room, to: &out)
        out.append(",\"offset\":")
        out.append(decimal: last.offset)
        guard !messages.isEmpty else { return }
        let first = firstEpoch(of: messages, in: room)
        if first != last.epoch {
            out.append(",\"first_epoch\":\"")
            out.append(utf8: Epoch(number: first).text)
            out.append("\"")
        }
    }
}
