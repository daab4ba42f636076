// What bans and mutes forbid: logging in, entering a room, and writing.
import Storage

extension Chat {
    /// Bans in force.
    public var banCount: Int { sanctions.banCount }
    /// Mutes in force.
    public var muteCount: Int { sanctions.muteCount }

    /// Throws if the user with this name, or this address, is banned from the server. `user` is
    /// nil if there is nobody with the name yet.
    func checkMayLogIn(
        _ key: NameKey, _ user: UserIndex?, _ command: borrowing Command
    ) throws(CommandError) {
        guard sanctions.banCount > 0 else { return }
        let slot = command.connection.slot
        let subject = SanctionSubject(
            number: user.map { users[$0].number } ?? 0,
            isAccount: user.map { isAccount($0) } ?? false,
            key: key, address: address(of: slot))
        guard let ban = sanctions.find(.ban, of: subject, inRoom: nil, at: command.now) else {
            return
        }
        throw CommandError(.forbidden, "You are banned", detail: ban.rest)
    }

    /// Throws if the connection's user is banned from the room with this name.
    @inline(__always)
    func checkMayEnter(_ room: String, _ command: borrowing Command) throws(CommandError) {
        guard sanctions.banCount > 0 || !grants.isEmpty else { return }
        try checkBan(from: room, command)
    }

    private func checkBan(from room: String, _ command: borrowing Command) throws(CommandError) {
        let subject = subject(of: command.connection.slot)
        let key = NameKey(room)
        if let claims = grants.claims(of: command.connection.slot), !claims.covers(key) {
            throw CommandError(.forbidden, "", detail: Self.wrongRoom)
        }
        guard let ban = sanctions.find(.ban, of: subject, inRoom: key.folded, at: command.now)
        else {
            return
        }
        throw CommandError(.forbidden, "You are banned from this room", detail: ban.rest)
    }

    /// Throws if the connection's user may not write in the room, or with nil, in a room of nobody
    /// but two. Every command that changes what others see asks here.
    @inline(__always)
    func checkMayWrite(
        _ command: borrowing Command, in room: RoomIndex?
    ) throws(CommandError) {
        guard sanctions.muteCount > 0 else { return }
        guard let mute = mute(of: command, in: room) else { return }
        throw CommandError(.forbidden, "You may only read here", detail: mute.rest)
    }

    /// Whether the user is muted in the room, so that nobody sees `typing` either.
    @inline(__always)
    func isMuted(_ command: borrowing Command, in room: RoomIndex) -> Bool {
        sanctions.muteCount > 0 && mute(of: command, in: room) != nil
    }

    /// Appends `,"muted":{…}` if the connection's user may only read in the room.
    func writeMute(in room: RoomIndex, _ command: borrowing Command, to out: inout ByteBuffer) {
        guard sanctions.muteCount > 0, let mute = mute(of: command, in: room) else { return }
        out.append(",\"muted\":{\"everywhere\":")
        out.append(mute.room == nil ? "true" : "false")
        Sanction.writeRest(until: mute.until, mute.reason, to: &out)
        out.append("}")
    }

    private func mute(of command: borrowing Command, in room: RoomIndex?) -> Sanction? {
        let key = room.map { NameKey(rooms[$0].name).folded }
        return sanctions.find(
            .mute, of: subject(of: command.connection.slot), inRoom: key, at: command.now)
    }

    private func subject(of slot: UInt32) -> SanctionSubject {
        let user = connections[slot].user
        return SanctionSubject(
            number: users[user].number, isAccount: isAccount(user), key: NameKey(users[user].name),
            address: address(of: slot))
    }

    /// Where a connection comes from, as far as sanctions care: who has a token is known by name.
    private func address(of slot: UInt32) -> ClientAddress {
        limits.requiresTokens ? .exempt : owners[connections[slot].owner].address
    }

    // MARK: Changing

    /// Begins with the sanctions that the store has.
    mutating func begin(with stored: [Sanction]) {
        for sanction in stored { _ = sanctions.insert(sanction) }
    }

    /// Keeps a sanction from now on, here and in the store.
    mutating func set(_ sanction: Sanction) {
        let (number, removed) = sanctions.insert(sanction)
        end(removed)
        guard hasStore else { return }
        var kept = sanction
        kept.number = number
        batch.items.append(.moderation(.set(kept)))
    }

    /// Has the store forget sanctions that hold no more.
    private mutating func end(_ numbers: [Int64]) {
        guard hasStore, !numbers.isEmpty else { return }
        batch.items.append(.moderation(.ended(numbers)))
    }

    mutating func lift(_ numbers: [Int64]) {
        for number in numbers { sanctions.remove(number) }
        end(numbers)
    }

    /// Forgets the sanctions whose time is over.
    mutating func forgetEndedSanctions(at now: Timestamp) {
        guard sanctions.banCount + sanctions.muteCount > 0 else { return }
        end(sanctions.removeEnded(at: now))
    }
}
