// Saves what belongs to whom, behind everything else.
import Storage

extension Chat {
    static var ownersMagic: UInt32 { 0x5253_574F }  // "OWSR"

    /// Saves the owners, and for users, rooms and connections, in the order in which these were
    /// saved, which owner is theirs. `numbers` are the users' numbers in the saved state.
    func saveOwners(_ out: inout StateWriter, _ numbers: [UserIndex]) {
        out.write(Self.ownersMagic)
        var ownerNumbers = [OwnerIndex](repeating: .none, count: owners.endIndex)
        var addresses: [UInt128] = []
        var count: UInt32 = 0
        for owner in owners.indices where owners[owner].useCount > 0 {
            ownerNumbers[Int(owner.rawValue)] = OwnerIndex(rawValue: count)
            count += 1
            if owners[owner].kind == .address { addresses.append(owners[owner].address.bits) }
        }
        out.write(addresses.count, addresses) { $0.write($1) }
        saveUsersOwners(&out, numbers, ownerNumbers)
        for account in accountOrder {
            out.write(ownerNumbers[Int(accounts[account].owner.rawValue)])
        }
        for room in rooms.indices where rooms[room].isOpen {
            let record = out.beginRecord()
            saveOwner(of: room, &out, numbers, ownerNumbers)
            out.endRecord(record)
        }
        for slot in 0..<UInt32(connections.count) where connections[slot].state != .closed {
            out.write(ownerNumbers[Int(connections[slot].owner.rawValue)])
        }
    }

    private func saveUsersOwners(
        _ out: inout StateWriter, _ numbers: [UserIndex], _ ownerNumbers: [OwnerIndex]
    ) {
        var order = [UserIndex](repeating: .none, count: users.count)
        for user in users.indices where numbers[Int(user.rawValue)] != .none {
            order[Int(numbers[Int(user.rawValue)].rawValue)] = user
        }
        for user in order {
            let record = out.beginRecord()
            let owner = users[user].owner
            out.writeFields(Owner.savedByteCount) { fields in
                fields.write(users[user].restsAt)
                fields.write((owner == .none ? .none : ownerNumbers[Int(owner.rawValue)]).rawValue)
            }
            out.endRecord(record)
        }
    }

    private func saveOwner(
        of room: RoomIndex, _ out: inout StateWriter, _ numbers: [UserIndex],
        _ ownerNumbers: [OwnerIndex]
    ) {
        out.write(ownerNumbers[Int(rooms[room].owner.rawValue)])
        out.write(rooms[room].isPermanent)
        out.write(rooms[room].isShared)
        let opener = rooms[room].opener
        let isKnown = opener != .none && users[opener].number == rooms[room].openerNumber
        out.write(isKnown ? numbers[Int(opener.rawValue)] : .none)
        let history = rooms[room].history
        for offset in history.firstOffset..<history.nextOffset {
            out.write(history.entry(offset).mark)
            out.write(history.entry(offset).second)
        }
    }
}
