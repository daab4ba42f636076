// Users without a connection: their names and sessions are kept for a while. What one address
// leaves behind takes nobody else's place.

extension Chat {
    /// Takes a connection out of the list of its user's connections.
    mutating func unlink(_ slot: UInt32, from user: UserIndex) {
        let next = connections[slot].nextOfUser
        connections[slot].nextOfUser = ConnectionRecord.noSlot
        users[user].connectionCount -= 1
        if isAccount(user) { accounts[users[user].account].forget(slot) }
        guard users[user].firstConnection != slot else {
            users[user].firstConnection = next
            return
        }
        var previous = users[user].firstConnection
        while connections[previous].nextOfUser != slot {
            previous = connections[previous].nextOfUser
        }
        connections[previous].nextOfUser = next
    }

    /// A user has lost a connection, which has left all its rooms already. With the last one, the
    /// user is gone, and counts for the address of that connection; an account is only away.
    mutating func userLost(_ user: UserIndex, _ slot: UInt32, at now: Timestamp) {
        unlink(slot, from: user)
        guard users[user].connectionCount == 0 else { return }
        if isAccount(user) { return accountLeft(user, at: now) }
        let owner = connections[slot].owner
        guard makePlace(forGoneUserOf: owner, at: now) else { return freeUser(user) }
        users[user].leftAt = now.monotonic
        save(user)
        goneUsers.append(user, in: &users)
        hold(user, by: owner)
    }

    /// A user who was gone is back.
    mutating func returned(_ user: UserIndex) {
        let owner = users[user].owner
        goneUsers.remove(user, in: &users)
        owners[owner].gone.remove(user, in: &users)
        users[user].owner = .none
        release(owner)
    }

    /// Makes sure that one more user who is gone may be kept: at a limit, the one who left first
    /// from the same address is forgotten, or if the table is full and the address has nobody
    /// there, the one who left first of all. Returns false if their names are still reserved:
    /// these are nobody's to take, and the newcomer is not kept.
    private mutating func makePlace(
        forGoneUserOf owner: OwnerIndex, at now: Timestamp
    ) -> Bool {
        let share = limits.goneUsersPerAddressLimit
        let hasShare = owners[owner].kind != .address || owners[owner].gone.count < share
        if hasShare, goneUsers.count < limits.goneUserLimit { return true }
        var victim = owners[owner].gone.first
        if hasShare, victim == .none || isReserved(victim, at: now) { victim = goneUsers.first }
        guard victim != .none, !isReserved(victim, at: now) else { return false }
        forgetUser(victim)
        return true
    }

    private func isReserved(_ user: UserIndex, at now: Timestamp) -> Bool {
        now.monotonic - users[user].leftAt < timing.nameReservation
    }

    /// Forgets the sessions that have had no connection for `sessionLifetime`.
    mutating func forgetGoneUsers(at now: Timestamp, _ rest: inout Int) {
        while rest > 0, goneUsers.first != .none,
            now.monotonic - users[goneUsers.first].leftAt >= timing.sessionLifetime
        {
            forgetUser(goneUsers.first)
            rest -= 1
        }
    }

    private mutating func forgetUser(_ user: UserIndex) {
        returned(user)
        freeUser(user)
    }

    /// Frees the place of a user without connections, who is in no chain.
    mutating func freeUser(_ user: UserIndex) {
        forgetStored(user)
        if isAccount(user) { removeAccount(of: user) }
        if users[user].isFindable { usersByName.remove(user, in: &users) }
        users.free(user, leaving: User())
    }
}
