// The sessions of accounts: each device has its own, by a login with the password, and each ends by
// itself.
import Storage

extension Chat {
    /// Whether a token proves the user with this name.
    func isSession(_ proof: SessionProof?, of name: String) -> Bool {
        guard let proof, let user = usersByName.find(NameKey(name), in: users) else { return false }
        guard isAccount(user) else { return users[user].session == proof }
        return accounts[users[user].account].session(with: proof) != nil
    }

    /// Lets an account's user in if the password was right, with a new session. The refusal of a
    /// wrong one is the same for every name.
    mutating func admitUser(
        _ key: NameKey, _ name: String, _ answer: PasswordAnswer, _ command: borrowing Command,
        _ effects: inout Effects
    ) throws(CommandError) -> (UserIndex, SessionToken) {
        if case .busy = answer { throw Self.isBusy }
        guard case .right(let number) = answer, let user = usersByName.find(key, in: users),
            users[user].number == number, isAccount(user)
        else {
            throw CommandError(
                .badPassword, "This is not the name and password of an account. Try again.")
        }
        try checkMayLogIn(key, user, command)
        try checkConnectionCount(of: user)
        guard let token = tokens.popLast() else { throw noToken }
        let account = users[user].account
        if accounts[account].sessions.count >= Account.sessionLimit,
            let oldest = accounts[account].leastUsed
        {
            endSession(oldest, of: user, .sessionReplaced, at: command.now, &effects)
        }
        accounts[account].sessions.append(
            Account.Session(proof: token.proof, seenAt: command.now.wall))
        use(accounts[account].sessions.count - 1, of: user, name, command)
        return (user, token)
    }

    /// A connection logs in by a session of an account.
    mutating func use(
        _ session: Int, of user: UserIndex, _ name: String, _ command: borrowing Command
    ) {
        let account = users[user].account
        var used = accounts[account].sessions.remove(at: session)
        used.seenAt = command.now.wall
        used.slots.append(command.connection.slot)
        accounts[account].sessions.append(used)
        if users[user].connectionCount == 0 {
            awayAccountCount -= 1
            // The same name, perhaps in another spelling; its hash is the same.
            users[user].name = name
        }
        users[user].connectionCount += 1
        save(user)
    }

    /// An account has lost its last connection. It stays what it is.
    mutating func accountLeft(_ user: UserIndex, at now: Timestamp) {
        users[user].leftAt = now.monotonic
        awayAccountCount += 1
        save(user)
    }

    /// Ends one session of an account, and closes what is left of its connections.
    mutating func endSession(
        _ session: Int, of user: UserIndex, _ cause: ChatClose, at now: Timestamp,
        _ effects: inout Effects
    ) {
        let ended = accounts[users[user].account].sessions.remove(at: session)
        end([ended], of: user, cause, at: now, &effects)
    }

    /// Ends all sessions of an account, and closes what is left of its connections.
    mutating func endAllSessions(
        of user: UserIndex, _ cause: ChatClose, at now: Timestamp, _ effects: inout Effects
    ) {
        let ended = accounts[users[user].account].sessions
        accounts[users[user].account].sessions = []
        end(ended, of: user, cause, at: now, &effects)
    }

    private mutating func end(
        _ sessions: [Account.Session], of user: UserIndex, _ cause: ChatClose, at now: Timestamp,
        _ effects: inout Effects
    ) {
        for slot in sessions.flatMap(\.slots).sorted() { expel(slot, cause, at: now, &effects) }
        save(user)
    }
}
