// The four kinds of record that a chat is made of besides its rooms. They are kept small: with a
// million members in one room each of these exists a million times.
import Storage

/// "No record": what an index says that points nowhere.
let none = UInt32.max

/// One connection, in the place of its slot number. 32 bytes.
struct ConnectionRecord {
    enum State: UInt8 {
        /// No connection has this slot.
        case closed
        /// Connected, and not yet logged in.
        case waiting
        case loggedIn
        /// Told to be closed: says and hears nothing more.
        case closing
    }

    var generation: UInt32 = 0
    var user = none
    var firstSubscription = none
    var roomCount: UInt16 = 0
    var state = State.closed
    /// Commands refused since the rate limit was last at rest.
    var refusalCount: UInt8 = 0
    /// When the rate limit will be at rest again, in microseconds (`Chat.admit`).
    var restsAt: Int64 = .min
    var resourceID: UInt64 = 0
}

/// One user: a name, and the session that it belongs to. 64 bytes.
struct User: Named {
    var name = ""
    var session = SessionToken(bits: 0)
    var nameHash: UInt32 = 0
    var link = none
    var connectionCount: UInt32 = 0
    var firstMembership = none
    /// When the last connection went, in milliseconds. Without meaning while there is one.
    var leftAt: Int64 = 0
    var gone = Links()
}

/// A user in a room, by however many connections. 28 bytes.
struct Membership {
    var user = none
    var room = none
    var neighbours = Links()
    /// The user's next membership.
    var link = none
    /// When this user's typing was last passed on: milliseconds, the lower 32 bits.
    var typedAt: UInt32 = 0
    var connectionCount: UInt16 = 0
}

/// A connection in a room. 12 bytes.
struct RoomSubscription {
    var room = none
    var membership = none
    /// The connection's next subscription.
    var link = none
}

extension ChunkedTable<ConnectionRecord> {
    /// Makes `slot` a place of the table, and every number below it.
    mutating func reach(_ slot: UInt32) {
        while count <= slot { append(ConnectionRecord()) }
    }
}
