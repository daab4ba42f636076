// Reads back rooms and connections. See `Chat+Restore.swift`.
import Storage

extension Chat {
    mutating func restoreRooms(
        _ reader: inout StateReader, _ shift: Shift
    ) throws(StateError) {
        // For each user, the last room in which a membership was read, so that none is there twice.
        var lastRooms = [RoomIndex](repeating: .none, count: users.endIndex)
        for _ in 0..<(try reader.readElementCount()) {
            let record = try reader.enterRecord()
            var room = Room()
            room.generation = try reader.read()
            room.isOpen = try reader.readBool()
            let index = rooms.allocate(room)
            if room.isOpen {
                try restoreRoom(index, &reader, shift, &lastRooms)
            }
            try reader.leaveRecord(record)
        }
        // A place that is not open is free; an open room without members is in `emptyRooms`.
        let free = try roomIndices(&reader)
        guard free.allSatisfy({ !rooms[$0].isOpen }) else { throw .damaged }
        for index in free.reversed() {
            rooms.free(index, leaving: Room(generation: rooms[index].generation))
        }
        for index in try roomIndices(&reader) {
            guard rooms[index].isOpen, rooms[index].members.count == 0 else { throw .damaged }
            rooms[index].isIdle = true
            emptyRooms.append(index, in: &rooms)
        }
        for index in try roomIndices(&reader) {
            guard rooms[index].isOpen else { throw .damaged }
            rooms[index].isSpoken = true
            spokenRooms.append(index, in: &rooms)
        }
        for index in try roomIndices(&reader) {
            guard rooms[index].isOpen else { throw .damaged }
            rooms[index].isCountChanged = true
            changedRooms.append(index)
        }
    }

    /// Room numbers, each at most once.
    private func roomIndices(
        _ reader: inout StateReader
    ) throws(StateError) -> [RoomIndex] {
        var seen = [Bool](repeating: false, count: rooms.endIndex)
        var result: [RoomIndex] = []
        for _ in 0..<(try reader.readElementCount()) {
            let index: RoomIndex = try reader.readIndex()
            guard rooms.contains(index), !seen[Int(index.rawValue)] else { throw .damaged }
            seen[Int(index.rawValue)] = true
            result.append(index)
        }
        return result
    }

    /// Every room has what the chains of rooms say of it.
    func checkRooms() throws(StateError) {
        var openCount = 0
        var withoutMembers = 0
        var empty = emptyRooms.first
        while empty != .none {
            guard !rooms[empty].isPermanent else { throw .damaged }
            empty = emptyRooms.next(empty, in: rooms)
        }
        for index in rooms.indices where rooms[index].isOpen {
            openCount += 1
            guard rooms[index].isSpoken || rooms[index].history.count == 0 else { throw .damaged }
            if rooms[index].isPermanent {
                guard rooms[index].owner == Self.operators else { throw .damaged }
                continue
            }
            withoutMembers += rooms[index].members.count == 0 ? 1 : 0
            guard
                rooms[index].members.count > 0 || rooms[index].history.lastOffset > 0
                    || rooms[index].kind == .private
            else {
                throw .damaged
            }
        }
        guard openCount == rooms.count, withoutMembers == emptyRooms.count else {
            throw .damaged
        }
    }

    private mutating func restoreRoom(
        _ index: RoomIndex, _ reader: inout StateReader, _ shift: Shift,
        _ lastRooms: inout [RoomIndex]
    ) throws(StateError) {
        let name = try reader.readName()
        guard Name.isWritable(name) else { throw .damaged }
        rooms[index].name = name
        rooms[index].nameBytes = Array(name.utf8)
        rooms[index].isFindable = try reader.readBool()
        rooms[index].number = try reader.read()
        let epoch = Epoch(number: try reader.read())
        rooms[index].epoch = epoch.number
        rooms[index].epochText = epoch.text
        rooms[index].emptySince = shift.milliseconds(try reader.read())
        rooms[index].countPushedAt = shift.milliseconds(try reader.read())
        rooms[index].topic = Array(try reader.readName().utf8)
        try restorePeople(of: index, &reader)
        try restoreHistory(index, &reader)

        for _ in 0..<(try reader.readElementCount()) {
            let record = try reader.enterRecord()
            var fields = try reader.readFields(Membership.savedByteCount)
            let user = UserIndex(rawValue: reader.next(&fields))
            guard users.contains(user), lastRooms[Int(user.rawValue)] != index else {
                throw .damaged
            }
            lastRooms[Int(user.rawValue)] = index
            let typedAt =
                reader.next(&fields, as: UInt32.self)
                &+ UInt32(truncatingIfNeeded: shift.difference)
            let membership = memberships.allocate(
                Membership(
                    user: user, room: index, link: users[user].firstMembership,
                    typedAt: typedAt, readOffset: reader.next(&fields)))
            try reader.leaveRecord(record)
            users[user].firstMembership = membership
            rooms[index].members.append(membership, in: &memberships)
        }
    }

    private mutating func restorePeople(
        of index: RoomIndex, _ reader: inout StateReader
    ) throws(StateError) {
        guard let kind = RoomKind(rawValue: try reader.read()) else { throw .damaged }
        rooms[index].kind = kind
        for _ in 0..<(try reader.readElementCount()) {
            rooms[index].people.append(try reader.read())
        }
        rooms[index].creator = try reader.read()
        rooms[index].storedNumber = try reader.read()
        rooms[index].isStored = try reader.readBool()
        let firstStored = try reader.read(Int64.self)
        guard (1...1 << 53).contains(firstStored) else { throw .damaged }
        rooms[index].firstStoredOffset = Int(firstStored)
        switch kind {
        case .open, .private: return
        case .direct:
            guard rooms[index].people.count == 2, !rooms[index].isFindable else { throw .damaged }
            let pair = DirectPair(rooms[index].people[0], rooms[index].people[1])
            guard directRooms.updateValue(index, forKey: pair) == nil else { throw .damaged }
        }
    }

    private mutating func restoreHistory(
        _ index: RoomIndex, _ reader: inout StateReader
    ) throws(StateError) {
        let firstOffset = try reader.read(Int64.self)
        guard (1...1 << 53).contains(firstOffset) else { throw .damaged }
        // The epoch of the message before the first one.
        rooms[index].history = History(
            after: Place(offset: Int(firstOffset) - 1, epoch: try reader.read()))
        let ringByteCount = try reader.read(UInt32.self)
        let placeCount = try reader.read(UInt32.self)
        if ringByteCount > 0 {
            rooms[index].history.reserve(
                ringByteCount: Int(ringByteCount), placeCount: Int(placeCount),
                countLimit: limits.messagesPerRoomLimit,
                byteLimit: limits.historyByteLimitPerRoom)
        }
        for _ in 0..<(try reader.readElementCount()) {
            let record = try reader.enterRecord()
            var entry = StoredEntry(
                room: 0,
                place: Place(offset: rooms[index].history.nextOffset, epoch: try reader.read()),
                beginsEpoch: false, author: try reader.read(), at: 0)
            guard let kind = EntryKind(rawValue: try reader.read()),
                case let target = try reader.read(Int64.self),
                (0..<Int64(entry.place.offset)).contains(target)
            else { throw .damaged }
            (entry.kind, entry.target) = (kind, Int(target))
            let idByteCount = Int(try reader.read(UInt32.self))
            entry.frame = try reader.readByteString()
            try reader.leaveRecord(record)
            guard entry.frame.count >= idByteCount + 2, idByteCount <= UInt16.max else {
                throw .damaged
            }
            entry.id = 0..<idByteCount
            rooms[index].history.append(
                reader.bytes.span, entry.frame, entry, countLimit: limits.messagesPerRoomLimit,
                byteLimit: limits.historyByteLimitPerRoom, mayGrow: true)
        }
    }

    // MARK: Connections

    mutating func restoreConnections(
        _ reader: inout StateReader, _ shift: Shift
    ) throws(StateError) {
        for _ in 0..<(try reader.readElementCount()) {
            let record = try reader.enterRecord()
            try restoreConnection(&reader, shift)
            try reader.leaveRecord(record)
        }
        for _ in 0..<(try reader.readElementCount()) {
            let record = try reader.enterRecord()
            let key = ConnectionKey(
                slot: try reader.read(), generation: try reader.read())
            waiting.append(
                Waiting(key: key, openedAt: shift.milliseconds(try reader.read())))
            try reader.leaveRecord(record)
        }
    }

    private mutating func restoreConnection(
        _ reader: inout StateReader, _ shift: Shift
    ) throws(StateError) {
        var fields = try reader.readFields(ConnectionRecord.savedByteCount)
        let slot: UInt32 = reader.next(&fields)
        // Four million: a damaged number must not make a table of gigabytes.
        guard slot < 1 << 22 else { throw .damaged }
        connections.reach(slot)
        guard connections[slot].state == .closed else { throw .damaged }
        var record = ConnectionRecord(generation: reader.next(&fields))
        record.resourceID = reader.next(&fields)
        guard let state = ConnectionRecord.State(rawValue: reader.next(&fields)), state != .closed
        else { throw .damaged }
        record.state = state
        record.restsAt = shift.microseconds(reader.next(&fields))
        record.refusalCount = reader.next(&fields)
        record.user = UserIndex(rawValue: reader.next(&fields))
        let isNamed = users.contains(record.user)
        guard isNamed || record.user == .none, isNamed || state != .loggedIn else {
            throw .damaged
        }
        if isNamed {
            users[record.user].connectionCount += 1
            record.nextOfUser = users[record.user].firstConnection
            users[record.user].firstConnection = slot
        }
        connections[slot] = record
        let roomCount = Int(reader.next(&fields, as: UInt32.self))
        var last: RoomSubscriptionIndex = .none
        for _ in 0..<roomCount {
            let room: RoomIndex = try reader.readIndex()
            guard isNamed, rooms.contains(room), rooms[room].isOpen,
                subscription(of: slot, to: room) == nil,
                let membership = membership(of: record.user, in: room)
            else { throw .damaged }
            memberships[membership].connectionCount += 1
            let index = subscriptions.allocate(RoomSubscription(room: room, membership: membership))
            if last == .none {
                connections[slot].firstSubscription = index
            } else {
                subscriptions[last].link = index
            }
            last = index
            connections[slot].roomCount += 1
        }
    }
}
