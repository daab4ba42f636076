// The accounts that moderate, and what operators decide themselves.
import Storage

extension Chat {
    /// Moderators are accounts: an operator has made them so, or the command line names them. Or a
    /// token says so, on one of the user's connections.
    func isModerator(_ user: UserIndex) -> Bool {
        if !grants.isEmpty {
            return connectionSlots(of: user).contains { grants.claims(of: $0)?.isModerator == true }
        }
        guard isAccount(user) else { return false }
        return accounts[users[user].account].isModerator
            || appointedModerators.contains(users[user].number)
    }

    /// Lets exactly these accounts moderate as long as the process runs, beside those whom
    /// ``setModerator(_:_:)`` has made moderators. Returns the names that are no account, and have
    /// no effect: else anybody could take such a name, and moderate.
    public mutating func appointModerators(_ names: [String]) -> [String] {
        appointedModerators = []
        var missing: [String] = []
        for name in names {
            if let user = usersByName.find(NameKey(name), in: users), isAccount(user) {
                appointedModerators.insert(users[user].number)
            } else {
                missing.append(name)
            }
        }
        return missing
    }

    /// Makes an account a moderator, or ends that. Returns false if there is no such account.
    public mutating func setModerator(_ name: String, _ isModerator: Bool) -> Bool {
        guard let user = usersByName.find(NameKey(name), in: users), isAccount(user) else {
            return false
        }
        accounts[users[user].account].isModerator = isModerator
        if !isModerator { appointedModerators.remove(users[user].number) }
        save(user)
        return true
    }

    /// Carries out what an operator wants, who may do it to moderators too.
    public mutating func moderate(
        _ order: ModerationOrder, at now: Timestamp, _ effects: inout Effects
    ) throws(OperatorRefusal) -> ModerationRecord {
        do throws(CommandError) {
            var order = order
            if let room = order.room { order.room = try Name.room(room) }
            return try carryOut(order, by: nil, at: now, &effects)
        } catch {
            throw OperatorRefusal(error)
        }
    }

    /// The sanctions with numbers above `number`, `count` of them at most. It takes time in
    /// proportion to all of them.
    public func sanctions(after number: Int64, count: Int) -> [Sanction] {
        let numbers = sanctions.entries.keys.filter { $0 > number }.sorted().prefix(count)
        return numbers.map { sanctions.entries[$0]!.sanction }
    }
}
