// The commands that change what a message shows: edit, delete and react. Each change is an entry of
// the room's log, so that whoever resumes gets it as it was pushed.
import Storage

/// A message that shall be changed, as it is now.
struct ChangedMessage {
    var offset: Int
    /// See ``StoredEntry/author``.
    var author: Int64
    /// When it was sent: milliseconds since 1970 in UTC.
    var at: Int64
    /// What has become of it.
    var fold: Fold
}

extension Chat {
    /// For how long an author may edit a message, in milliseconds.
    static var editTime: Int64 { 24 * 3_600_000 }
    /// How many changes of a message are kept: each is looked at for every page with the message.
    static var changeLimit: Int { 128 }

    /// Gives a message of one's own another text.
    mutating func edit(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        let (body, _) = try messageParts(command.fields, text)
        guard let (room, message) = try changedMessage(command, text) else { return .asks }
        guard message.author == users[connections[command.connection.slot].user].number else {
            throw CommandError(.forbidden, "Only its author may edit a message.")
        }
        guard command.now.wall - message.at <= Self.editTime else {
            throw CommandError(.forbidden, "The message is too old: it may be edited for a day.")
        }
        try checkChangeCount(message)
        try submit(.edited, of: message.offset, to: room, body, command, text, &effects)
        return .done
    }

    /// Takes the text of a message of one's own away; a moderator's, of any message.
    mutating func delete(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        guard let (room, message) = try changedMessage(command, text) else { return .asks }
        let user = connections[command.connection.slot].user
        guard message.author == users[user].number || isModerator(user) else {
            throw CommandError(
                .forbidden, "Only its author, or a moderator, may delete a message.")
        }
        try submit(.deleted, of: message.offset, to: room, nil, command, text, &effects)
        return .done
    }

    /// Gives the user's reaction to a message, or takes it back. Without a change there is no new
    /// entry.
    mutating func react(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) -> Progress {
        var body: MessageText?
        if let emoji = try command.fields.string(ifPresent: .emoji) {
            guard emoji.isEmoji(in: text) else {
                throw CommandError(.emoji, "must be one emoji, or null to take it back.")
            }
            body = try MessageText(emoji, in: text)
        } else if command.fields[.emoji].kind == .missing {
            throw CommandError(.emoji, "is missing.")
        }
        guard let (room, message) = try changedMessage(command, text) else { return .asks }
        let author = users[connections[command.connection.slot].user].number
        let known = message.fold.reactions.first { $0.author == author }
        if known?.emoji ?? [] == body?.bytes(text) ?? [] {
            let offset = known?.offset ?? message.offset
            let history = rooms[room].history
            let epoch =
                offset < history.firstOffset ? history.last.epoch : history.epoch(of: offset)
            let place = Place(offset: offset, epoch: epoch)
            answer(acknowledge(command, text, room, place, &effects), &effects)
            return .done
        }
        try checkChangeCount(message)
        try submit(.reaction, of: message.offset, to: room, body, command, text, &effects)
        return .done
    }

    private func checkChangeCount(_ message: ChangedMessage) throws(CommandError) {
        guard message.fold.changeCount < Self.changeLimit else {
            throw CommandError(.forbidden, "This message was changed as often as it may be.")
        }
    }

    /// The room and the message that a command names. Nil if the store must be asked for the
    /// message, which is done then. Throws if there is none, or none any more.
    private mutating func changedMessage(
        _ command: borrowing Command, _ text: Span<UInt8>
    ) throws(CommandError) -> (RoomIndex, ChangedMessage)? {
        let name = try command.fields.string(ifPresent: .room)
        guard let offset = try command.fields.number(ifPresent: .offset, text) else {
            throw CommandError(.offset, "is missing.")
        }
        let slot = command.connection.slot
        let room = subscriptions[try subscription(of: slot, name, text)].room
        let history = rooms[room].history
        guard offset >= firstReadable(room, command.read.page), offset < history.nextOffset else {
            throw noSuchMessage
        }
        let message: ChangedMessage
        if offset >= history.firstOffset {
            message = try changedMessage(kept: offset, in: room)
        } else {
            guard let page = command.read.page else {
                let request = PageRequest(
                    ticket: 0, room: rooms[room].storedNumber, name: rooms[room].name,
                    direction: .after(offset: offset - 1, epoch: nil), end: offset + 1,
                    countLimit: 1, byteLimit: 1)
                try ask(
                    request, for: .connection(command.connection), command.read, isNewest: false)
                return nil
            }
            message = try changedMessage(offset, in: page, of: room)
        }
        guard message.fold.deletion == 0 else {
            throw CommandError(.notFound, "The message was deleted.")
        }
        return (room, message)
    }

    private func changedMessage(
        kept offset: Int, in room: RoomIndex
    ) throws(CommandError) -> ChangedMessage {
        let history = rooms[room].history
        guard history.kind(offset) == .message,
            let parts = EntryFrame.parts(of: history.frame(offset).span)
        else { throw noSuchMessage }
        let changes = history.changes(of: offset..<offset + 1)
        return ChangedMessage(
            offset: offset, author: history.author(offset), at: parts.at,
            fold: fold(of: offset, changes, onto: nil, in: room) ?? Fold())
    }

    private func changedMessage(
        _ offset: Int, in page: StoredPage, of room: RoomIndex
    ) throws(CommandError) -> ChangedMessage {
        guard let entry = page.entries.first, entry.place.offset == offset, entry.kind == .message
        else { throw noSuchMessage }
        let changes = rooms[room].history.changes(of: offset..<offset + 1)
        return ChangedMessage(
            offset: offset, author: entry.author, at: entry.at,
            fold: fold(of: offset, changes, onto: page.folds[offset], in: room) ?? Fold())
    }

    private var noSuchMessage: CommandError {
        CommandError(.notFound, "There is no message with this offset.")
    }
}
