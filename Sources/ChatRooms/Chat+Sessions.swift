// The command `sessions`, and what a client calls itself: on which devices a user is logged in.
import Storage

extension SessionProof {
    /// How the session's own user knows it: it proves nothing.
    var id: String {
        let digits = String(UInt64(truncatingIfNeeded: bits >> 64), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Chat {
    /// The most characters of what a client calls itself.
    static var clientScalarLimit: Int { 64 }

    /// What the client calls itself in `login`, as it stands inside of a JSON string; nil if it
    /// does not say.
    func client(
        _ command: borrowing Command, _ text: Span<UInt8>
    ) throws(CommandError) -> [UInt8]? {
        guard let value = try command.fields.string(ifPresent: .client), value.scalarCount > 0
        else { return nil }
        guard Int(value.scalarCount) <= Self.clientScalarLimit else {
            throw CommandError(.client, "has at most 64 characters.")
        }
        guard !value.text(in: text).unicodeScalars.contains(where: { $0.value < 0x20 }) else {
            throw CommandError(.client, "is one line.")
        }
        return try MessageText(value, in: text).bytes(text)
    }

    /// The connection's session is that of the client with this name.
    mutating func note(_ client: [UInt8]?, of slot: UInt32) {
        let user = connections[slot].user
        guard let client, isAccount(user) else { return }
        let account = users[user].account
        guard let session = accounts[account].session(of: slot) else { return }
        accounts[account].sessions[session].client = client
    }

    /// Lists the user's sessions, the last used one first. Without an account there is one.
    mutating func sessions(
        _ command: borrowing Command, _ text: Span<UInt8>, _ effects: inout Effects
    ) {
        let slot = command.connection.slot
        let user = connections[slot].user
        let start = begin("sessions", command, text, &effects)
        effects.bytes.append(",\"sessions\":[")
        if isAccount(user) {
            var separator: StaticString = "{\"session\":\""
            for session in accounts[users[user].account].sessions.reversed() {
                effects.bytes.append(separator)
                separator = ",{\"session\":\""
                effects.bytes.append(utf8: session.proof.id)
                if !session.client.isEmpty {
                    effects.bytes.append("\",\"client\":\"")
                    effects.bytes.append(session.client.span)
                }
                effects.bytes.append("\"")
                EntryFrame.writeTime(session.seenAt, to: &effects.bytes)
                effects.bytes.append("\",\"connections\":")
                effects.bytes.append(decimal: session.slots.count)
                let isCurrent = session.slots.contains(slot)
                effects.bytes.append(isCurrent ? ",\"current\":true}" : ",\"current\":false}")
            }
        } else {
            effects.bytes.append("{\"session\":\"")
            effects.bytes.append(utf8: users[user].session.id)
            effects.bytes.append("\",\"connections\":")
            effects.bytes.append(decimal: Int(users[user].connectionCount))
            effects.bytes.append(",\"current\":true}")
        }
        effects.bytes.append("]}")
        effects.reply(to: command.connection, from: start)
    }

    /// The place of the account's session with this id; nil if it is the connection's own. Throws
    /// if the user has none with it.
    func session(
        _ id: JSONValue, of slot: UInt32, _ text: Span<UInt8>
    ) throws(CommandError) -> Int? {
        let user = connections[slot].user
        let id = id.text(in: text)
        if isAccount(user) {
            let account = accounts[users[user].account]
            if let session = account.sessions.firstIndex(where: { $0.proof.id == id }) {
                return account.session(of: slot) == session ? nil : session
            }
        } else if users[user].session.id == id {
            return nil
        }
        throw CommandError(
            .notFound, "There is no such session any more. \"sessions\" lists those there are.")
    }
}
