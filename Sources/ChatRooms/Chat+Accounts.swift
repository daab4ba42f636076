// What operators do with accounts: they see them, replace forgotten passwords, and free names.
import Storage

/// An account, as an operator sees it.
public struct AccountSummary: Sendable, Equatable {
    /// The name as the user wrote it last.
    public var name: String
    /// Devices that are logged in, or were and have not signed out.
    public var sessionCount: Int
    /// Open connections.
    public var connectionCount: Int
    /// Whether it may moderate.
    public var isModerator = false
    /// When a session was last used for a login: milliseconds since 1970 in UTC; 0 without one.
    public var seenAt: Int64
}

extension Chat {
    /// The number of places that accounts have had so far: all places are below it.
    public var accountPlaceCount: UInt32 { UInt32(accounts.endIndex) }

    /// The account at this place, if there is one. Takes constant time.
    public func account(atPlace place: UInt32) -> AccountSummary? {
        let index = AccountIndex(rawValue: place)
        guard accounts.contains(index), accounts[index].user != .none else { return nil }
        let user = accounts[index].user
        return AccountSummary(
            name: users[user].name, sessionCount: accounts[index].sessions.count,
            connectionCount: Int(users[user].connectionCount), isModerator: isModerator(user),
            seenAt: accounts[index].sessions.last?.seenAt ?? 0)
    }

    /// Whether the name is somebody's own.
    public func isAccount(_ name: String) -> Bool {
        usersByName.find(NameKey(name), in: users).map { isAccount($0) } ?? false
    }

    /// Gives an account another password, by its hash, and ends its sessions; their connections are
    /// closed with 4005. Returns false if there is no such account.
    public mutating func resetAccount(
        _ name: String, password hash: String, at now: Timestamp, _ effects: inout Effects
    ) -> Bool {
        guard let user = usersByName.find(NameKey(name), in: users), isAccount(user) else {
            return false
        }
        accounts[users[user].account].password = hash
        passwordFailures.succeeded([.account(NameKey(name).folded)])
        endAllSessions(of: user, .sessionRevoked, at: now, &effects)
        return true
    }

    /// Frees the name of an account. Its sessions end, and their connections are closed with 4005.
    /// Returns false if there is no such account.
    public mutating func deleteAccount(
        _ name: String, at now: Timestamp, _ effects: inout Effects
    ) -> Bool {
        guard let user = usersByName.find(NameKey(name), in: users), isAccount(user) else {
            return false
        }
        endAllSessions(of: user, .sessionRevoked, at: now, &effects)
        freeUser(user)
        return true
    }
}
