// Signing out: the session ends, with all of its connections, and its name is free.
import Storage

extension Chat {
    /// Ends the session of this connection, or with `session` another one, or with `everywhere` all
    /// of the user's. Their tokens prove nothing from now on. This connection gets `ok` and is
    /// closed if its own session ends; the others of these sessions are closed with 4005. Without
    /// an account a user has one session, and anybody may take the name at once: nobody is left who
    /// could prove that it is theirs. With a store `ok` comes when the end of the session is kept:
    /// no crash brings it back then.
    mutating func logout(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        let isEverywhere = try command.fields.bool(.everywhere, default: false)
        let key = command.connection
        let user = connections[key.slot].user
        if let id = try command.fields.string(ifPresent: .session) {
            guard !isEverywhere else {
                throw CommandError(
                    .badRequest, "Name one session, or sign out everywhere: not both.")
            }
            if let other = try session(id, of: key.slot, text) {
                endSession(other, of: user, .sessionEnded, at: command.now, &effects)
                return acknowledge(user, command, text, &effects)
            }
        }
        let name = users[user].name
        if !hasStore {
            effects.add(.reply(to: key, bytes: writeOK(command, text, &effects).text))
        }
        endSession(of: key.slot, user, isEverywhere, at: command.now, &effects)
        guard hasStore else { return }
        addChangedUsers(at: command.now)
        appendReply(writeOK(command, text, &effects), &effects)
        waits[key.slot]?.formerUser = name
    }

    /// Says `ok` when the user's present state is kept.
    mutating func acknowledge(
        _ user: UserIndex, _ command: borrowing Command, _ text: Span<UInt8>,
        _ effects: inout Effects
    ) {
        let reply = writeOK(command, text, &effects)
        if hasStore {
            append(user, reply, at: command.now, &effects)
        } else {
            effects.add(.reply(to: command.connection, bytes: reply.text))
        }
    }

    private mutating func endSession(
        of slot: UInt32, _ user: UserIndex, _ isEverywhere: Bool, at now: Timestamp,
        _ effects: inout Effects
    ) {
        guard isAccount(user) else {
            expel(slot, .signedOut, at: now, &effects, closesNow: !hasStore)
            expelAll(of: user, .sessionEnded, at: now, &effects)
            return freeUser(user)
        }
        let session = isEverywhere ? nil : accounts[users[user].account].session(of: slot)
        expel(slot, .signedOut, at: now, &effects, closesNow: !hasStore)
        if let session {
            endSession(session, of: user, .sessionEnded, at: now, &effects)
        } else {
            endAllSessions(of: user, .sessionEnded, at: now, &effects)
        }
    }

    /// Writes `{"type":"ok"}` as the last bytes, and what a refusal of the same would repeat.
    func writeOK(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) -> StoreBatch.Reply {
        let start = begin("ok", command, text, &effects)
        effects.bytes.append("}")
        let end = effects.bytes.count
        if hasStore, let reference = command.reference {
            effects.bytes.append(text.extracting(reference))
        }
        return StoreBatch.Reply(
            recipient: .connection(command.connection), text: start..<end,
            reference: end..<effects.bytes.count)
    }

    /// Closes all connections of a user.
    mutating func expelAll(
        of user: UserIndex, _ cause: ChatClose, at now: Timestamp, _ effects: inout Effects
    ) {
        for slot in connectionSlots(of: user) { expel(slot, cause, at: now, &effects) }
    }

    /// The slots of a user's connections, in their order, which no restart changes.
    func connectionSlots(of user: UserIndex) -> [UInt32] {
        var slots: [UInt32] = []
        var slot = users[user].firstConnection
        while slot != ConnectionRecord.noSlot {
            slots.append(slot)
            slot = connections[slot].nextOfUser
        }
        return slots.sorted()
    }

    /// Takes a connection out of its rooms and away from its user, and closes it. The server may
    /// need some time for that; until then the connection is nobody's. Without `closesNow` its last
    /// reply is on its way, and it is closed behind that.
    mutating func expel(
        _ slot: UInt32, _ cause: ChatClose, at now: Timestamp, _ effects: inout Effects,
        closesNow: Bool = true
    ) {
        let key = ConnectionKey(slot: slot, generation: connections[slot].generation)
        while case let subscription = connections[slot].firstSubscription, subscription != .none {
            unsubscribe(slot, from: subscriptions[subscription].room, &effects)
            leave(slot, subscription, at: now, &effects)
        }
        if !catchingUp.isEmpty { endCatchingUp(slot, &effects) }
        let user = connections[slot].user
        unlink(slot, from: user)
        connections[slot].user = .none
        if isAccount(user), users[user].connectionCount == 0 { accountLeft(user, at: now) }
        // It may be closing already, for flooding.
        guard connections[slot].state != .closing else { return }
        connections[slot].state = .closing
        if closesNow { effects.close(key, cause, of: users[user].name) }
    }
}
