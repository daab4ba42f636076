// Reads back what `save` wrote. The bytes come from outside this process and are not trusted: any
// fault in them is an error here, never a trap later.
import Storage

extension Chat {
    /// The chat as it was when it was saved, with all its connections: report the connections that
    /// did not survive with `connectionClosed`.
    /// The saved instants are shifted to `now`, the time of the restart, so that the time between
    /// saving and restoring does not count. Limits are not saved: `limits` apply from now on.
    /// If they were saved by a server with other rules of names, each name gets its new key. Of two
    /// names that have the same key now, one leads to its owner. The other user or room stays until
    /// its last connection has gone, and is found by nobody meanwhile.
    /// If the chat has had a store, give it the same one again.
    ///
    /// Throws if the bytes are not what ``save(at:)`` returned.
    public init(
        restoring bytes: [UInt8], limits: ChatLimits = ChatLimits(), at now: Timestamp
    ) throws(RestoreError) {
        try self.init(restoring: StateReader(bytes), limits: limits, at: now)
    }

    /// The same from where a reader stands, up to its end.
    package init(
        restoring part: StateReader, limits: ChatLimits, at now: Timestamp
    ) throws(RestoreError) {
        self.init(limits: limits, epochSeed: 0)
        var reader = part
        guard let magic = try? reader.read(UInt32.self), magic == Self.stateMagic else {
            throw .notAChat
        }
        guard let version = try? reader.read(UInt16.self) else { throw .damaged }
        guard let least = try? reader.read(UInt16.self) else { throw .damaged }
        guard version >= Self.oldestReadableVersion, least <= Self.stateVersion else {
            throw .unknownVersion(version)
        }
        do {
            try restore(from: &reader, at: now)
            // Only a later version has more tables.
            guard reader.isAtEnd || version > Self.stateVersion else { throw StateError.damaged }
        } catch {
            throw .damaged
        }
    }

    private mutating func restore(
        from reader: inout StateReader, at now: Timestamp
    ) throws(StateError) {
        let facts = try reader.enterRecord()
        let rules = try reader.read(UInt32.self)
        let savedAt = try reader.read(Int64.self)
        epochSeed = try reader.read()
        epochCount = try reader.read()
        nextUserNumber = try reader.read()
        hasStore = try reader.readBool()
        nextRoomNumber = try reader.read()
        // Version 11.
        shared.isOn = reader.isAtEnd ? false : try reader.readBool()
        try reader.leaveRecord(facts)
        let shift = Shift(by: now.monotonic &- savedAt)
        let areOfOtherRules = rules != NameKey.rules
        try restoreUsers(&reader, shift, areHashed: !areOfOtherRules)
        try restoreRooms(&reader, shift)
        for room in rooms.indices { rooms[room].lastActivity = now.monotonic }
        try restoreConnections(&reader, shift)
        try restoreAccounts(&reader, shift)
        try restoreOwners(&reader, shift)
        try restorePasswordFailures(&reader, shift)
        try restoreSanctions(&reader)
        try restoreGrants(&reader)
        try restoreHooks(&reader)
        try restoreAllowances(&reader, shift)
        try checkUsers()
        try checkRooms()
        try countOwned()
        try claimNames(areOfOtherRules: areOfOtherRules)
        if shared.isOn { followAll() }
    }

    // MARK: Users

    /// Reads the users. Their names' hashes are made as they are read if `areHashed`, and else when
    /// it is known who has which name.
    private mutating func restoreUsers(
        _ reader: inout StateReader, _ shift: Shift, areHashed: Bool
    ) throws(StateError) {
        let goneCount = try reader.read(UInt32.self)
        let count = try reader.readElementCount()
        guard goneCount <= count else { throw .damaged }
        for number in 0..<UInt32(count) {
            let record = try reader.enterRecord()
            let (name, hash) = try reader.readName(hashing: areHashed)
            var fields = try reader.readFields(User.savedByteCount)
            let isFindable = try reader.nextBool(&fields)
            var user = User(name: name, nameHash: hash, isFindable: isFindable)
            user.session = SessionProof(bits: reader.next(&fields))
            user.number = reader.next(&fields)
            user.leftAt = shift.milliseconds(reader.next(&fields))
            try reader.leaveRecord(record)
            let index = users.allocate(user)
            if number < goneCount {
                goneUsers.append(index, in: &users)
            }
        }
    }

    /// Every user that is not in `goneUsers` must have a connection or an account, no other may
    /// have either, and every membership must have a connection.
    private func checkUsers() throws(StateError) {
        var present = 0
        for user in users.indices where users[user].connectionCount > 0 {
            present += 1
        }
        var gone = goneUsers.first
        while gone != .none {
            guard users[gone].connectionCount == 0, !isAccount(gone) else { throw .damaged }
            gone = goneUsers.next(gone, in: users)
        }
        guard present + goneUsers.count + awayAccountCount == users.count else { throw .damaged }
        for index in memberships.indices where memberships[index].connectionCount == 0 {
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
