// Gives restored names their keys. See `Chat+Restore.swift`.
import Storage

extension Chat {
    /// Puts the restored users and rooms into the indices by name. If the names were saved under
    /// other rules, two may have one key now. The older claim keeps the name then: of two users the
    /// one who is connected, of two of these the one whose connection is older, of two who are
    /// gone the one who left last, but an account before all others; of two rooms the older one.
    mutating func claimNames(areOfOtherRules: Bool) throws(StateError) {
        guard areOfOtherRules else { return try findNames() }
        let claims = userClaims()
        let userOrder = users.indices.sorted {
            claims[Int($0.rawValue)] < claims[Int($1.rawValue)]
        }
        // Rooms of a version that did not number them have number 0.
        let roomOrder = rooms.indices.filter { rooms[$0].isOpen }.sorted {
            (rooms[$0].number, -rooms[$0].history.lastOffset)
                < (rooms[$1].number, -rooms[$1].history.lastOffset)
        }
        for user in userOrder {
            let key = NameKey(users[user].name)
            users[user].nameHash = key.hash
            users[user].isFindable = usersByName.find(key, in: users) == nil
            if users[user].isFindable { usersByName.insert(user, in: &users) }
        }
        for room in roomOrder where rooms[room].kind != .direct {
            let key = NameKey(rooms[room].name)
            rooms[room].nameHash = key.hash
            rooms[room].isFindable = roomsByName.find(key, in: rooms) == nil
            if rooms[room].isFindable { roomsByName.insert(room, in: &rooms) }
        }
    }

    /// The same under the same rules: everybody has their name, or has it no longer, as before. The
    /// hashes of users' names are there.
    private mutating func findNames() throws(StateError) {
        let found = users.indices.filter { users[$0].isFindable }
        var foundRooms: [RoomIndex] = []
        for room in rooms.indices
        where rooms[room].isOpen && rooms[room].kind != .direct && rooms[room].isFindable {
            rooms[room].nameHash = NameKey(rooms[room].name).hash
            foundRooms.append(room)
        }
        guard usersByName.fill(with: found, in: &users),
            roomsByName.fill(with: foundRooms, in: &rooms)
        else { throw .damaged }
    }

    /// For each user a number that is smaller if the claim is older: of an account its user's own
    /// number; else the number of the oldest connection, or one above all of these for a user who
    /// is gone.
    private func userClaims() -> [UInt64] {
        var claims = [UInt64](repeating: .max, count: users.endIndex)
        for slot in 0..<UInt32(connections.count) where connections[slot].user != .none {
            let user = Int(connections[slot].user.rawValue)
            let claim = connections[slot].resourceID | 1 << 63
            claims[user] = min(claims[user], claim)
        }
        for account in accountOrder {
            let user = accounts[account].user
            // Below all others.
            claims[Int(user.rawValue)] = UInt64(clamping: users[user].number)
        }
        var index = goneUsers.first
        var claim = UInt64.max - 1
        while index != .none {
            claims[Int(index.rawValue)] = claim
            claim -= 1
            index = goneUsers.next(index, in: users)
        }
        return claims
    }
}
