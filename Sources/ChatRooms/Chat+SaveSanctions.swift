// Saves bans, mutes and moderators, and reads them back. See `Chat+Restore.swift`.
import Storage

extension Chat {
    func saveSanctions(_ out: inout StateWriter) {
        let moderators = appointedModerators.sorted()
        out.write(moderators.count, moderators) { $0.write($1) }
        // In one order, so that the same chat is always the same bytes.
        let entries = sanctions.entries.values.sorted { $0.sanction.number < $1.sanction.number }
        out.write(records: entries.count, entries) { out, entry in
            let sanction = entry.sanction
            out.write(sanction.number)
            out.write(sanction.kind.rawValue)
            out.write(name: sanction.room ?? "")
            out.write(name: sanction.user)
            out.write(sanction.userNumber)
            out.write(sanction.isAccount)
            out.write(sanction.address.bits)
            out.write(sanction.at)
            out.write(sanction.until ?? 0)
            out.write(name: sanction.by ?? "")
            out.write(name: sanction.reason)
        }
    }

    mutating func restoreSanctions(_ reader: inout StateReader) throws(StateError) {
        for _ in 0..<(try reader.readElementCount()) {
            appointedModerators.insert(try reader.read())
        }
        let count = try reader.readElementCount()
        guard count <= Sanctions.limit else { throw .damaged }
        var last: Int64 = 0
        for _ in 0..<count {
            let record = try reader.enterRecord()
            let number: Int64 = try reader.read()
            guard number > last, number < .max,
                let kind = Sanction.Kind(rawValue: try reader.read())
            else { throw .damaged }
            last = number
            let room = try reader.readName()
            var sanction = Sanction(
                kind: kind, room: room.isEmpty ? nil : room, user: try reader.readName(),
                userNumber: try reader.read(), isAccount: try reader.readBool(),
                address: ClientAddress(bits: try reader.read()), at: try reader.read(), until: nil,
                by: nil, reason: "")
            let until: Int64 = try reader.read()
            let moderator = try reader.readName()
            sanction.reason = try reader.readName()
            try reader.leaveRecord(record)
            sanction.number = number
            if until != 0 { sanction.until = until }
            if !moderator.isEmpty { sanction.by = moderator }
            guard isWritable(sanction), sanctions.insert(sanction).removed.isEmpty else {
                throw .damaged
            }
        }
    }

    /// Whether what was saved can be shown: names are written without escapes.
    private func isWritable(_ sanction: Sanction) -> Bool {
        Name.isWritable(sanction.user) && sanction.room.map(Name.isWritable) ?? true
            && sanction.by.map(Name.isWritable) ?? true && ModerationOrder.isReason(sanction.reason)
    }
}
