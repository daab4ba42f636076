// The command `sanctions`: the bans and mutes in force, for moderators.
import Storage

extension Chat {
    /// The most bans and mutes in a reply.
    static var sanctionListLimit: Int { 100 }

    /// Lists the bans and mutes behind the number `after`, the oldest first.
    mutating func listSanctions(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) throws(CommandError) {
        try checkModerates(connections[command.connection.slot].user)
        let after = Int64(try command.fields.number(ifPresent: .after, text) ?? 0)
        // Looking through all of them takes longer than writing some.
        charge(sanctions.entries.count * 16, to: command.connection, at: command.now)
        let found = sanctions(after: after, count: Self.sanctionListLimit + 1)
        let start = begin("sanctions", command, text, &effects)
        effects.bytes.append(",\"sanctions\":[")
        var separator: StaticString = "{\"number\":"
        for sanction in found.prefix(Self.sanctionListLimit)
        where !sanction.hasEnded(at: command.now) {
            effects.bytes.append(separator)
            separator = ",{\"number\":"
            effects.bytes.append(decimal: Int(sanction.number))
            effects.bytes.append(",\"action\":\"")
            effects.bytes.append(utf8: sanction.kind.name)
            effects.bytes.append("\",\"room\":\"")
            effects.bytes.append(utf8: sanction.room ?? "*")
            effects.bytes.append("\",\"user\":\"")
            effects.bytes.append(utf8: sanction.user)
            if let moderator = sanction.by {
                effects.bytes.append("\",\"by\":\"")
                effects.bytes.append(utf8: moderator)
            }
            effects.bytes.append("\",\"at\":\"")
            Timestamp(monotonic: 0, wall: sanction.at).writeWall(to: &effects.bytes)
            effects.bytes.append("\"")
            Sanction.writeRest(until: sanction.until, sanction.reason, to: &effects.bytes)
            effects.bytes.append("}")
        }
        let isMore = found.count > Self.sanctionListLimit
        effects.bytes.append(isMore ? "],\"more\":true}" : "],\"more\":false}")
        effects.reply(to: command.connection, from: start)
    }

    func checkModerates(_ user: UserIndex) throws(CommandError) {
        guard isModerator(user) else {
            throw CommandError(.forbidden, "Only moderators may do this.")
        }
    }
}
