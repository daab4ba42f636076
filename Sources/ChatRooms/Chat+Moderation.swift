// Moderation: sending somebody out of a room or away, keeping somebody out, and muting.
import Storage

extension Chat {
    /// One of the moderators' commands.
    mutating func moderate(
        _ action: ModerationAction, _ command: borrowing Command, _ text: Span<UInt8>,
        _ effects: inout Effects
    ) throws(CommandError) {
        let order = try ModerationOrder(action, command.fields, text)
        let moderator = connections[command.connection.slot].user
        try checkModerates(moderator)
        if let user = usersByName.find(NameKey(order.user), in: users), isModerator(user) {
            throw CommandError(.forbidden, "This is a moderator, and answers to the operator.")
        }
        let record = try carryOut(
            order, by: users[moderator].name, at: command.now, &effects)
        effects.moderations.append(record)
        effects.add(.moderated(index: effects.moderations.count - 1))
        acknowledge(command, text, &effects)
    }

    /// Carries out what a moderator, or with nil an operator, wants.
    mutating func carryOut(
        _ order: ModerationOrder, by moderator: String?, at now: Timestamp,
        _ effects: inout Effects
    ) throws(CommandError) -> ModerationRecord {
        var record = ModerationRecord(
            action: order.action, room: order.room, user: order.user, by: moderator, until: nil,
            reason: order.reason)
        switch order.action {
        case .kick:
            let user = try user(named: order.user)
            record.user = users[user].name
            try checkIsThere(user, order.room)
            announce(record, user, &effects)
            record.connectionCount = sendOut(user, record, at: now, &effects)
        case .ban, .mute:
            let user = try user(named: order.user)
            record.user = users[user].name
            record.until = order.seconds.map { now.wall + Int64($0) * 1000 }
            set(sanction(record, user, at: now))
            announce(record, user, &effects)
            if order.action == .ban {
                record.connectionCount = sendOut(user, record, at: now, &effects)
            }
        case .unban, .unmute:
            let kind: Sanction.Kind = order.action == .unban ? .ban : .mute
            let user = usersByName.find(NameKey(order.user), in: users)
            let found = sanctions.find(
                kind, name: NameKey(order.user), number: user.map { users[$0].number },
                room: order.room)
            guard let first = found.first else {
                throw CommandError(
                    .notFound,
                    kind == .ban ? "This user is not banned here." : "This user is not muted here.")
            }
            record.user = sanctions.entries[first]!.sanction.user
            lift(found)
            announce(record, user, &effects)
        }
        counters.count(order.action)
        return record
    }

    static var nobody: CommandError {
        CommandError(.notFound, "There is nobody with this name.")
    }

    private func user(named name: String) throws(CommandError) -> UserIndex {
        // Somebody may have had the name before: to mute that user would silence nobody.
        guard !hooks.have(NameKey(name)) else {
            throw CommandError(
                .notFound, "This is a program: an operator ends it with 'roost hook delete'.")
        }
        guard let user = usersByName.find(NameKey(name), in: users) else { throw Self.nobody }
        return user
    }

    private func checkIsThere(_ user: UserIndex, _ room: String?) throws(CommandError) {
        guard let room else {
            guard users[user].connectionCount > 0 else {
                throw CommandError(.notFound, "This user is not connected.")
            }
            return
        }
        guard let room = roomsByName.find(NameKey(room), in: rooms),
            membership(of: user, in: room) != nil
        else { throw CommandError(.notFound, "This user is not in the room.") }
    }

    /// The sanction that a record says. Of a user without an account, it holds for the address of
    /// the newest connection too, or of the last one.
    private func sanction(
        _ record: ModerationRecord, _ user: UserIndex, at now: Timestamp
    ) -> Sanction {
        var address = ClientAddress.exempt
        let slot = users[user].firstConnection
        let owner = slot == ConnectionRecord.noSlot ? users[user].owner : connections[slot].owner
        if !isAccount(user), owner != .none, !limits.requiresTokens {
            address = owners[owner].address
        }
        return Sanction(
            kind: record.action == .ban ? .ban : .mute, room: record.room, user: record.user,
            userNumber: users[user].number, isAccount: isAccount(user), address: address,
            at: now.wall, until: record.until, by: record.by, reason: record.reason)
    }

    // MARK: What others see

    /// Pushes what was done to the room; what was done everywhere, to all rooms of the user.
    private mutating func announce(
        _ record: ModerationRecord, _ user: UserIndex?, _ effects: inout Effects
    ) {
        if let name = record.room {
            guard let room = roomsByName.find(NameKey(name), in: rooms),
                rooms[room].members.count > 0
            else { return }
            return push(record, to: room, &effects)
        }
        guard let user else { return }
        var index = users[user].firstMembership
        while index != .none {
            push(record, to: memberships[index].room, &effects)
            index = memberships[index].link
        }
    }

    private mutating func push(
        _ record: ModerationRecord, to room: RoomIndex, _ effects: inout Effects
    ) {
        let start = effects.bytes.count
        effects.bytes.append("{\"type\":\"moderated\",\"room\":\"")
        effects.bytes.append(utf8: rooms[room].name)
        effects.bytes.append("\",\"action\":\"")
        effects.bytes.append(utf8: record.action.rawValue)
        effects.bytes.append("\",\"user\":\"")
        effects.bytes.append(utf8: record.user)
        effects.bytes.append(
            record.room == nil ? "\",\"everywhere\":true" : "\",\"everywhere\":false")
        if let moderator = record.by {
            effects.bytes.append(",\"by\":\"")
            effects.bytes.append(utf8: moderator)
            effects.bytes.append("\"")
        }
        Sanction.writeRest(until: record.until, record.reason, to: &effects.bytes)
        effects.bytes.append("}")
        publishNews(in: room, from: start, &effects)
    }

    // MARK: Sending out

    /// Takes the user's connections out of the room, or closes them. Returns their number.
    private mutating func sendOut(
        _ user: UserIndex, _ record: ModerationRecord, at now: Timestamp, _ effects: inout Effects
    ) -> Int {
        let sentence = Self.sentence(record)
        let slots = connectionSlots(of: user)
        guard let name = record.room else {
            let open = slots.filter { connections[$0].state != .closing }
            for slot in open {
                // It is in its rooms until it has closed, and its commands are ignored.
                connections[slot].state = .closing
                effects.close(
                    ConnectionKey(slot: slot, generation: connections[slot].generation),
                    record.action == .ban ? .banned : .kicked, of: users[user].name, sentence)
            }
            return open.count
        }
        guard let filter = connectionFilter(user: nil, room: name) else { return 0 }
        return slots.count { slot in
            let key = ConnectionKey(slot: slot, generation: connections[slot].generation)
            return expel(key, filter, text: sentence, at: now, &effects)
        }
    }

    /// What is said to somebody who is sent out. As the reason of a Close frame it has 123 bytes at
    /// most; where the time does not fit beside the moderator's words, these are all.
    private static func sentence(_ record: ModerationRecord) -> String {
        let whole: String
        switch (record.action, record.room) {
        case (.ban, nil): whole = "You are banned"
        case (.ban, _): whole = "You are banned from this room"
        default:
            let standard =
                record.by == nil
                ? "An operator has sent you out." : "A moderator has sent you out."
            guard record.room == nil else {
                return record.reason.isEmpty ? standard : record.reason
            }
            return ModerationOrder.farewell(record.reason, standard: standard)
        }
        let sentence = whole + Sanction.rest(until: record.until, record.reason)
        return sentence.utf8.count <= ModerationOrder.reasonByteLimit ? sentence : record.reason
    }
}
