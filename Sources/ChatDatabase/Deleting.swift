// What is left in the file of a message that was deleted: its place, its author and its time.
import ChatRooms

/// The statement that takes texts away.
struct Deleting {
    private let emptying: Statement
    private let lengths: Statement

    private static let condition =
        """
        room = ?1 AND (offset = ?2 OR (target = ?2 AND kind IN (\(EntryKind.changesInSQL))
        AND kind = \(EntryKind.edited.rawValue)))
        """

    /// The statements: a test looks at how SQLite finds their rows.
    static let queries = [
        "SELECT coalesce(sum(length(CAST(body AS BLOB))), 0) FROM entries WHERE " + condition,
        "UPDATE entries SET body = '' WHERE " + condition,
    ]

    /// Prepares the statements.
    init(_ connection: Connection) throws(DatabaseError) {
        lengths = try Statement(Self.queries[0], on: connection)
        emptying = try Statement(Self.queries[1], on: connection)
    }

    /// Takes the texts of a message and of its editions away. Returns how many bytes they had.
    func empty(_ offset: Int, ofRoom number: Int64) throws(DatabaseError) -> Int {
        for statement in [lengths, emptying] {
            statement.bind(1, number)
            statement.bind(2, offset)
        }
        let removed = try lengths.value() ?? 0
        try emptying.run()
        return Int(removed)
    }
}
