// Saves accounts and wrong passwords, and reads them back. See `Chat+Restore.swift`.
import Storage

extension Chat {
    /// Saves the accounts, without whom they count for: that is saved with the owners. `numbers`
    /// are the users' numbers in the saved state.
    func saveAccounts(_ out: inout StateWriter, _ numbers: [UserIndex]) {
        out.write(records: accounts.count, accountOrder) { out, index in
            out.write(numbers[Int(accounts[index].user.rawValue)])
            out.write(users[accounts[index].user].passwordRestsAt)
            out.write(name: accounts[index].password)
            out.write(accounts[index].isModerator)
            out.write(records: accounts[index].sessions.count, accounts[index].sessions) {
                out, session in
                out.write(session.proof.bits)
                out.write(session.seenAt)
                out.write(name: String(decoding: session.client, as: UTF8.self))
                out.write(session.slots.count, session.slots) { $0.write($1) }
            }
        }
    }

    /// The accounts in the order in which they are saved.
    var accountOrder: [AccountIndex] { accounts.indices.filter { accounts[$0].user != .none } }

    mutating func restoreAccounts(
        _ reader: inout StateReader, _ shift: Shift
    ) throws(StateError) {
        for _ in 0..<(try reader.readElementCount()) {
            let record = try reader.enterRecord()
            let user: UserIndex = try reader.readIndex()
            guard users.contains(user), !isAccount(user) else { throw .damaged }
            users[user].passwordRestsAt = shift.milliseconds(try reader.read())
            var account = Account(user: user, password: try reader.readName())
            account.isModerator = try reader.readBool()
            var seen: Set<UInt32> = []
            for _ in 0..<(try reader.readElementCount()) {
                let record = try reader.enterRecord()
                var session = Account.Session(
                    proof: SessionProof(bits: try reader.read()), seenAt: try reader.read(),
                    client: Array(try reader.readName().utf8))
                for _ in 0..<(try reader.readElementCount()) {
                    let slot: UInt32 = try reader.read()
                    guard slot < connections.count, connections[slot].user == user,
                        seen.insert(slot).inserted
                    else { throw .damaged }
                    session.slots.append(slot)
                }
                try reader.leaveRecord(record)
                account.sessions.append(session)
            }
            try reader.leaveRecord(record)
            // Each connection has logged in by one session.
            guard account.sessions.count <= Account.sessionLimit,
                seen.count == users[user].connectionCount
            else { throw .damaged }
            users[user].account = accounts.allocate(account)
            if users[user].connectionCount == 0 { awayAccountCount += 1 }
        }
    }

    // MARK: Wrong passwords

    func savePasswordFailures(_ out: inout StateWriter) {
        // In one order, so that the same chat is always the same bytes.
        let keys = passwordFailures.entries.keys.sorted()
        out.write(records: keys.count, keys) { out, key in
            let entry = passwordFailures.entries[key]!
            switch key {
            case .account(let name):
                out.write(true)
                out.write(name: name)
            case .address(let address):
                out.write(false)
                out.write(address.bits)
            }
            out.write(UInt32(entry.count))
            out.write(entry.waitsUntil)
            out.write(entry.triedAt)
        }
    }

    mutating func restorePasswordFailures(
        _ reader: inout StateReader, _ shift: Shift
    ) throws(StateError) {
        let count = try reader.readElementCount()
        guard count <= PasswordFailures.entryLimit else { throw .damaged }
        for _ in 0..<count {
            let record = try reader.enterRecord()
            let key: PasswordFailures.Key =
                try reader.readBool()
                ? .account(try reader.readName())
                : .address(ClientAddress(bits: try reader.read()))
            let entry = PasswordFailures.Entry(
                count: Int(try reader.read(UInt32.self)),
                waitsUntil: shift.milliseconds(try reader.read()),
                triedAt: shift.milliseconds(try reader.read()))
            try reader.leaveRecord(record)
            guard passwordFailures.entries.updateValue(entry, forKey: key) == nil else {
                throw .damaged
            }
        }
    }
}
