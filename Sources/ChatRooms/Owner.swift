// Whom rooms, history and the names of users who have gone count for. Places belong to somebody, so
// that nobody can take what belongs to all.
import Storage

/// An address of clients, or one of the two owners without limits by address. It exists as long as
/// something counts for it.
struct Owner {
    enum Kind: UInt8 {
        case address
        /// All clients whose address does not count.
        case exempt
        /// What publishes from outside: its rooms have places of their own.
        case operators
    }

    var kind = Kind.address
    var address = ClientAddress.exempt
    /// Stands for the address in the entries of a history, which may outlive this record. Two
    /// addresses rarely have the same one, and nobody can know which.
    var mark: UInt32 = 0
    /// Connections, rooms, gone users and accounts.
    var useCount: UInt32 = 0
    /// Rooms that its clients have opened and that count.
    var roomCount: UInt32 = 0
    /// Accounts that were made from it.
    var accountCount: UInt32 = 0
    /// Bytes allocated for the messages of its rooms.
    var historyByteCount = 0
    /// When its allowance of stored bytes will be whole again, in milliseconds: a bucket kept as
    /// one instant, as in `Chat.admit`.
    var storesAgainAt: Int64 = .min
    /// Its users who are gone, in the order in which they left.
    var gone = Chain<OwnersGoneUsers>()
    /// Its empty rooms in which nobody else has been, in the order in which they became empty.
    var spareRooms = Chain<SpareRooms>()
    /// Its rooms that keep messages, in the order of their last messages.
    var spokenRooms = Chain<OwnersSpokenRooms>()
    var spareRank = Links<Owner>()
    var historyRank = Links<Owner>()
}

/// The gone users of one owner.
enum OwnersGoneUsers: ChainKind {
    static func links(_ user: borrowing User) -> Links<User> { user.ownersGone }
    static func link(_ user: inout User, _ links: Links<User>) { user.ownersGone = links }
}

/// The spare rooms of one owner.
enum SpareRooms: ChainKind {
    static func links(_ room: borrowing Room) -> Links<Room> { room.spare }
    static func link(_ room: inout Room, _ links: Links<Room>) { room.spare = links }
}

/// The rooms of one owner that keep messages.
enum OwnersSpokenRooms: ChainKind {
    static func links(_ room: borrowing Room) -> Links<Room> { room.ownersSpoken }
    static func link(_ room: inout Room, _ links: Links<Room>) { room.ownersSpoken = links }
}

/// The owners with the same number of spare rooms.
enum SpareRank: ChainKind {
    static func links(_ owner: borrowing Owner) -> Links<Owner> { owner.spareRank }
    static func link(_ owner: inout Owner, _ links: Links<Owner>) { owner.spareRank = links }
}

/// The owners with about as many bytes of history.
enum HistoryRank: ChainKind {
    static func links(_ owner: borrowing Owner) -> Links<Owner> { owner.historyRank }
    static func link(_ owner: inout Owner, _ links: Links<Owner>) { owner.historyRank = links }
}
