// An account: a name that is somebody's own for good, with a password and several sessions.
import Storage

/// The place of an account in ``Chat/accounts``.
typealias AccountIndex = TableIndex<Account>

/// What an account has beside its user. Most users have none.
struct Account {
    /// A device or browser on which the user has logged in.
    struct Session {
        /// The token with this proof proves the account's user.
        var proof: SessionProof
        /// When it was last used for a login: milliseconds since 1970 in UTC.
        var seenAt: Int64
        /// What the client calls itself, as it stands inside of a JSON string.
        var client: [UInt8] = []
        /// The connections that have logged in by it.
        var slots: [UInt32] = []
    }

    var user: UserIndex = .none
    /// The password's hash, in a form that only whoever made it understands.
    var password = ""
    /// The one used last is the last one.
    var sessions: [Session] = []
    /// An operator has made it a moderator.
    var isModerator = false
    /// For whom the account counts: the address that it was made from.
    var owner: OwnerIndex = .none

    /// Sessions of one account: a person's devices and browsers.
    static var sessionLimit: Int { 16 }

    func session(with proof: SessionProof?) -> Int? {
        proof.flatMap { proof in sessions.firstIndex { $0.proof == proof } }
    }

    func session(of slot: UInt32) -> Int? { sessions.firstIndex { $0.slots.contains(slot) } }

    /// The session to give up when there are too many: the least recently used without a
    /// connection, or if all have one, the least recently used.
    var leastUsed: Int? { sessions.firstIndex { $0.slots.isEmpty } ?? sessions.indices.first }

    /// A connection is closed, or is nobody's any more.
    mutating func forget(_ slot: UInt32) {
        for index in sessions.indices { sessions[index].slots.removeAll { $0 == slot } }
    }
}
