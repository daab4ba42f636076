// The four kinds of record that a chat has besides its rooms. They are small: with a million
// members in one room, a million of each kind exist.
import Storage

/// One connection, found by its slot number. 40 bytes.
struct ConnectionRecord {
    enum State: UInt8 {
        /// No connection has this slot.
        case closed
        /// Connected, and not yet logged in.
        case waiting
        case loggedIn
        /// The server shall close it: its messages are ignored, and it gets no more.
        case closing
    }

    var generation: UInt32 = 0
    var user: UserIndex = .none
    var firstSubscription: RoomSubscriptionIndex = .none
    var roomCount: UInt16 = 0
    var state = State.closed
    /// Commands refused since the rate limit's bucket was last full.
    var refusalCount: UInt8 = 0
    /// When the rate limit's bucket will be full again, in microseconds (`Chat.admit`).
    var restsAt: Int64 = .min
    var resourceID: UInt64 = 0
    /// The slot of the user's next connection; `noSlot` after the last.
    var nextOfUser = ConnectionRecord.noSlot
    var owner: OwnerIndex = .none

    static let noSlot = UInt32.max
}

/// One user: a name, and the session that owns it. 112 bytes.
struct User: Named {
    var name = ""
    /// The token with this proof makes somebody this user. An account has sessions of its own.
    var session = SessionProof(bits: 0)
    /// Never given to another user, see `StoredUser`.
    var number: Int64 = 0
    var nameHash: UInt32 = 0
    var link: UserIndex = .none
    var connectionCount: UInt16 = 0
    /// False if another user has the name: since the rules of names have changed, both have the
    /// same key, and the other one's claim is older. It is in no index then.
    var isFindable = true
    /// The store does not have the present state of it yet.
    var isUnsaved = false
    var firstMembership: MembershipIndex = .none
    /// When the last connection closed, in milliseconds. Meaningless while there is a connection.
    var leftAt: Int64 = 0
    var gone = Links<User>()
    /// When the bucket of all the user's connections will be full again, as in `ConnectionRecord`.
    var restsAt: Int64 = .min
    /// The slot of the connection that logged in last.
    var firstConnection = ConnectionRecord.noSlot
    /// Whom the user counts for while gone; none while there is a connection.
    var owner: OwnerIndex = .none
    var ownersGone = Links<User>()
    /// Rooms that exist and that this session has opened.
    var openedRoomCount: UInt32 = 0
    /// None unless the name is this user's own.
    var account: AccountIndex = .none
    /// Before this time, in milliseconds, no other password is set.
    var passwordRestsAt: Int64 = .min
}

/// A user in a room, through one connection or several. 32 bytes.
struct Membership {
    var user: UserIndex = .none
    var room: RoomIndex = .none
    var neighbours = Links<Membership>()
    /// The user's next membership.
    var link: MembershipIndex = .none
    /// When this user's `typing` was last pushed: the lower 32 bits of the milliseconds.
    var typedAt: UInt32 = 0
    var connectionCount: UInt16 = 0
    /// How far the user has read, as far as it is known since this membership began.
    var readOffset: UInt32 = 0
}

/// A connection in a room. 12 bytes.
struct RoomSubscription {
    var room: RoomIndex = .none
    var membership: MembershipIndex = .none
    /// The connection's next subscription.
    var link: RoomSubscriptionIndex = .none
}

extension ChunkedTable<ConnectionRecord> {
    /// Appends empty records until the table has a place for `slot`.
    mutating func reach(_ slot: UInt32) {
        while count <= slot { append(ConnectionRecord()) }
    }
}
