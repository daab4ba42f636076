// What a chat has to know of its database before it begins.
import ChatRooms

enum StateLoading {
    /// All users with their sessions, and the numbers that were never given.
    static func load(_ connection: Connection) throws(DatabaseError) -> StoredState {
        StoredState(
            nextRoomNumber: try next("room", "rooms", connection),
            nextUserNumber: try next("user", "users", connection), users: try users(connection),
            sanctions: try SanctionWriter.load(connection), hooks: try HookWriter.load(connection))
    }

    private static func next(
        _ kind: String, _ table: String, _ connection: Connection
    ) throws(DatabaseError) -> Int64 {
        let above = try connection.integer("SELECT next_\(kind) FROM meta") ?? 1
        let last = try connection.integer("SELECT max(number) FROM \(table)") ?? 0
        return max(above, last + 1)
    }

    private static func users(_ connection: Connection) throws(DatabaseError) -> [StoredUser] {
        var sessions: [Int64: [StoredUser.Session]] = [:]
        let rows = try Statement(
            "SELECT user, proof, seen, client FROM sessions ORDER BY rowid", on: connection)
        while try rows.step() {
            let bytes = rows.bytes(1)
            var proof: UInt128 = 0
            for index in bytes.indices { proof = proof << 8 | UInt128(bytes[index]) }
            sessions[rows.integer(0), default: []].append(
                StoredUser.Session(
                    proof: SessionProof(bits: proof), seenAt: rows.integer(2),
                    client: rows.array(3)))
        }
        var users: [StoredUser] = []
        let named = try Statement(
            "SELECT number, key, name, password, seen, moderator FROM users ORDER BY seen, number",
            on: connection)
        while try named.step() {
            let number = named.integer(0)
            var user = StoredUser(
                number: number, key: named.string(1), name: named.string(2),
                password: named.isNull(3) ? nil : named.string(3), seenAt: named.integer(4),
                sessions: sessions[number] ?? [])
            user.isModerator = named.integer(5) != 0
            users.append(user)
        }
        return users
    }
}
