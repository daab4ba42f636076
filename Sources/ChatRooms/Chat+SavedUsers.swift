// Users in the store: who has which name, and by which session, survives the process.
import Storage

/// A change of a user, for the store.
enum UserChange {
    /// The user with this number has changed, or is new.
    case saved(UserIndex, number: Int64)
    case forgotten(number: Int64)
}

extension Chat {
    /// Begins with the users that the store has. They are gone as of now: their names are kept for
    /// them as if they had just left, since the time without a server does not count. Call it once,
    /// before any connection opens.
    public mutating func begin(with store: StoredState, at now: Timestamp) {
        nextRoomNumber = store.nextRoomNumber
        nextUserNumber = store.nextUserNumber
        begin(with: store.sanctions)
        begin(with: store.hooks)
        // Where two have one name, by the rules of names of before, the account keeps it, and of
        // two accounts the older one.
        let accounts = store.users.filter { $0.password != nil }
        for stored in accounts.sorted(by: { $0.number < $1.number }) {
            begin(with: stored, at: now)
        }
        for stored in store.users where stored.password == nil { begin(with: stored, at: now) }
    }

    private mutating func begin(with stored: StoredUser, at now: Timestamp) {
        let key = NameKey(stored.name)
        guard usersByName.find(key, in: users) == nil else { return }
        var user = User(
            name: stored.name, session: stored.sessions.last?.proof ?? SessionProof(bits: 0),
            number: stored.number, nameHash: key.hash, leftAt: now.monotonic)
        if let password = stored.password {
            user.session = SessionProof(bits: 0)
            let index = users.allocate(user)
            usersByName.insert(index, in: &users)
            let sessions = stored.sessions.suffix(Account.sessionLimit).map {
                Account.Session(proof: $0.proof, seenAt: $0.seenAt, client: $0.client)
            }
            var account = Account(user: index, password: password, sessions: sessions)
            account.isModerator = stored.isModerator
            makeAccount(account, for: Self.exempt)
            awayAccountCount += 1
        } else {
            guard !stored.sessions.isEmpty, goneUsers.count < limits.goneUserLimit else { return }
            let index = users.allocate(user)
            usersByName.insert(index, in: &users)
            goneUsers.append(index, in: &users)
            hold(index, by: Self.exempt)
        }
    }

    /// The store shall have the user's present state. A login does not wait for it: a session is
    /// durable when the first message behind it is, and a moment after the login at the latest.
    mutating func save(_ user: UserIndex) {
        guard hasStore, !users[user].isUnsaved else { return }
        users[user].isUnsaved = true
        changedUsers.append(.saved(user, number: users[user].number))
    }

    /// The store shall have nothing of the user, whose name is free, or another one's from now on.
    mutating func forgetStored(_ user: UserIndex) {
        guard hasStore else { return }
        users[user].isUnsaved = false
        changedUsers.append(.forgotten(number: users[user].number))
    }

    /// Puts what has changed into the next batch.
    mutating func addChangedUsers(at now: Timestamp) {
        guard !changedUsers.isEmpty else { return }
        for change in changedUsers {
            switch change {
            case .forgotten(let number): batch.items.append(.forgetUser(number))
            case .saved(let user, let number):
                guard users.contains(user), users[user].number == number, users[user].isUnsaved
                else { continue }
                users[user].isUnsaved = false
                batch.items.append(.user(record(of: user, at: now), reply: .nobody))
            }
        }
        changedUsers.removeAll(keepingCapacity: true)
    }

    /// Gives a user's present state to the store, and has the reply sent when it is kept. The
    /// reply's bytes are the last ones.
    mutating func append(
        _ user: UserIndex, _ reply: StoreBatch.Reply, at now: Timestamp, _ effects: inout Effects
    ) {
        // The user who had the name before must be forgotten first.
        users[user].isUnsaved = false
        addChangedUsers(at: now)
        let start = reply.text.lowerBound
        let distance = batch.add(effects.bytes.span, from: start)
        pendingByteCount += effects.bytes.count - start
        effects.bytes.removeLast(effects.bytes.count - start)
        batch.items.append(.user(record(of: user, at: now), reply: reply.moved(by: distance)))
        if case .connection(let key) = reply.recipient { countPendingReply(key, &effects) }
    }

    /// Answers a request when all that has changed so far is kept. Returns false if that is the
    /// case already, without a store: then the answer is the caller's.
    public mutating func answerWhenKept(
        _ json: [UInt8], _ request: RequestKey, at now: Timestamp, _ effects: inout Effects
    ) -> Bool {
        guard hasStore else { return false }
        addChangedUsers(at: now)
        let start = effects.bytes.count
        effects.bytes.append(json.span)
        let reply = StoreBatch.Reply(
            recipient: .request(request, isNew: false), text: start..<effects.bytes.count,
            reference: 0..<0)
        appendReply(reply, &effects)
        return true
    }

    /// What the store keeps of a user.
    private func record(of user: UserIndex, at now: Timestamp) -> StoredUser {
        var record = StoredUser(
            number: users[user].number, key: NameKey(users[user].name).folded,
            name: users[user].name, password: nil, seenAt: now.wall,
            sessions: [StoredUser.Session(proof: users[user].session, seenAt: now.wall)])
        if isAccount(user) {
            let account = accounts[users[user].account]
            record.password = account.password
            record.isModerator = account.isModerator
            record.sessions = account.sessions.map {
                StoredUser.Session(proof: $0.proof, seenAt: $0.seenAt, client: $0.client)
            }
        }
        return record
    }
}
