// Whether a database is sound: SQLite's own checks, and what has to hold between our tables.
import ChatRooms
import Storage

extension HistoryFile {
    /// What is wrong with the database, in sentences; empty if nothing is. It reads all of it, some
    /// seconds for a million messages. With `isQuick`, only SQLite's quick check is done.
    public func flaws(isQuick: Bool = false) throws(DatabaseError) -> [String] {
        try inOneState { () throws(DatabaseError) in
            // The quick one first: what it finds would make the others fail.
            for check in isQuick ? ["quick_check"] : ["quick_check", "integrity_check"] {
                let flaws = try sentences("PRAGMA \(check)(20)").filter { $0 != "ok" }
                if !flaws.isEmpty { return flaws }
            }
            if isQuick { return [] }
            var flaws: [String] = []
            for check in Self.checks { flaws += try sentences(check + " LIMIT 20") }
            if flaws.isEmpty { flaws += try SearchCheck.flaws(connection) }
            return try flaws + keyFlaws() + frameFlaws()
        }
    }

    /// Each selects the sentences about what is wrong.
    private static let checks = [
        """
        SELECT 'Room ' || room || ' has a gap: ' || count(*) || ' messages from ' || min(offset)
        || ' to ' || max(offset) || '.' FROM entries GROUP BY room
        HAVING count(*) <> max(offset) - min(offset) + 1
        """,
        """
        SELECT 'Room ' || room || ' has messages, and is not in the list of rooms.'
        FROM (SELECT DISTINCT room FROM entries) WHERE room NOT IN (SELECT number FROM rooms)
        """,
        """
        SELECT 'Room ' || number || ' ends with ' || last_offset || ', and its newest message is '
        || newest || '.' FROM (SELECT number, last_offset, last_epoch,
        (SELECT max(offset) FROM entries WHERE room = number) AS newest FROM rooms)
        WHERE newest IS NOT NULL AND (newest <> last_offset OR last_epoch <>
        (SELECT epoch FROM entries WHERE room = number AND offset = newest))
        """,
        """
        SELECT 'Message ' || later.offset || ' of room ' || later.room
        || ' is out of order, or says wrongly whether an epoch begins.'
        FROM entries later JOIN entries earlier
        ON earlier.room = later.room AND earlier.offset = later.offset - 1
        WHERE later.seq < earlier.seq OR later.begins <> (later.epoch <> earlier.epoch)
        """,
        """
        SELECT 'Room ' || number || ' counts ' || bytes || ' bytes, and has ' || there || '.'
        FROM (SELECT number, bytes, (SELECT coalesce(sum(length(CAST(user AS BLOB))
        + length(CAST(id AS BLOB)) + length(CAST(body AS BLOB)) + \(BatchWriter.entryByteCount)), 0)
        FROM entries WHERE room = number) AS there FROM rooms) WHERE bytes <> there
        """,
        """
        SELECT 'The database counts ' || entries || ' messages, and has ' || there || '.'
        FROM (SELECT entries, (SELECT count(*) FROM entries) AS there FROM meta)
        WHERE entries <> there
        """,
        """
        SELECT 'A conversation of two has ' || count(*) || ' people.' FROM rooms
        JOIN people ON room = number WHERE kind = \(RoomKind.direct.rawValue) GROUP BY number
        HAVING count(*) > 2
        """,
        """
        SELECT 'A session belongs to user ' || user || ', who is not in the list of users.'
        FROM sessions WHERE user NOT IN (SELECT number FROM users)
        """,
    ]

    private func sentences(_ sql: String) throws(DatabaseError) -> [String] {
        var found: [String] = []
        let rows = try Statement(sql, on: connection)
        while try rows.step() { found.append(rows.string(0)) }
        return found
    }

    /// Names are found by their keys.
    private func keyFlaws() throws(DatabaseError) -> [String] {
        guard try connection.integer("SELECT name_rules FROM meta") == NameKeys.rules else {
            return []
        }
        var flaws: [String] = []
        for table in ["rooms", "users"] {
            let rows = try Statement(
                """
                SELECT name, key FROM \(table)
                WHERE instr(key, char(1)) = 0 AND substr(key, 1, 1) <> '@'
                """, on: connection)
            while flaws.count < 20, try rows.step() {
                let (name, key) = (rows.string(0), rows.string(1))
                if Chat.nameKey(name) != key { flaws.append("\"\(name)\" has a wrong key.") }
            }
        }
        return flaws
    }

    /// Every message is such as a server may send.
    private func frameFlaws() throws(DatabaseError) -> [String] {
        var flaws: [String] = []
        let names = try roomNames()
        let rows = try Statement(
            "SELECT \(Self.columns) FROM entries", on: connection)
        var line = ByteBuffer()
        while flaws.count < 20, try rows.step() {
            line.removeAll(keepingCapacity: true)
            Self.write(rows, names[rows.integer(0)] ?? "", to: &line)
            if EntryFrame.read(line.span.extracting(droppingLast: 1)) == nil {
                flaws.append(
                    "Message \(rows.integer(1)) of room \(rows.integer(0)) is not well formed.")
            }
        }
        return flaws
    }
}
