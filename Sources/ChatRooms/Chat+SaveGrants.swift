// Saves what the tokens of connections allow, and reads it back. See `Chat+Restore.swift`.
import Storage

extension Chat {
    func saveGrants(_ out: inout StateWriter) {
        // In one order, so that the same chat is always the same bytes.
        let slots = grants.entries.keys.filter { connections[$0].user != .none }.sorted()
        out.write(records: slots.count, slots) { out, slot in
            let claims = grants.entries[slot]!.claims
            out.write(slot)
            out.write(name: claims.name)
            out.write(claims.isModerator)
            out.write(claims.expiresAt)
            out.write(claims.rooms != nil)
            let rooms = claims.rooms ?? []
            out.write(rooms.count, rooms) { $0.write(name: $1) }
        }
    }

    mutating func restoreGrants(_ reader: inout StateReader) throws(StateError) {
        var last: UInt32?
        for _ in 0..<(try reader.readElementCount()) {
            let record = try reader.enterRecord()
            let slot: UInt32 = try reader.read()
            guard slot < connections.count, connections[slot].user != .none,
                last.map({ slot > $0 }) ?? true
            else { throw .damaged }
            last = slot
            var claims = TokenClaims(
                name: try reader.readName(), isModerator: try reader.readBool(),
                expiresAt: try reader.read())
            let isLimited = try reader.readBool()
            var rooms: [String] = []
            for _ in 0..<(try reader.readElementCount()) { rooms.append(try reader.readName()) }
            try reader.leaveRecord(record)
            guard isLimited || rooms.isEmpty, rooms.count <= TokenClaims.roomLimit else {
                throw .damaged
            }
            if isLimited { claims.rooms = rooms }
            grants.set(
                claims, ConnectionKey(slot: slot, generation: connections[slot].generation))
        }
    }
}
