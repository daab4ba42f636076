// Hooks in the database: how they are written, and read when a chat begins.
import ChatRooms

/// The statements that store hooks.
struct HookWriter {
    private let add: Statement
    private let delete: Statement

    /// Prepares the statements.
    init(_ connection: Connection) throws(DatabaseError) {
        // A batch that is tried again finds its own row.
        add = try Statement(
            """
            INSERT OR REPLACE INTO hooks(number, room, name, proof, at)
            VALUES (?1, ?2, ?3, ?4, ?5)
            """, on: connection)
        delete = try Statement("DELETE FROM hooks WHERE number = ?1", on: connection)
    }

    /// Stores a change.
    func store(_ change: HookChange) throws(DatabaseError) {
        switch change {
        case .added(let hook):
            add.bind(1, hook.number)
            add.bind(2, hook.room)
            add.bind(3, hook.name)
            let bits = hook.proof.bits
            add.bind(4, blob: (0..<16).map { UInt8(truncatingIfNeeded: bits >> (120 - 8 * $0)) })
            add.bind(5, hook.at)
            try add.run()
        case .deleted(let number):
            delete.bind(1, number)
            try delete.run()
        }
    }

    /// All hooks, the oldest first.
    static func load(_ connection: Connection) throws(DatabaseError) -> [Hook] {
        let rows = try Statement(
            "SELECT number, room, name, proof, at FROM hooks ORDER BY number", on: connection)
        var hooks: [Hook] = []
        while try rows.step() {
            let bytes = rows.bytes(3)
            var proof: UInt128 = 0
            for index in bytes.indices { proof = proof << 8 | UInt128(bytes[index]) }
            var hook = Hook(
                room: rows.string(1), name: rows.string(2), proof: SessionProof(bits: proof),
                at: rows.integer(4))
            hook.number = rows.integer(0)
            hooks.append(hook)
        }
        return hooks
    }
}
