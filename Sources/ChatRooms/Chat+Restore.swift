// Reads back what `save` wrote. The bytes come from outside this process and are not trusted:
// whatever is wrong with them is an error here, never a trap later.

extension Chat {
    /// The chat as it was when it was saved. Whoever had a connection has it still; report those
    /// that did not survive with `connectionClosed`.
    /// The saved instants are shifted to `now`, the instant of the restart, so that the time
    /// between saving and restoring does not count. Limits are not saved: `limits` hold from here
    /// on. Throws if the bytes are not what ``save(at:)`` returned.
    public init(
        restoring bytes: [UInt8], limits: ChatLimits = ChatLimits(), at now: Timestamp
    ) throws(RestoreError) {
        self.init(limits: limits, epochSeed: 0)
        var reader = StateReader(bytes)
        guard let magic = try? reader.number(UInt32.self), magic == Self.stateMagic else {
            throw .notAChat
        }
        let version = try reader.number(UInt16.self)
        guard version == Self.stateVersion else { throw .unknownVersion(version) }
        let savedAt = try reader.number(Int64.self)
        epochSeed = try reader.number()
        epochCount = try reader.number()
        let shift = Shift(by: now.monotonic &- savedAt)
        let userCount = try restoreUsers(&reader, shift)
        try restoreRooms(&reader, shift, userCount)
        try restoreConnections(&reader, shift, userCount)
        guard reader.isAtEnd else { throw .damaged }
        try checkUsers()
    }

    // MARK: Users

    private mutating func restoreUsers(
        _ reader: inout StateReader, _ shift: Shift
    ) throws(RestoreError) -> UInt32 {
        let goneCount = try reader.number(UInt32.self)
        let count = try reader.count()
        guard goneCount <= count else { throw .damaged }
        for number in 0..<UInt32(count) {
            let name = try reader.text()
            let session = SessionToken(bits: try reader.number())
            let leftAt = shift.milliseconds(try reader.number())
            let key = NameKey(name)
            guard Name.isAllowed(name), usersByName.find(key, in: users) == nil else {
                throw .damaged
            }
            let user = users.insert(
                User(name: name, session: session, nameHash: key.hash, leftAt: leftAt))
            usersByName.insert(user, in: &users)
            if number < goneCount {
                goneUsers.append(user, in: &users)
            }
        }
        return UInt32(count)
    }

    /// Exactly those who have not gone must have a connection, and every membership one.
    private func checkUsers() throws(RestoreError) {
        var present = 0
        for user in 0..<UInt32(users.placeCount) where users[user].connectionCount > 0 {
            present += 1
        }
        var gone = goneUsers.first
        while gone != none {
            guard users[gone].connectionCount == 0 else { throw .damaged }
            gone = goneUsers.next(gone, in: users)
        }
        guard present + goneUsers.count == users.count else { throw .damaged }
        for index in 0..<UInt32(memberships.placeCount)
        where memberships[index].connectionCount == 0 {
            throw .damaged
        }
    }
}

/// Moves saved instants to this process's clock.
struct Shift {
    let difference: Int64

    init(by difference: Int64) {
        self.difference = difference
    }

    func milliseconds(_ saved: Int64) -> Int64 {
        let (shifted, overflow) = saved.addingReportingOverflow(difference)
        return overflow ? .min / 4 : min(max(shifted, .min / 4), .max / 4)
    }

    func microseconds(_ saved: Int64) -> Int64 {
        let (scaled, overflow) = difference.multipliedReportingOverflow(by: 1000)
        let (shifted, carry) = saved.addingReportingOverflow(scaled)
        return overflow || carry ? .min / 4 : min(max(shifted, .min / 4), .max / 4)
    }
}
