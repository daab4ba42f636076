// What is left in the file of a message that was deleted: its place, its author and its time.
import ChatRooms

/// The statements that take texts away.
struct Deleting {
    private let emptying: Statement
    private let texts: Statement
    private let index: SearchIndex

    private static let condition =
        """
        room = ?1 AND (offset = ?2 OR (target = ?2 AND kind IN (\(EntryKind.changesInSQL))
        AND kind = \(EntryKind.edited.rawValue)))
        """

    /// The statements: a test looks at how SQLite finds their rows.
    static let queries = [
        "SELECT seq, kind, body FROM entries WHERE " + condition,
        "UPDATE entries SET body = '' WHERE " + condition,
    ]

    /// Prepares the statements.
    init(_ connection: Connection) throws(DatabaseError) {
        texts = try Statement(Self.queries[0], on: connection)
        emptying = try Statement(Self.queries[1], on: connection)
        index = try SearchIndex(connection)
    }

    /// Takes the texts of a message and of its editions away, and out of the index of words.
    /// Returns how many bytes they had.
    func empty(_ offset: Int, ofRoom number: Int64) throws(DatabaseError) -> Int {
        for statement in [texts, emptying] {
            statement.bind(1, number)
            statement.bind(2, offset)
        }
        let indexed = try index.indexedSeq()
        var removed = 0
        while try texts.step() {
            let body = texts.bytes(2)
            removed += body.count
            try index.remove(
                texts.integer(0), ofRoom: number, texts.kind(1), body, indexed: indexed)
        }
        try emptying.run()
        try index.noteRemoved()
        return removed
    }
}
