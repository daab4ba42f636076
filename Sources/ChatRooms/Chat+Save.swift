// Saves the whole chat, so that another process can continue exactly where this one stops.
import Storage

extension Chat {
    static var stateMagic: UInt32 { 0x5448_4352 }  // "RCHT"
    static var stateVersion: UInt16 { 11 }
    /// The lowest version of a program that may read what this one writes: it skips what it does
    /// not know. ARCHITECTURE, "Versions share the state", has the rules.
    static var minimumReaderVersion: UInt16 { 10 }
    /// The same of a chat on shared logs: a program without them would lose messages.
    static var minimumReaderVersionOfShared: UInt16 { 11 }
    static var oldestReadableVersion: UInt16 { 10 }

    /// The whole chat as bytes, without its limits and its stock of session tokens. All instants
    /// are saved; `init(restoring:)` shifts them to the other process's clock. With a store the
    /// chat must be at rest (``isAtRest(hashing:)``); what it has of the store in memory is saved.
    public func save(at now: Timestamp) -> [UInt8] {
        save(at: now, version: Self.stateVersion, surplus: [])
    }

    /// The same as a later version would write it, with `surplus` at the end of each record: for
    /// tests.
    package func save(at now: Timestamp, version: UInt16, surplus: [UInt8]) -> [UInt8] {
        var out = StateWriter(surplus: surplus)
        save(to: &out, at: now, version: version)
        return out.finish()
    }

    /// Appends the whole chat to other state: to copy it there would be part of the pause.
    package func save(to out: inout StateWriter, at now: Timestamp) {
        save(to: &out, at: now, version: Self.stateVersion)
    }

    private func save(to out: inout StateWriter, at now: Timestamp, version: UInt16) {
        // About what follows, so that it is not moved while it grows.
        out.bytes.reserve(
            users.count * 80 + memberships.count * 20 + connections.count * 54 + rooms.count * 200
                + historyByteCount)
        out.write(Self.stateMagic)
        out.write(version)
        out.write(
            shared.isOn ? Self.minimumReaderVersionOfShared : Self.minimumReaderVersion)
        out.writeRecord { out in
            out.write(NameKey.rules)
            out.write(now.monotonic)
            out.write(epochSeed)
            out.write(epochCount)
            out.write(nextUserNumber)
            out.write(hasStore)
            out.write(nextRoomNumber)
            out.write(shared.isOn)
        }
        let numbers = saveUsers(&out)
        saveRooms(&out, numbers)
        saveConnections(&out, numbers)
        saveAccounts(&out, numbers)
        saveOwners(&out, numbers)
        savePasswordFailures(&out)
        saveSanctions(&out)
        saveGrants(&out)
        saveHooks(&out)
        saveAllowances(&out)
    }

    /// Saves the users, first those without a connection, in the order in which they left. Returns
    /// each user's number in the saved state, by its index in `users`.
    private func saveUsers(_ out: inout StateWriter) -> [UserIndex] {
        var numbers = [UserIndex](repeating: .none, count: users.endIndex)
        out.write(UInt32(goneUsers.count))
        let place = out.count
        out.write(UInt32(0))
        var count = 0
        var index = goneUsers.first
        while index != .none {
            saveUser(index, &out)
            numbers[Int(index.rawValue)] = UserIndex(count)
            count += 1
            index = goneUsers.next(index, in: users)
        }
        for index in users.indices
        where users[index].connectionCount > 0 || isAccount(index) {
            saveUser(index, &out)
            numbers[Int(index.rawValue)] = UserIndex(count)
            count += 1
        }
        out.overwrite(UInt32(count), at: place)
        return numbers
    }

    private func saveUser(_ index: UserIndex, _ out: inout StateWriter) {
        let record = out.beginRecord()
        out.write(name: users[index].name)
        out.writeFields(User.savedByteCount) { fields in
            fields.write(users[index].isFindable)
            fields.write(users[index].session.bits)
            fields.write(users[index].number)
            fields.write(users[index].leftAt)
        }
        out.endRecord(record)
    }

    private func saveRooms(_ out: inout StateWriter, _ numbers: [UserIndex]) {
        out.write(records: rooms.endIndex, rooms.indices) { out, index in
            out.write(rooms[index].generation)
            out.write(rooms[index].isOpen)
            if rooms[index].isOpen {
                saveRoom(index, &out, numbers)
            }
        }
        let free = rooms.freeOrder
        out.write(free.count, free) { $0.write($1) }
        out.write(order: emptyRooms, in: rooms)
        out.write(order: spokenRooms, in: rooms)
        let changed = changedRooms.filter { rooms[$0].isCountChanged }
        out.write(changed.count, changed) { $0.write($1) }
    }

    private func saveRoom(_ index: RoomIndex, _ out: inout StateWriter, _ numbers: [UserIndex]) {
        out.write(name: rooms[index].name)
        out.write(rooms[index].isFindable)
        out.write(rooms[index].number)
        out.write(rooms[index].epoch)
        out.write(rooms[index].emptySince)
        out.write(rooms[index].countPushedAt)
        out.write(name: String(decoding: rooms[index].topic, as: UTF8.self))
        out.write(rooms[index].kind.rawValue)
        out.write(rooms[index].people.count, rooms[index].people) { $0.write($1) }
        out.write(rooms[index].creator)
        out.write(rooms[index].storedNumber)
        out.write(rooms[index].isStored)
        out.write(Int64(rooms[index].firstStoredOffset))
        let first = rooms[index].history.firstOffset
        out.write(Int64(first))
        out.write(rooms[index].history.epoch(of: first - 1))
        out.write(UInt32(rooms[index].history.ringByteCount))
        out.write(UInt32(rooms[index].history.placeCount))
        out.write(
            records: rooms[index].history.count,
            rooms[index].history.firstOffset..<rooms[index].history.nextOffset
        ) { out, offset in
            let history = rooms[index].history
            out.write(history.epoch(of: offset))
            out.write(history.author(offset))
            out.write(history.kind(offset).rawValue)
            out.write(Int64(history.target(offset)))
            out.write(UInt32(history.idByteCount(offset)))
            out.write(UInt32(history.byteCount(offset)))
            history.copy(offset, to: &out.bytes)
        }
        out.write(UInt32(rooms[index].members.count))
        var member = rooms[index].members.first
        while member != .none {
            let record = out.beginRecord()
            out.writeFields(Membership.savedByteCount) { fields in
                fields.write(numbers[Int(memberships[member].user.rawValue)].rawValue)
                fields.write(memberships[member].typedAt)
                fields.write(memberships[member].readOffset)
            }
            out.endRecord(record)
            member = rooms[index].members.next(member, in: memberships)
        }
    }

    private func saveConnections(_ out: inout StateWriter, _ numbers: [UserIndex]) {
        let place = out.count
        out.write(UInt32(0))
        var count: UInt32 = 0
        for slot in 0..<UInt32(connections.count) where connections[slot].state != .closed {
            count += 1
            let record = out.beginRecord()
            let user = connections[slot].user
            out.writeFields(ConnectionRecord.savedByteCount) { fields in
                fields.write(slot)
                fields.write(connections[slot].generation)
                fields.write(connections[slot].resourceID)
                fields.write(connections[slot].state.rawValue)
                fields.write(connections[slot].restsAt)
                fields.write(connections[slot].refusalCount)
                fields.write((user == .none ? .none : numbers[Int(user.rawValue)]).rawValue)
                fields.write(UInt32(connections[slot].roomCount))
            }
            var index = connections[slot].firstSubscription
            while index != .none {
                out.write(subscriptions[index].room)
                index = subscriptions[index].link
            }
            out.endRecord(record)
        }
        out.overwrite(count, at: place)
        out.write(records: waiting.count, 0..<waiting.count) { out, number in
            out.write(waiting[number].key.slot)
            out.write(waiting[number].key.generation)
            out.write(waiting[number].openedAt)
        }
    }
}

extension StateWriter {
    fileprivate mutating func write<Kind: ChainKind>(
        order chain: Chain<Kind>, in pool: borrowing SlotTable<Kind.Record>
    ) {
        write(UInt32(chain.count))
        var index = chain.first
        while index != .none {
            write(index)
            index = chain.next(index, in: pool)
        }
    }
}
