// Writes down the whole chat, so that another process can go on exactly where this one stops.

extension Chat {
    static var stateMagic: UInt32 { 0x5448_4352 }  // "RCHT"
    static var stateVersion: UInt16 { 1 }

    /// The whole chat as bytes. Limits and the stock of session tokens are not part of it; every
    /// instant is, and is shifted to the other process's clock by `init(restoring:)`.
    public func save(at now: Timestamp) -> [UInt8] {
        var out = StateWriter()
        out.put(Self.stateMagic)
        out.put(Self.stateVersion)
        out.put(now.monotonic)
        out.put(epochSeed)
        out.put(epochCount)
        let numbers = saveUsers(&out)
        saveRooms(&out, numbers)
        saveConnections(&out, numbers)
        return out.bytes.array()
    }

    /// Users who have gone come first, in their order. Returns the number that each has here.
    private func saveUsers(_ out: inout StateWriter) -> [UInt32] {
        var numbers = [UInt32](repeating: none, count: users.placeCount)
        var order: [UInt32] = []
        var index = goneUsers.first
        while index != none {
            order.append(index)
            index = goneUsers.next(index, in: users)
        }
        let goneCount = order.count
        for index in 0..<UInt32(users.placeCount) where users[index].connectionCount > 0 {
            order.append(index)
        }
        out.put(UInt32(goneCount))
        out.put(order.count, order.enumerated()) { out, element in
            let (number, index) = element
            numbers[Int(index)] = UInt32(number)
            out.put(text: users[index].name)
            out.put(users[index].session.bits)
            out.put(users[index].leftAt)
        }
        return numbers
    }

    private func saveRooms(_ out: inout StateWriter, _ numbers: [UInt32]) {
        out.put(rooms.placeCount, 0..<UInt32(rooms.placeCount)) { out, index in
            out.put(rooms[index].generation)
            out.put(rooms[index].isOpen)
            if rooms[index].isOpen {
                saveRoom(index, &out, numbers)
            }
        }
        var free: [UInt32] = []
        var index = rooms.firstFree
        while index != none {
            free.append(index)
            index = rooms[index].link
        }
        out.put(free.count, free) { $0.put($1) }
        out.put(order: emptyRooms, in: rooms)
        out.put(order: spokenRooms, in: rooms)
        let changed = changedRooms.filter { rooms[$0].isCountChanged }
        out.put(changed.count, changed) { $0.put($1) }
    }

    private func saveRoom(_ index: UInt32, _ out: inout StateWriter, _ numbers: [UInt32]) {
        out.put(text: rooms[index].name)
        out.put(rooms[index].epoch.number)
        out.put(rooms[index].emptySince)
        out.put(rooms[index].countPushedAt)
        out.put(Int64(rooms[index].history.firstOffset))
        out.put(UInt32(rooms[index].history.ringByteCount))
        out.put(UInt32(rooms[index].history.placeCount))
        out.put(
            rooms[index].history.count,
            rooms[index].history.firstOffset..<rooms[index].history.nextOffset
        ) { out, offset in
            let history = rooms[index].history
            out.put(history.author(offset))
            out.put(UInt32(history.idByteCount(offset)))
            out.put(bytes: history.byteCount(offset)) { history.copy(offset, to: &$0) }
        }
        out.put(UInt32(rooms[index].members.count))
        var member = rooms[index].members.first
        while member != none {
            out.put(numbers[Int(memberships[member].user)])
            out.put(memberships[member].typedAt)
            member = rooms[index].members.next(member, in: memberships)
        }
    }

    private func saveConnections(_ out: inout StateWriter, _ numbers: [UInt32]) {
        let slots = (0..<UInt32(connections.count)).filter { connections[$0].state != .closed }
        out.put(slots.count, slots) { out, slot in
            out.put(slot)
            out.put(connections[slot].generation)
            out.put(connections[slot].resourceID)
            out.put(connections[slot].state.rawValue)
            out.put(connections[slot].restsAt)
            out.put(connections[slot].refusalCount)
            let user = connections[slot].user
            out.put(user == none ? none : numbers[Int(user)])
            out.put(UInt32(connections[slot].roomCount))
            var index = connections[slot].firstSubscription
            while index != none {
                out.put(subscriptions[index].room)
                index = subscriptions[index].link
            }
        }
        out.put(waiting.count, 0..<waiting.count) { out, number in
            out.put(waiting[number].key.slot)
            out.put(waiting[number].key.generation)
            out.put(waiting[number].openedAt)
        }
    }
}

extension StateWriter {
    fileprivate mutating func put<Kind: ChainKind>(
        order chain: Chain<Kind>, in pool: borrowing Pool<Kind.Record>
    ) {
        put(UInt32(chain.count))
        var index = chain.first
        while index != none {
            put(index)
            index = chain.next(index, in: pool)
        }
    }
}
