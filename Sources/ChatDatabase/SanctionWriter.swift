// Bans and mutes in the database: how they are written, and read when a chat begins.
import ChatRooms

/// The statements that store sanctions.
struct SanctionWriter {
    private let set: Statement
    private let forget: Statement

    /// Prepares the statements.
    init(_ connection: Connection) throws(DatabaseError) {
        set = try Statement(
            """
            INSERT OR REPLACE INTO sanctions
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
            """, on: connection)
        forget = try Statement("DELETE FROM sanctions WHERE number = ?1", on: connection)
    }

    /// Stores a change.
    func store(_ change: ModerationChange) throws(DatabaseError) {
        switch change {
        case .set(let sanction): try store(sanction)
        case .ended(let numbers):
            for number in numbers {
                forget.bind(1, number)
                try forget.run()
            }
        }
    }

    private func store(_ sanction: Sanction) throws(DatabaseError) {
        set.bind(1, sanction.number)
        set.bind(2, Int64(sanction.kind.rawValue))
        if let room = sanction.room { set.bind(3, room) } else { set.bindNull(3) }
        set.bind(4, sanction.user)
        set.bind(5, sanction.userNumber)
        set.bind(6, sanction.isAccount ? 1 : 0)
        let bits = sanction.address.bits
        set.bind(7, blob: (0..<16).map { UInt8(truncatingIfNeeded: bits >> (120 - 8 * $0)) })
        set.bind(8, sanction.at)
        if let until = sanction.until { set.bind(9, until) } else { set.bindNull(9) }
        if let moderator = sanction.by { set.bind(10, moderator) } else { set.bindNull(10) }
        set.bind(11, sanction.reason)
        try set.run()
    }

    /// All sanctions, the oldest first.
    static func load(_ connection: Connection) throws(DatabaseError) -> [Sanction] {
        let rows = try Statement(
            """
            SELECT number, kind, room, user, user_number, account, address, at, until, moderator,
            reason FROM sanctions ORDER BY number
            """, on: connection)
        var sanctions: [Sanction] = []
        while try rows.step() {
            guard let kind = Sanction.Kind(rawValue: UInt8(clamping: rows.integer(1))) else {
                continue
            }
            let bytes = rows.bytes(6)
            var address: UInt128 = 0
            for index in bytes.indices { address = address << 8 | UInt128(bytes[index]) }
            var sanction = Sanction(
                kind: kind, room: rows.isNull(2) ? nil : rows.string(2), user: rows.string(3),
                userNumber: rows.integer(4), isAccount: rows.integer(5) != 0,
                address: ClientAddress(bits: address), at: rows.integer(7),
                until: rows.isNull(8) ? nil : rows.integer(8),
                by: rows.isNull(9) ? nil : rows.string(9), reason: rows.string(10))
            sanction.number = rows.integer(0)
            sanctions.append(sanction)
        }
        return sanctions
    }
}
