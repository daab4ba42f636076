// Signing out: the session ends, with all of its connections, and its name is free.
import Storage

extension Chat {
    /// Ends the session of this connection, or with `everywhere` all of the user's. Their tokens
    /// prove nothing from now on. This connection gets `ok` and is closed; the others of these
    /// sessions are closed with 4005. Without an account a user has one session, and anybody may
    /// take the name at once: nobody is left who could prove that it is theirs.
    mutating func logout(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        let isEverywhere = try command.fields.bool(.everywhere, default: false)
        let key = command.connection
        let user = connections[key.slot].user
        let start = begin("ok", command, text, &effects)
        effects.bytes.append("}")
        effects.reply(to: key, from: start)
        effects.signedOutUser = users[user].name
        guard isAccount(user) else {
            expel(key.slot, .signedOut, at: command.now, &effects)
            expelAll(of: user, .sessionEnded, at: command.now, &effects)
            return freeUser(user)
        }
        let account = users[user].account
        let session = isEverywhere ? nil : accounts[account].session(of: key.slot)
        expel(key.slot, .signedOut, at: command.now, &effects)
        if let session {
            endSession(session, of: user, .sessionEnded, at: command.now, &effects)
        } else {
            endAllSessions(of: user, .sessionEnded, at: command.now, &effects)
        }
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
    /// need some time for that; until then the connection is nobody's.
    mutating func expel(
        _ slot: UInt32, _ cause: ChatClose, at now: Timestamp, _ effects: inout Effects
    ) {
        let key = ConnectionKey(slot: slot, generation: connections[slot].generation)
        while case let subscription = connections[slot].firstSubscription, subscription != .none {
            effects.add(.unsubscribe(key, id(of: subscriptions[subscription].room)))
            leave(slot, subscription, at: now, &effects)
        }
        let user = connections[slot].user
        unlink(slot, from: user)
        connections[slot].user = .none
        if isAccount(user), users[user].connectionCount == 0 { accountLeft(user, at: now) }
        // It may be closing already, for flooding.
        guard connections[slot].state != .closing else { return }
        connections[slot].state = .closing
        effects.add(.close(key, cause))
    }
}
