// All messages of a database as lines of text.
import ChatRooms
import Storage

extension HistoryFile {
    /// Calls `write` with all messages in the order in which they came: each is its frame, always
    /// with its epoch, and a line feed. `write` gets many lines at once, and returns whether it
    /// wants more.
    ///
    /// It is the state of one moment. A server goes on meanwhile, and its write-ahead log grows
    /// until this is done. What is in rooms that are not open is left out: a backup has it. Returns
    /// how many messages were written.
    public func export(_ write: (Span<UInt8>) -> Bool) throws(DatabaseError) -> Int {
        try inOneState { () throws(DatabaseError) in
            let names = try roomNames()
            let rows = try Statement(
                """
                SELECT \(Self.columns) FROM entries ORDER BY seq
                """, on: connection)
            let closed = try closedRooms()
            var out = ByteBuffer()
            var count = 0
            while try rows.step() {
                guard let name = names[rows.integer(0)] else {
                    throw DatabaseError(
                        .failing(.damaged), path, detail: "a message is in no room")
                }
                if closed.contains(rows.integer(0)) { continue }
                Self.write(rows, name, to: &out)
                count += 1
                guard out.count >= Self.chunkByteCount else { continue }
                guard write(out.span) else { return count }
                out.removeAll(keepingCapacity: true)
            }
            if !out.isEmpty { _ = write(out.span) }
            return count
        }
    }

    /// Rooms that are not open belong to users, whom an export does not have.
    private func closedRooms() throws(DatabaseError) -> Set<Int64> {
        var numbers: Set<Int64> = []
        let rows = try Statement(
            "SELECT number FROM rooms WHERE kind <> \(RoomKind.open.rawValue)", on: connection)
        while try rows.step() { numbers.insert(rows.integer(0)) }
        return numbers
    }

    private static let chunkByteCount = 65_536

    /// The columns of a line.
    static let columns = "room, offset, epoch, author, at, user, body, id, kind, target"

    /// Writes the line of a row with these columns.
    static func write(_ row: Statement, _ name: String, to out: inout ByteBuffer) {
        let place = Place(
            offset: Int(row.integer(1)), epoch: UInt64(bitPattern: row.integer(2)))
        let entry = StoredEntry(
            room: row.integer(0), place: place, kind: row.kind(8), target: Int(row.integer(9)),
            beginsEpoch: true, author: row.integer(3), at: row.integer(4))
        let (text, id) = (row.bytes(6), row.bytes(7))
        _ = EntryFrame.write(
            entry, room: name, user: row.string(5), text: text, id: id, to: &out)
        out.append(0x0A)
    }
}
