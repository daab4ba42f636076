// Puts what is in a batch into the tables, within the writer's transaction.
import ChatRooms

/// The statements that store. One transaction at a time: `begin`, batches, `commit`.
struct BatchWriter {
    private let connection: Connection
    private let beginning: Statement
    private let end: Statement
    private let entry: Statement
    private let epochThere: Statement
    private let room: Statement
    private let roomThere: Statement
    private let roomEnd: Statement
    private let user: Statement
    private let session: Statement
    private let forgetSessions: Statement
    private let forgetUser: Statement
    private let count: Statement
    private let topic: Statement
    private let deleting: Deleting
    private let places: PlacesOfUsers
    private let sanctions: SanctionWriter
    private let hooks: HookWriter

    /// The rooms of this transaction's entries, and what becomes of them.
    private var ends: [Int64: RoomEnd] = [:]
    /// How many entries this transaction adds.
    private(set) var addedCount = 0
    /// The number of the room of the entry before, and its end: most entries follow one of theirs.
    private var current: (room: Int64, end: RoomEnd)?

    private struct RoomEnd {
        var last: Place
        var addedByteCount = 0
    }

    /// What an entry counts for beside its texts, in bytes.
    static let entryByteCount = 64

    /// Prepares the statements.
    init(_ connection: Connection) throws(DatabaseError) {
        func prepare(_ sql: String) throws(DatabaseError) -> Statement {
            try Statement(sql, on: connection)
        }
        self.connection = connection
        beginning = try prepare("BEGIN IMMEDIATE")
        end = try prepare("COMMIT")
        entry = try prepare(
            """
            INSERT INTO entries(room, offset, epoch, begins, author, user, id, body, at, kind,
            target) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            ON CONFLICT (room, offset) DO NOTHING
            """)
        epochThere = try prepare("SELECT epoch FROM entries WHERE room = ?1 AND offset = ?2")
        room = try prepare(
            """
            INSERT INTO rooms(number, key, name, last_offset, last_epoch, topic, kind, creator)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING
            """)
        roomThere = try prepare("SELECT key FROM rooms WHERE number = ?1")
        roomEnd = try prepare(
            """
            UPDATE rooms SET last_offset = ?2, last_epoch = ?3, bytes = bytes + ?4
            WHERE number = ?1
            """)
        user = try prepare(
            """
            INSERT INTO users(number, key, name, password, created, seen, moderator)
            VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6) ON CONFLICT (number) DO UPDATE SET
            key = excluded.key, name = excluded.name, password = excluded.password,
            seen = excluded.seen, moderator = excluded.moderator
            """)
        session = try prepare(
            "INSERT OR REPLACE INTO sessions(proof, user, seen, client) VALUES (?1, ?2, ?3, ?4)")
        forgetSessions = try prepare("DELETE FROM sessions WHERE user = ?1")
        forgetUser = try prepare("DELETE FROM users WHERE number = ?1")
        topic = try prepare("UPDATE rooms SET topic = ?2 WHERE number = ?1")
        deleting = try Deleting(connection)
        places = try PlacesOfUsers(connection)
        sanctions = try SanctionWriter(connection)
        hooks = try HookWriter(connection)
        count = try prepare(
            "UPDATE meta SET entries = entries + ?1, next_user = max(next_user, ?2)")
    }

    mutating func begin() throws(DatabaseError) {
        ends.removeAll(keepingCapacity: true)
        (addedCount, current, highestForgotten) = (0, nil, 0)
        try beginning.run()
    }

    private var highestForgotten: Int64 = 0

    /// Stores what is in the batch.
    mutating func store(_ batch: borrowing StoreBatch) throws(DatabaseError) {
        let bytes = batch.bytes.span
        for index in batch.items.indices {
            switch batch.items[index] {
            case .entry(let entry, room: _, mark: _, reply: _): try store(entry, bytes)
            case .room(let room): try store(room)
            case .user(let user, reply: _): try store(user)
            case .forgetUser(let number): try forget(number)
            case .people(let room, let user, let mayEnter):
                try places.set(mayEnter, user, in: room)
            case .read(let room, let user, let offset): try places.setRead(offset, user, in: room)
            case .moderation(let change): try sanctions.store(change)
            case .hook(let change): try hooks.store(change)
            case .reply: continue
            }
        }
    }

    /// Ends the transaction: when this returns, everything in it is as durable as the connection's
    /// `synchronous` says. Returns the numbers of the rooms that got entries.
    mutating func commit() throws(DatabaseError) -> [Int64] {
        keepCurrent()
        for (number, end) in ends {
            roomEnd.bind(1, number)
            roomEnd.bind(2, end.last.offset)
            roomEnd.bind(3, Int64(end.last.epoch))
            roomEnd.bind(4, end.addedByteCount)
            try roomEnd.run()
            // An entry without its room: this is not the file that the chat began with.
            guard connection.changeCount == 1 else { throw contradiction }
        }
        if addedCount > 0 || highestForgotten > 0 {
            count.bind(1, addedCount)
            count.bind(2, highestForgotten + 1)
            try count.run()
        }
        try end.run()
        return Array(ends.keys)
    }

    // MARK: Items

    mutating func store(
        _ new: StoredEntry, _ bytes: Span<UInt8>
    ) throws(DatabaseError) {
        let (user, id, text) = (new.user, new.id, new.text)
        entry.bind(1, new.room)
        entry.bind(2, new.place.offset)
        entry.bind(3, Int64(new.place.epoch))
        entry.bind(4, new.beginsEpoch ? 1 : 0)
        entry.bind(5, new.author)
        entry.bind(6, text: bytes.extracting(user))
        entry.bind(7, text: bytes.extracting(id))
        entry.bind(8, text: bytes.extracting(text))
        entry.bind(9, new.at)
        entry.bind(10, Int(new.kind.rawValue))
        entry.bind(11, new.target)
        try entry.run()
        let isNew = connection.changeCount == 1
        if !isNew { try requireSame(new) }
        if current?.room != new.room {
            keepCurrent()
            current = (new.room, ends[new.room] ?? RoomEnd(last: new.place))
        }
        current!.end.last = new.place
        guard isNew else { return }
        addedCount += 1
        current!.end.addedByteCount += user.count + id.count + text.count + Self.entryByteCount
        switch new.kind {
        case .message, .edited, .reaction: return
        case .deleted:
            let removed = try deleting.empty(new.target, ofRoom: new.room)
            current!.end.addedByteCount -= removed
        case .topic:
            topic.bind(1, new.room)
            topic.bind(2, text: bytes.extracting(text))
            try topic.run()
        }
    }

    /// An entry that is there already was stored by a commit whose outcome was not known. One with
    /// another epoch is somebody else's: it is not overwritten.
    private func requireSame(_ entry: StoredEntry) throws(DatabaseError) {
        epochThere.bind(1, entry.room)
        epochThere.bind(2, entry.place.offset)
        defer { epochThere.reset() }
        guard try epochThere.step(), epochThere.integer(0) == Int64(entry.place.epoch) else {
            throw contradiction
        }
    }

    private mutating func keepCurrent() {
        if let (room, end) = current { ends[room] = end }
    }

    func store(_ new: StoredRoom) throws(DatabaseError) {
        room.bind(1, new.number)
        room.bind(2, new.key)
        room.bind(3, new.name)
        room.bind(4, new.last.offset)
        room.bind(5, Int64(new.last.epoch))
        room.bind(6, text: new.topic.span)
        room.bind(7, Int(new.kind.rawValue))
        room.bind(8, new.creator)
        try room.run()
        let isNew = connection.changeCount > 0
        for number in new.people { try places.set(true, number, in: new.number) }
        guard !isNew else { return }
        roomThere.bind(1, new.number)
        defer { roomThere.reset() }
        guard try roomThere.step(), roomThere.string(0) == new.key else { throw contradiction }
    }

    private func store(_ new: StoredUser) throws(DatabaseError) {
        user.bind(1, new.number)
        user.bind(2, new.key)
        user.bind(3, new.name)
        if let password = new.password { user.bind(4, password) } else { user.bindNull(4) }
        user.bind(5, new.seenAt)
        user.bind(6, new.isModerator ? 1 : 0)
        try user.run()
        forgetSessions.bind(1, new.number)
        try forgetSessions.run()
        for known in new.sessions {
            let bits = known.proof.bits
            session.bind(
                1, blob: (0..<16).map { UInt8(truncatingIfNeeded: bits >> (120 - 8 * $0)) })
            session.bind(2, new.number)
            session.bind(3, known.seenAt)
            session.bind(4, text: known.client.span)
            try session.run()
        }
    }

    private mutating func forget(_ number: Int64) throws(DatabaseError) {
        highestForgotten = max(highestForgotten, number)
        try places.forget(number)
        for statement in [forgetSessions, forgetUser] {
            statement.bind(1, number)
            try statement.run()
        }
    }

    private var contradiction: DatabaseError {
        DatabaseError(
            .failing(.replaced), connection.path,
            detail: "it holds another message, or another room, where a new one belongs")
    }
}
