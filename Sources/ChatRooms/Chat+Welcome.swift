// The contents of `welcome`: who the client is, and what it must know of this server.
import Storage

extension Chat {
    /// The protocol's version: the first number changes when a client of before would not be
    /// understood any more.
    static var protocolVersion: StaticString { "1.1" }
    /// The greatest `limit` of a page.
    static var pageMessageLimit: Int { 200 }

    /// Appends everything behind the reference of a `welcome`. The order of the keys never changes.
    func writeWelcome(
        _ user: UserIndex, _ token: SessionToken, _ resourceID: UInt64, to out: inout ByteBuffer
    ) {
        out.append(",\"version\":\"")
        out.append(Self.protocolVersion)
        out.append("\",\"user\":\"")
        out.append(utf8: users[user].name)
        out.append("\",\"account\":")
        out.append(isAccount(user) ? "true" : "false")
        out.append(isModerator(user) ? ",\"moderator\":true" : ",\"moderator\":false")
        out.append(",\"connection\":")
        out.append(decimal: Int(clamping: resourceID))
        out.append(",\"session\":\"")
        token.write(to: &out)
        out.append("\",\"capabilities\":[\"places\"")
        if !shared.isOn { out.append(",\"account\"") }
        out.append(",\"edit\",\"delete\",\"react\",\"topic\"")
        if !shared.isOn { out.append(",\"direct\"") }
        out.append(",\"rooms\"")
        if !shared.isOn { out.append(",\"mine\",\"read\",\"private\"") }
        out.append(",\"search\"")
        if !shared.isOn { out.append(",\"moderate\",\"sessions\"") }
        out.append("]")
        out.append(",\"limits\":{\"text\":")
        out.append(decimal: limits.textScalarLimit)
        out.append(",\"rooms\":")
        out.append(decimal: limits.roomsPerConnectionLimit)
        out.append(",\"burst\":")
        out.append(decimal: limits.commandBurst)
        out.append(",\"rate\":")
        out.append(decimal: limits.commandsPerSecond)
        out.append(",\"page\":")
        out.append(decimal: Self.pageMessageLimit)
        out.append("},\"timing\":{\"login\":")
        out.append(decimal: Int(timing.loginDeadline))
        out.append(",\"ping\":")
        out.append(decimal: Int(limits.pingInterval.milliseconds))
        out.append(",\"typing\":")
        out.append(decimal: Int(timing.typingInterval))
        out.append(",\"reservation\":")
        out.append(decimal: Int(timing.nameReservation))
        out.append("}}")
    }
}
