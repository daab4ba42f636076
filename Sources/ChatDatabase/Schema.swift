// The tables, and how a file of an older version becomes one of this version.
import ChatRooms
import Storage

/// The versions of a database: step n makes version n + 1 of version n. Version 0 is an empty file.
struct Schema: Sendable {
    /// In SQL. What SQL cannot do to a file, ``OpenedFile`` does behind it, as with keys of names.
    var steps: [String]
    /// What this program reads and writes; in the file it is `PRAGMA user_version`.
    var version: Int { steps.count }

    static var current: Schema {
        let steps = [tables + SearchIndex.tables]
        return Schema(
            steps: LaterVersion.current == .tables ? steps + ["CREATE TABLE later(one)"] : steps)
    }

    /// Tells our files from those of other programs: `PRAGMA application_id`, "Roos" in ASCII.
    static let applicationID: Int64 = 0x526F_6F73

    /// Whether the file is one of roost's; nil if it is empty.
    static func isOurs(_ connection: Connection) throws(DatabaseError) -> Bool? {
        let id = try connection.integer("PRAGMA application_id") ?? 0
        if id == applicationID { return true }
        let tables = try connection.integer("SELECT count(*) FROM sqlite_schema") ?? 0
        return id == 0 && tables == 0 ? nil : false
    }

    /// The version of a file of roost's.
    static func version(of connection: Connection) throws(DatabaseError) -> Int {
        Int(try connection.integer("PRAGMA user_version") ?? 0)
    }

    /// Brings the file to this version, in one transaction: it has the old version or the new one,
    /// whatever happens. The file is not newer.
    func migrate(_ connection: Connection) throws(DatabaseError) {
        let old = try Self.version(of: connection)
        guard old < version else { return }
        try connection.run("BEGIN IMMEDIATE")
        for step in steps[old...] { try connection.run(step) }
        try connection.run("PRAGMA application_id = \(Self.applicationID)")
        try connection.run("PRAGMA user_version = \(version)")
        try connection.run("COMMIT")
    }

    /// Version 1.
    ///
    /// - `meta` has one row. `next_room` and `next_user` are above every number whose row is gone.
    ///   `boot` names the last opening by a server; `entries` counts the rows of `entries`.
    /// - `rooms.bytes` is the sum of its entries', see ``DatabaseOptions/Retention``.
    /// - `entries.seq` counts all entries in the order in which they came, so that the oldest ones
    ///   are found at its beginning. `kind` is an ``EntryKind``, and `target` the offset of what it
    ///   changes or answers. `body` is the text as it stands in the frame, escaped; of what was
    ///   deleted it is empty.
    /// - `rooms.kind` is a ``RoomKind``. `people` has who may be in rooms that are not open, and
    ///   `reads` how far users have read.
    /// - `changes` finds what has become of a message; few entries are in it.
    /// - ``SearchIndex/tables`` finds words.
    /// - `sanctions` are bans and mutes, see ``Sanction``, and `hooks` programs that may post, see
    ///   ``Hook``.
    private static var tables: String {
        """
        CREATE TABLE meta(
            one INTEGER PRIMARY KEY CHECK (one = 1), name_rules INTEGER NOT NULL,
            boot BLOB NOT NULL, next_room INTEGER NOT NULL, next_user INTEGER NOT NULL,
            entries INTEGER NOT NULL) STRICT;
        INSERT INTO meta VALUES (1, \(NameKeys.rules), x'', 1, 1, 0);
        CREATE TABLE rooms(
            number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
            last_offset INTEGER NOT NULL, last_epoch INTEGER NOT NULL,
            bytes INTEGER NOT NULL DEFAULT 0, topic TEXT NOT NULL DEFAULT '',
            kind INTEGER NOT NULL DEFAULT 0, creator INTEGER NOT NULL DEFAULT 0) STRICT;
        CREATE INDEX open_rooms ON rooms(key) WHERE kind = 0;
        CREATE TABLE people(
            user INTEGER NOT NULL, room INTEGER NOT NULL, PRIMARY KEY (user, room))
            STRICT, WITHOUT ROWID;
        CREATE INDEX people_by_room ON people(room);
        CREATE TABLE reads(
            user INTEGER NOT NULL, room INTEGER NOT NULL, offset INTEGER NOT NULL,
            PRIMARY KEY (user, room)) STRICT, WITHOUT ROWID;
        CREATE TABLE entries(
            seq INTEGER PRIMARY KEY, room INTEGER NOT NULL, offset INTEGER NOT NULL,
            epoch INTEGER NOT NULL, begins INTEGER NOT NULL, author INTEGER NOT NULL,
            kind INTEGER NOT NULL, target INTEGER NOT NULL, user TEXT NOT NULL,
            id TEXT NOT NULL, body TEXT NOT NULL, at INTEGER NOT NULL,
            UNIQUE (room, offset)) STRICT;
        CREATE INDEX changes ON entries(room, target, offset)
            WHERE kind IN (\(EntryKind.changesInSQL));
        CREATE TABLE users(
            number INTEGER PRIMARY KEY, key TEXT NOT NULL, name TEXT NOT NULL,
            password TEXT, created INTEGER NOT NULL, seen INTEGER NOT NULL,
            moderator INTEGER NOT NULL DEFAULT 0) STRICT;
        CREATE TABLE sessions(
            proof BLOB PRIMARY KEY, user INTEGER NOT NULL, seen INTEGER NOT NULL,
            client TEXT NOT NULL) STRICT;
        CREATE INDEX sessions_by_user ON sessions(user);
        CREATE TABLE sanctions(
            number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, room TEXT, user TEXT NOT NULL,
            user_number INTEGER NOT NULL, account INTEGER NOT NULL, address BLOB NOT NULL,
            at INTEGER NOT NULL, until INTEGER, moderator TEXT, reason TEXT NOT NULL) STRICT;
        CREATE TABLE hooks(
            number INTEGER PRIMARY KEY, room TEXT NOT NULL, name TEXT NOT NULL,
            proof BLOB NOT NULL UNIQUE, at INTEGER NOT NULL) STRICT;
        """
    }
}
