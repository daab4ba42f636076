// Counts what belongs to whom, and forgets owners of which nothing is left.
import Storage

extension Chat {
    /// The owner for all clients whose address does not count.
    static var exempt: OwnerIndex { OwnerIndex(rawValue: 0) }
    /// The owner of what is published from outside, and of the lobby.
    static var operators: OwnerIndex { OwnerIndex(rawValue: 1) }

    /// Makes the two owners that always exist.
    mutating func makeFixedOwners() {
        _ = owners.allocate(Owner(kind: .exempt, mark: 0, useCount: 1))
        _ = owners.allocate(Owner(kind: .operators, mark: 1, useCount: 1))
    }

    /// The owner for an address, with one more use: call ``release(_:)`` for each.
    mutating func hold(_ address: ClientAddress) -> OwnerIndex {
        let owner: OwnerIndex
        if address == .exempt {
            owner = Self.exempt
        } else if let known = ownersByAddress[address] {
            owner = known
        } else {
            owner = owners.allocate(Owner(address: address, mark: mark(of: address)))
            owners[owner].storesAgainAt = spentAllowances.removeValue(forKey: address) ?? .min
            ownersByAddress[address] = owner
        }
        owners[owner].useCount += 1
        return owner
    }

    /// The owner has one use less; without any it is forgotten.
    mutating func release(_ owner: OwnerIndex) {
        owners[owner].useCount -= 1
        guard owners[owner].useCount == 0 else { return }
        ownersByAddress[owners[owner].address] = nil
        rememberAllowance(of: owner)
        owners.free(owner, leaving: Owner())
    }

    /// Never 0 or 1, which the fixed owners have.
    private func mark(of address: ClientAddress) -> UInt32 {
        var value = UInt64(truncatingIfNeeded: address.bits >> 64) &* 0x9E37_79B9_7F4A_7C15
        value = (value ^ value >> 29) &+ epochSeed
        value ^= UInt64(truncatingIfNeeded: address.bits)
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return max(2, UInt32(truncatingIfNeeded: value >> 32))
    }

    // MARK: What belongs to an owner

    /// A user who has gone counts for the owner.
    mutating func hold(_ user: UserIndex, by owner: OwnerIndex) {
        owners[owner].useCount += 1
        owners[owner].gone.append(user, in: &users)
        users[user].owner = owner
    }

    /// A new room counts for its owner, and for the user who has opened it.
    mutating func hold(_ room: RoomIndex) {
        let owner = rooms[room].owner
        owners[owner].useCount += 1
        if rooms[room].isPermanent {
            permanentRoomCount += 1
        } else {
            owners[owner].roomCount += 1
        }
        if let opener = opener(of: room) { users[opener].openedRoomCount += 1 }
    }

    /// A room is forgotten.
    mutating func release(_ room: RoomIndex) {
        let owner = rooms[room].owner
        if rooms[room].isSpare { setSpare(false, room) }
        owners[owner].roomCount -= 1
        if let opener = opener(of: room) { users[opener].openedRoomCount -= 1 }
        release(owner)
    }

    /// The user who has opened the room; nil if that session does not exist any more.
    private func opener(of room: RoomIndex) -> UserIndex? {
        let opener = rooms[room].opener
        guard opener != .none, users[opener].number == rooms[room].openerNumber else {
            return nil
        }
        return opener
    }

    /// Whether the room's owner may give its place to another room.
    mutating func setSpare(_ isSpare: Bool, _ room: RoomIndex) {
        guard rooms[room].isSpare != isSpare else { return }
        rooms[room].isSpare = isSpare
        let owner = rooms[room].owner
        let before = owners[owner].spareRooms.count
        if isSpare {
            owners[owner].spareRooms.append(room, in: &rooms)
        } else {
            owners[owner].spareRooms.remove(room, in: &rooms)
        }
        guard owners[owner].kind != .operators else { return }
        spareRanking.move(owner, from: before, to: owners[owner].spareRooms.count, in: &owners)
    }

    /// Somebody who counts for `owner` is in the room, or has said something there. If the room is
    /// not that owner's, its place is not given away any more.
    mutating func share(_ room: RoomIndex, with owner: OwnerIndex) {
        guard rooms[room].owner != owner, !rooms[room].isShared else { return }
        rooms[room].isShared = true
        setSpare(false, room)
    }

    /// The messages of a room take more bytes, or less.
    mutating func countHistory(of room: RoomIndex, _ difference: Int) {
        guard difference != 0 else { return }
        historyByteCount += difference
        let owner = rooms[room].owner
        let before = Self.historyRank(owners[owner].historyByteCount)
        owners[owner].historyByteCount += difference
        guard owners[owner].kind != .operators else { return }
        let after = Self.historyRank(owners[owner].historyByteCount)
        historyRanking.move(owner, from: before, to: after, in: &owners)
    }

    /// Owners are compared by steps of 16 KiB, so that the ranking is short.
    private static func historyRank(_ byteCount: Int) -> Int { (byteCount + 16_383) >> 14 }
}
