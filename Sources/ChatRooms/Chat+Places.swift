// Places for rooms: whether one more may be opened. A room counts for the user and the address that
// have opened it, as long as it exists.

extension Chat {
    /// On whose behalf a room is opened.
    struct Opener {
        var owner: OwnerIndex
        /// None if it is not a user.
        var user: UserIndex = .none
        var isPermanent = false
    }

    /// Opens the lobby, if it does not exist. It stays without members, counts for nobody, and
    /// needs no place of others. Call it before the first connection opens.
    public mutating func openLobby(at now: Timestamp, _ effects: inout Effects) {
        let opener = Opener(owner: Self.operators, isPermanent: true)
        let name = Self.lobby
        guard roomsByName.find(NameKey(name), in: rooms) == nil,
            let room = try? openRoom(RoomName(name: name), for: opener, &effects)
        else { return }
        rooms[room].lastActivity = now.monotonic
    }

    /// Rooms that share the places of ``ChatLimits/roomLimit``.
    var countedRoomCount: Int {
        rooms.count - permanentRoomCount - Int(owners[Self.operators].roomCount)
    }

    /// Makes sure that one more room may be opened, or throws `too_many_rooms`.
    mutating func makePlace(
        for opener: Opener, _ effects: inout Effects
    ) throws(CommandError) {
        let owner = opener.owner
        if owners[owner].kind == .operators {
            guard Int(owners[owner].roomCount) >= limits.operatorRoomLimit else { return }
            guard owners[owner].spareRooms.first != .none else { throw noPlace }
            return forgetRoom(owners[owner].spareRooms.first, &effects)
        }
        let opened = opener.user == .none ? 0 : Int(users[opener.user].openedRoomCount)
        guard opened < limits.openedRoomsPerUserLimit else {
            throw CommandError(
                .tooManyRooms, "You have opened as many rooms as allowed. Use one of them.")
        }
        if owners[owner].kind == .address, let share = limits.roomsPerAddressLimit,
            owners[owner].roomCount >= share
        {
            throw CommandError(
                .tooManyRooms, "As many rooms as allowed were opened from your address.")
        }
        guard countedRoomCount >= limits.roomLimit else { return }
        let giver = giver(for: owner)
        guard giver != .none else { throw noPlace }
        forgetRoom(owners[giver].spareRooms.first, &effects)
    }

    /// The owner that gives one of its spare rooms for a new room of `owner`: the one with the most
    /// of them, if it has more rooms than `owner` will have, or else `owner` itself. So whoever has
    /// few rooms loses none to those who have many, however many they open.
    private func giver(for owner: OwnerIndex) -> OwnerIndex {
        let richest = spareRanking.first
        if richest != .none, owners[richest].roomCount > owners[owner].roomCount + 1 {
            return richest
        }
        return owners[owner].spareRooms.first == .none ? .none : owner
    }

    private var noPlace: CommandError {
        CommandError(.tooManyRooms, "The server has no place for another room.")
    }
}
