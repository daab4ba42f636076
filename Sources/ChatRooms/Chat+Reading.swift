// The commands that leave rooms and users unchanged: typing, history and who.
import Storage

extension Chat {
    /// Publishes the hint that a user is typing. It gets a reply only if it is refused.
    mutating func typing(
        _ command: Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        let slot = command.connection.slot
        let name = try command.fields.string(.room)
        let subscription = try subscription(of: slot, name, text)
        let membership = subscriptions[subscription].membership
        let now = UInt32(truncatingIfNeeded: command.now.monotonic)
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

    func who(
        _ command: Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        let name = try command.fields.string(.room)
        let subscription = try subscription(of: command.connection.slot, name, text)
        let room = subscriptions[subscription].room
        let start = begin("who", command, text, &effects)
        effects.bytes.append(",\"room\":\"")
        effects.bytes.append(utf8: rooms[room].name)
        effects.bytes.append("\"")
        writeMembers(of: room, limit: limits.whoNameLimit, to: &effects.bytes)
        effects.bytes.append(",\"count\":")
        effects.bytes.append(decimal: rooms[room].members.count)
        effects.bytes.append("}")
        effects.reply(to: command.connection, from: start)
    }

    func history(
        _ command: Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        let name = try command.fields.string(.room)
        let before = try command.fields.number(ifPresent: .before, text)
        let after = try command.fields.number(ifPresent: .after, text)
        let limit = try command.fields.messageLimit(text)
        guard (before == nil) != (after == nil) else {
            throw CommandError(.badRequest, "Say either before or after which offset.")
        }
        let subscription = try subscription(of: command.connection.slot, name, text)
        let room = subscriptions[subscription].room
        let first = rooms[room].history.firstOffset
        let next = rooms[room].history.nextOffset
        let page: Range<Int>
        let isMore: Bool
        if let before {
            let end = min(max(before, first), next)
            page = newest(of: max(first, end - limit)..<end, in: room)
            isMore = page.lowerBound > first
        } else {
            let start = min(max(after!, first - 1), next - 1) + 1
            page = oldest(of: start..<min(start + limit, next), in: room)
            isMore = page.upperBound < next
        }
        let start = begin("history", command, text, &effects)
        effects.bytes.append(",\"room\":\"")
        effects.bytes.append(utf8: rooms[room].name)
        effects.bytes.append("\"")
        writeMessages(page, of: room, to: &effects.bytes)
        effects.bytes.append(isMore ? ",\"more\":true}" : ",\"more\":false}")
        effects.reply(to: command.connection, from: start)
    }

    /// Appends `,"messages":[…]`, oldest first. All of these messages must be kept.
    func writeMessages(_ offsets: Range<Int>, of room: RoomIndex, to out: inout ByteBuffer) {
        out.append(",\"messages\":[")
        for offset in offsets {
            if offset > offsets.lowerBound {
                out.append(UInt8(ascii: ","))
            }
            rooms[room].history.copy(offset, to: &out)
        }
        out.append(UInt8(ascii: "]"))
    }
}
