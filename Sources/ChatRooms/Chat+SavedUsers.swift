// Users in the store: who has which name, and by which session, survives the process.
import Storage

/// What the store must be told of a user.
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
        for stored in store.users {
            let key = NameKey(stored.name)
            guard let session = stored.sessions.last, goneUsers.count < limits.goneUserLimit,
                usersByName.find(key, in: users) == nil
            else { continue }
            let user = users.allocate(
                User(
                    name: stored.name, session: session.proof, number: stored.number,
                    nameHash: key.hash, leftAt: now.monotonic))
            usersByName.insert(user, in: &users)
            goneUsers.append(user, in: &users)
            hold(user, by: Self.exempt)
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
                let record = StoredUser(
                    number: number, key: NameKey(users[user].name).folded, name: users[user].name,
                    password: nil, seenAt: now.wall,
                    sessions: [StoredUser.Session(proof: users[user].session, seenAt: now.wall)])
                batch.items.append(.user(record, reply: .nobody))
            }
        }
        changedUsers.removeAll(keepingCapacity: true)
    }
}
