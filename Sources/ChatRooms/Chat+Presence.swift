// The members of a room, which are users and not connections, and how the others learn of changes.
import Storage

enum PresenceEvent {
    case join, leave

    var name: StaticString {
        switch self {
        case .join: "join"
        case .leave: "leave"
        }
    }
}

extension Chat {
    /// Counts one more of the user's connections in the room. Returns the membership. With
    /// `isSilent` nobody hears of it; but not everybody may be back after a crash, so a large room
    /// will hear its count.
    mutating func addMembership(
        _ user: UserIndex, to room: RoomIndex, at now: Timestamp, _ effects: inout Effects,
        isSilent: Bool
    ) -> MembershipIndex {
        // A user with only this connection, which is not in the room yet, has no membership here.
        if users[user].connectionCount > 1, let present = membership(of: user, in: room) {
            memberships[present].connectionCount += 1
            return present
        }
        if rooms[room].members.count == 0 { roomFilled(room) }
        let longAgo = UInt32(truncatingIfNeeded: now.monotonic - timing.typingInterval)
        let membership = memberships.allocate(
            Membership(
                user: user, room: room, link: users[user].firstMembership, typedAt: longAgo,
                connectionCount: 1))
        users[user].firstMembership = membership
        rooms[room].members.append(membership, in: &memberships)
        if shared.isOn, !changesMembers(.join, user, room) { return membership }
        if !isSilent {
            tell(.join, user, room, &effects)
        } else if rooms[room].members.count > limits.presenceMemberLimit {
            countChanged(room)
        }
        return membership
    }

    /// Counts one connection less, and ends the membership with the last one. With `isSilent`
    /// nobody hears of it.
    mutating func removeConnection(
        from membership: MembershipIndex, at now: Timestamp, _ effects: inout Effects,
        isSilent: Bool
    ) {
        memberships[membership].connectionCount -= 1
        guard memberships[membership].connectionCount == 0 else { return }
        let user = memberships[membership].user
        let room = memberships[membership].room
        rooms[room].members.remove(membership, in: &memberships)
        unlink(membership, from: user)
        memberships.free(membership, leaving: Membership())
        let isMemberElsewhere = shared.isOn && !changesMembers(.leave, user, room)
        if rooms[room].members.count == 0 {
            roomEmptied(room, at: now, &effects)
        } else if !isSilent, !isMemberElsewhere {
            tell(.leave, user, room, &effects)
        }
    }

    func membership(of user: UserIndex, in room: RoomIndex) -> MembershipIndex? {
        var index = users[user].firstMembership
        while index != .none {
            if memberships[index].room == room {
                return index
            }
            index = memberships[index].link
        }
        return nil
    }

    private mutating func unlink(_ membership: MembershipIndex, from user: UserIndex) {
        let next = memberships[membership].link
        if users[user].firstMembership == membership {
            users[user].firstMembership = next
            return
        }
        var previous = users[user].firstMembership
        while memberships[previous].link != membership {
            previous = memberships[previous].link
        }
        memberships[previous].link = next
    }

    // MARK: Informing the others

    /// Pushes that a user has entered or left, unless the room is, or just was, too large for it.
    /// That user's connection is not subscribed yet, or no longer, and learns it from its reply.
    mutating func tell(
        _ event: PresenceEvent, _ user: UserIndex, _ room: RoomIndex, _ effects: inout Effects
    ) {
        if !catchingUp.isEmpty, cancelsHeld(event, user, room) { return }
        let count = memberCount(of: room)
        guard count + (event == .leave ? 1 : 0) <= limits.presenceMemberLimit else {
            return countChanged(room)
        }
        guard event == .leave || count > 1 else { return }
        guard catchingUp.isEmpty else {
            let start = beginPresence(event, users[user].name, room, &effects)
            return hold(event, user, room, from: start, &effects)
        }
        tell(event, users[user].name, room, count, &effects)
    }

    /// The same of a user who may be on another node; the room has `count` members then.
    func tell(
        _ event: PresenceEvent, _ name: borrowing String, _ room: RoomIndex, _ count: Int,
        _ effects: inout Effects
    ) {
        let start = beginPresence(event, name, room, &effects)
        effects.bytes.append(decimal: count)
        effects.bytes.append("}")
        effects.publish(to: id(of: room), from: start)
    }

    private func beginPresence(
        _ event: PresenceEvent, _ name: borrowing String, _ room: RoomIndex,
        _ effects: inout Effects
    ) -> Int {
        let start = effects.bytes.count
        effects.bytes.append("{\"type\":\"presence\",\"room\":\"")
        effects.bytes.append(utf8: rooms[room].name)
        effects.bytes.append("\",\"user\":\"")
        effects.bytes.append(utf8: name)
        effects.bytes.append("\",\"event\":\"")
        effects.bytes.append(event.name)
        effects.bytes.append("\",\"count\":")
        return start
    }

    mutating func countChanged(_ room: RoomIndex) {
        guard !rooms[room].isCountChanged else { return }
        rooms[room].isCountChanged = true
        changedRooms.append(room)
    }

    /// Pushes the member counts that have changed, at most once a second for each room.
    mutating func pushCounts(
        at now: Timestamp, _ rest: inout Int, _ effects: inout Effects
    ) {
        guard !changedRooms.isEmpty, catchingUp.isEmpty else { return }
        var later: [RoomIndex] = []
        for room in changedRooms where rooms[room].isCountChanged {
            guard rest > 0, now.monotonic - rooms[room].countPushedAt >= 1000 else {
                later.append(room)
                continue
            }
            rest -= 1
            rooms[room].isCountChanged = false
            rooms[room].countPushedAt = now.monotonic
            let start = effects.bytes.count
            effects.bytes.append("{\"type\":\"presence\",\"room\":\"")
            effects.bytes.append(utf8: rooms[room].name)
            effects.bytes.append("\",\"event\":\"count\",\"count\":")
            effects.bytes.append(decimal: memberCount(of: room))
            effects.bytes.append("}")
            effects.publish(to: id(of: room), from: start)
        }
        changedRooms = later
    }

    /// Appends `,"count":…`, and in front of it the members, if they are few enough.
    func writeMembersAndCount(of room: RoomIndex, to out: inout ByteBuffer) {
        let count = memberCount(of: room)
        if count <= limits.presenceMemberLimit { writeMembers(of: room, limit: count, to: &out) }
        out.append(",\"count\":")
        out.append(decimal: count)
    }

    /// Appends `,"members":["…",…]`, at most `limit` names, in the order in which they entered;
    /// those who are on other nodes alone come last.
    func writeMembers(of room: RoomIndex, limit: Int, to out: inout ByteBuffer) {
        out.append(",\"members\":[")
        var member = rooms[room].members.first
        var rest = limit
        while member != .none, rest > 0 {
            if rest < limit {
                out.append(UInt8(ascii: ","))
            }
            out.append(UInt8(ascii: "\""))
            out.append(utf8: users[memberships[member].user].name)
            out.append(UInt8(ascii: "\""))
            member = rooms[room].members.next(member, in: memberships)
            rest -= 1
        }
        for name in namesElsewhere(of: room).prefix(rest) {
            out.append(rest < limit ? ",\"" : "\"")
            out.append(utf8: name)
            out.append("\"")
            rest -= 1
        }
        out.append(UInt8(ascii: "]"))
    }
}
