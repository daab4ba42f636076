// The keys in which rooms and users are looked up, made anew when the rules for names change.
import ChatRooms

/// The keys of names in a database.
enum NameKeys {
    /// The rules of this program.
    static var rules: Int64 { Int64(Chat.nameRules) }

    /// Makes all keys anew if other rules made them. Where two names have one key by then, the
    /// older claim keeps it, and nobody finds the other one by its name: a control character stands
    /// in its key, as in no name.
    static func renew(_ connection: Connection, rules: Int64 = rules) throws(DatabaseError) {
        guard try connection.integer("SELECT name_rules FROM meta") != rules else { return }
        try connection.run("BEGIN IMMEDIATE")
        // Conversations of two are found by the numbers of these.
        try renew("rooms", where: "kind <> \(RoomKind.direct.rawValue)", connection)
        try renew("users", where: "true", connection)
        try connection.run("UPDATE meta SET name_rules = \(rules)")
        try connection.run("COMMIT")
    }

    private static func renew(
        _ table: String, where condition: String, _ connection: Connection
    ) throws(DatabaseError) {
        // No old key may stand in the way of a new one.
        try connection.run("UPDATE \(table) SET key = char(1) || number WHERE \(condition)")
        let names = try Statement(
            "SELECT number, name FROM \(table) WHERE \(condition) ORDER BY number", on: connection)
        let update = try Statement(
            "UPDATE \(table) SET key = ?2 WHERE number = ?1", on: connection)
        var taken: Set<[UInt8]> = []
        while try names.step() {
            let number = names.integer(0)
            let key = Chat.nameKey(names.string(1))
            update.bind(1, number)
            update.bind(2, taken.insert(Array(key.utf8)).inserted ? key : "\(key)\u{1}\(number)")
            try update.run()
        }
    }
}
