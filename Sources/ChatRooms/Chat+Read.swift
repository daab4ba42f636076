// The command `read`: how far a user has read a room, the same on all of the user's devices.
import Storage

extension Chat {
    /// What one `read` takes of the bytes that an address may have stored.
    private static var readByteCount: Int { 64 }

    /// Notes that the user has read so far. It never goes back.
    mutating func read(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        guard let offset = try command.fields.number(ifPresent: .offset, text) else {
            throw CommandError(.offset, "is missing.")
        }
        let name = try command.fields.string(.room)
        let slot = command.connection.slot
        let subscription = try subscription(of: slot, name, text)
        let (room, membership) = (
            subscriptions[subscription].room, subscriptions[subscription].membership
        )
        let read = UInt32(clamping: min(offset, rooms[room].history.lastOffset))
        guard read > memberships[membership].readOffset else {
            return acknowledge(command, text, &effects)
        }
        try checkStore()
        try checkAllowance(of: connections[slot].owner, at: command.now)
        spendAllowance(of: connections[slot].owner, Self.readByteCount, at: command.now)
        memberships[membership].readOffset = read
        let user = connections[slot].user
        store(
            .read(
                room: rooms[room].storedNumber, user: users[user].number, offset: Int(read)))
        for other in connectionSlots(of: user)
        where other != slot && connections[other].state == .loggedIn
            && self.subscription(of: other, to: room) != nil
        {
            let start = effects.bytes.count
            effects.bytes.append("{\"type\":\"read\",\"room\":\"")
            effects.bytes.append(utf8: rooms[room].name)
            effects.bytes.append("\",\"offset\":")
            effects.bytes.append(decimal: Int(read))
            effects.bytes.append("}")
            effects.reply(to: key(of: other), from: start)
        }
        acknowledge(command, text, &effects)
    }
}
