// Signing out: the session ends, with all of its connections, and its name is free.
import Storage

extension Chat {
    /// Ends the user's session. Its token proves nothing from now on, and anybody may take the
    /// name at once: nobody is left who could prove that it is theirs. This connection gets `ok`
    /// and is closed; the user's other connections are closed with 4005.
    mutating func logout(
        _ command: Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        // A user has one session, so there is nothing more to end.
        _ = try command.fields.bool(.everywhere, default: false)
        let key = command.connection
        let user = connections[key.slot].user
        let start = begin("ok", command, text, &effects)
        effects.bytes.append("}")
        effects.reply(to: key, from: start)
        effects.signedOutUser = users[user].name
        expel(key.slot, .signedOut, at: command.now, &effects)
        for slot in connectionSlots(of: user) {
            expel(slot, .sessionEnded, at: command.now, &effects)
        }
        freeUser(user)
    }

    /// The slots of a user's connections, in their order, which no restart changes.
    private func connectionSlots(of user: UserIndex) -> [UInt32] {
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
    private mutating func expel(
        _ slot: UInt32, _ cause: ChatClose, at now: Timestamp, _ effects: inout Effects
    ) {
        let key = ConnectionKey(slot: slot, generation: connections[slot].generation)
        while case let subscription = connections[slot].firstSubscription, subscription != .none {
            effects.add(.unsubscribe(key, id(of: subscriptions[subscription].room)))
            leave(slot, subscription, at: now, &effects)
        }
        unlink(slot, from: connections[slot].user)
        connections[slot].user = .none
        // It may be closing already, for flooding.
        guard connections[slot].state != .closing else { return }
        connections[slot].state = .closing
        effects.add(.close(key, cause))
    }
}
