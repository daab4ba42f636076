// Reads back what belongs to whom, and counts it. See `Chat+Restore.swift`.
import Storage

extension Chat {
    /// Reads the owners of all users, rooms and connections that have been read before.
    mutating func restoreOwners(
        _ reader: inout StateReader, _ shift: Shift
    ) throws(StateError) {
        guard try reader.read(UInt32.self) == Self.ownersMagic else { throw .damaged }
        for _ in 0..<(try reader.readElementCount()) {
            let address = ClientAddress(bits: try reader.read())
            guard address != .exempt, ownersByAddress[address] == nil else { throw .damaged }
            _ = hold(address)
        }
        for user in users.indices {
            let record = try reader.enterRecord()
            var fields = try reader.readFields(Owner.savedByteCount)
            users[user].restsAt = shift.microseconds(reader.next(&fields))
            users[user].owner = OwnerIndex(rawValue: reader.next(&fields))
            try reader.leaveRecord(record)
            let isGone = users[user].connectionCount == 0 && !isAccount(user)
            guard isGone ? owners.contains(users[user].owner) : users[user].owner == .none else {
                throw .damaged
            }
        }
        for account in accountOrder {
            count(account, for: try readOwner(&reader))
        }
        for room in rooms.indices where rooms[room].isOpen {
            let record = try reader.enterRecord()
            try restoreOwner(of: room, &reader, shift)
            try reader.leaveRecord(record)
        }
        for slot in 0..<UInt32(connections.count) where connections[slot].state != .closed {
            connections[slot].owner = try readOwner(&reader)
            guard connections[slot].owner != Self.operators else { throw .damaged }
        }
    }

    private func readOwner(_ reader: inout StateReader) throws(StateError) -> OwnerIndex {
        let owner: OwnerIndex = try reader.readIndex()
        guard owners.contains(owner) else { throw .damaged }
        return owner
    }

    private mutating func restoreOwner(
        of room: RoomIndex, _ reader: inout StateReader, _ shift: Shift
    ) throws(StateError) {
        rooms[room].owner = try readOwner(&reader)
        rooms[room].isPermanent = try reader.readBool()
        rooms[room].isShared = try reader.readBool()
        rooms[room].opener = try reader.readIndex()
        let opener = rooms[room].opener
        if opener != .none {
            guard users.contains(opener) else { throw .damaged }
            rooms[room].openerNumber = users[opener].number
        }
        let difference = UInt32(truncatingIfNeeded: shift.difference / 1000)
        for offset in rooms[room].history.firstOffset..<rooms[room].history.nextOffset {
            let mark: UInt32 = try reader.read()
            let second: UInt32 = try reader.read()
            rooms[room].history.sign(offset, mark, at: second &+ difference)
        }
    }

    /// Counts what belongs to each owner, once everything is read.
    mutating func countOwned() throws(StateError) {
        var gone = goneUsers.first
        while gone != .none {
            hold(gone, by: users[gone].owner)
            gone = goneUsers.next(gone, in: users)
        }
        for room in rooms.indices where rooms[room].isOpen {
            hold(room)
            countHistory(of: room, rooms[room].history.allocatedByteCount)
        }
        var room = emptyRooms.first
        while room != .none {
            if !rooms[room].isShared { setSpare(true, room) }
            room = emptyRooms.next(room, in: rooms)
        }
        room = spokenRooms.first
        while room != .none {
            owners[rooms[room].owner].spokenRooms.append(room, in: &rooms)
            room = spokenRooms.next(room, in: rooms)
        }
        for slot in 0..<UInt32(connections.count) where connections[slot].state != .closed {
            owners[connections[slot].owner].useCount += 1
        }
        // Each address was held while it was read.
        for owner in owners.indices where owners[owner].kind == .address {
            guard owners[owner].useCount > 1 else { throw .damaged }
            owners[owner].useCount -= 1
        }
    }
}
