// The command `topic`: says what a room is about.
import Storage

extension Chat {
    /// The most characters of a topic.
    static var topicScalarLimit: Int { 200 }

    /// Sets the room's topic; an empty one takes it away.
    mutating func topic(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        let value = try command.fields.string(.text)
        let name = try command.fields.string(ifPresent: .room)
        let slot = command.connection.slot
        let room = subscriptions[try subscription(of: slot, name, text)].room
        guard isAccount(connections[slot].user) else {
            throw CommandError(
                .forbidden, "Only who has an account may set the topic. Choose a password first.")
        }
        guard Int(value.scalarCount) <= Self.topicScalarLimit else {
            throw CommandError(.tooLong, "A topic has at most 200 characters.")
        }
        var body: MessageText?
        if value.scalarCount > 0 {
            guard !value.text(in: text).unicodeScalars.contains(where: { $0.value < 0x20 }) else {
                throw CommandError(.badRequest, "A topic is one line.")
            }
            body = try MessageText(value, in: text)
        }
        try submit(.topic, of: 0, to: room, body, command, text, &effects)
    }

    /// Appends `,"topic":"…"` if the room has one.
    func writeTopic(of room: RoomIndex, to out: inout ByteBuffer) {
        guard !rooms[room].topic.isEmpty else { return }
        out.append(",\"topic\":\"")
        out.append(rooms[room].topic.span)
        out.append("\"")
    }
}
