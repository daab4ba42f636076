// Lists of rooms, and what of them a user has not read.
import ChatRooms

/// The statements that list. Each of them finds its rows by an index.
final class Listing {
    private let open: Statement
    private let own: Statement
    private let room: Statement
    private let people: Statement
    private let unread: Statement

    private static let columns =
        "number, key, name, last_offset, last_epoch, topic, kind, creator"
    /// The statements: a test looks at how SQLite finds their rows.
    static let queries = [
        "SELECT \(columns) FROM rooms WHERE kind = 0 AND key > ?1 ORDER BY key LIMIT ?2",
        """
        SELECT room, max(place), max(offset) FROM (
        SELECT room, 1 AS place, 0 AS offset FROM people WHERE user = ?1 UNION ALL
        SELECT room, 0, offset FROM reads WHERE user = ?1)
        GROUP BY room ORDER BY max(place) DESC, room DESC LIMIT ?2
        """,
        "SELECT \(columns) FROM rooms WHERE number = ?1",
        "SELECT user FROM people WHERE room = ?1 ORDER BY user",
        """
        SELECT kind, author, body FROM entries WHERE room = ?1 AND offset > ?2
        ORDER BY offset DESC LIMIT ?3
        """,
    ]

    /// The most entries that one question looks at: beyond that the rooms are listed without what
    /// is unread.
    static let rowLimit = 20_000

    /// Prepares the statements.
    init(_ connection: Connection) throws(DatabaseError) {
        open = try Statement(Self.queries[0], on: connection)
        own = try Statement(Self.queries[1], on: connection)
        room = try Statement(Self.queries[2], on: connection)
        people = try Statement(Self.queries[3], on: connection)
        unread = try Statement(Self.queries[4], on: connection)
    }

    /// The rooms, and how many rows were looked at.
    func rooms(_ request: ListingRequest) throws(DatabaseError) -> ([RoomListing], Int) {
        switch request {
        case .open(let key, let countLimit):
            var list: [RoomListing] = []
            open.bind(1, key)
            open.bind(2, countLimit)
            while try open.step() { list.append(RoomListing(Self.room(open))) }
            return (list, list.count)
        case .ofUser(let number, let name, let countLimit):
            return try rooms(of: number, Mention(of: name), countLimit)
        }
    }

    private func rooms(
        of user: Int64, _ mention: Mention, _ countLimit: Int
    ) throws(DatabaseError) -> ([RoomListing], Int) {
        var places: [(room: Int64, isPlace: Bool, read: Int)] = []
        own.bind(1, user)
        own.bind(2, countLimit)
        while try own.step() {
            places.append((own.integer(0), own.integer(1) == 1, Int(own.integer(2))))
        }
        var list: [RoomListing] = []
        var rowCount = places.count
        for place in places {
            guard let room = try storedRoom(place.room) else { continue }
            // Nobody may enter a room any more that was read before, or whose other side has gone.
            let people = room.kind == .open ? [] : try peopleOf(place.room)
            guard room.kind == .open || people.contains(user),
                room.kind != .direct || people.count == 2
            else { continue }
            var listing = RoomListing(room)
            listing.read = place.read
            if rowCount < Self.rowLimit {
                rowCount += try count(&listing, user, mention)
            }
            list.append(listing)
        }
        return (list, rowCount)
    }

    private func storedRoom(_ number: Int64) throws(DatabaseError) -> StoredRoom? {
        room.bind(1, number)
        defer { room.reset() }
        return try room.step() ? Self.room(room) : nil
    }

    /// The numbers of the users who may be in a room that is not open.
    func peopleOf(_ number: Int64) throws(DatabaseError) -> [Int64] {
        var numbers: [Int64] = []
        people.bind(1, number)
        while try people.step() { numbers.append(people.integer(0)) }
        return numbers
    }

    private func count(
        _ listing: inout RoomListing, _ user: Int64, _ mention: Mention
    ) throws(DatabaseError) -> Int {
        unread.bind(1, listing.room.number)
        unread.bind(2, listing.read)
        unread.bind(3, RoomListing.unreadLimit)
        var rowCount = 0
        while try unread.step() {
            rowCount += 1
            guard unread.kind(0) == .message, unread.integer(1) != user else { continue }
            listing.count(isMention: mention.isIn(unread.array(2).span))
        }
        return rowCount
    }

    private static func room(_ row: Statement) -> StoredRoom {
        StoredRoom(
            number: row.integer(0), key: row.string(1), name: row.string(2),
            last: Place(offset: Int(row.integer(3)), epoch: UInt64(bitPattern: row.integer(4))),
            firstOffset: 1, topic: row.array(5),
            kind: RoomKind(rawValue: UInt8(truncatingIfNeeded: row.integer(6))) ?? .private,
            creator: row.integer(7))
    }
}
