// Which rooms that are not open a user may enter, and how far the user has read.
import ChatRooms

/// The statements for it.
struct PlacesOfUsers {
    private let add: Statement
    private let remove: Statement
    private let read: Statement
    private let forgetPeople: Statement
    private let forgetReads: Statement

    /// Prepares the statements.
    init(_ connection: Connection) throws(DatabaseError) {
        func prepare(_ sql: String) throws(DatabaseError) -> Statement {
            try Statement(sql, on: connection)
        }
        add = try prepare("INSERT INTO people(user, room) VALUES (?1, ?2) ON CONFLICT DO NOTHING")
        remove = try prepare("DELETE FROM people WHERE user = ?1 AND room = ?2")
        read = try prepare(
            """
            INSERT INTO reads(user, room, offset) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET offset = max(offset, excluded.offset)
            """)
        forgetPeople = try prepare("DELETE FROM people WHERE user = ?1")
        forgetReads = try prepare("DELETE FROM reads WHERE user = ?1")
    }

    func set(_ mayEnter: Bool, _ user: Int64, in room: Int64) throws(DatabaseError) {
        let statement = mayEnter ? add : remove
        statement.bind(1, user)
        statement.bind(2, room)
        try statement.run()
    }

    func setRead(_ offset: Int, _ user: Int64, in room: Int64) throws(DatabaseError) {
        read.bind(1, user)
        read.bind(2, room)
        read.bind(3, offset)
        try read.run()
    }

    /// The user's number is nobody's any more.
    func forget(_ user: Int64) throws(DatabaseError) {
        for statement in [forgetPeople, forgetReads] {
            statement.bind(1, user)
            try statement.run()
        }
    }
}
