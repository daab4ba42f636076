// Members over several nodes: what the others hear of this node, and what it hears of them.
import Storage

extension Chat {
    /// How many members the room has, on all nodes.
    func memberCount(of room: RoomIndex) -> Int {
        let count = rooms[room].members.count
        guard !shared.elsewhere.isEmpty, let others = shared.elsewhere[room] else { return count }
        return count + others.count
    }

    /// The names of members that are on other nodes alone.
    func namesElsewhere(of room: RoomIndex) -> [String] {
        guard !shared.elsewhere.isEmpty else { return [] }
        return shared.elsewhere[room]?.names ?? []
    }

    // MARK: This node

    /// A user has entered the room on this node, or left it. Returns false if that changes nothing:
    /// the name was, or is still, a member on another node.
    mutating func changesMembers(
        _ event: PresenceEvent, _ user: UserIndex, _ room: RoomIndex
    ) -> Bool {
        presenceChanged(room)
        guard shared.elsewhere[room] != nil else { return true }
        let key = NameKey(users[user].name).folded
        guard shared.elsewhere[room]!.has(key: key) else { return true }
        shared.elsewhere[room]!.set(key, isHere: event == .join)
        return false
    }

    /// The other nodes shall hear of the members here, once a turn.
    mutating func presenceChanged(_ room: RoomIndex) {
        guard !rooms[room].isPresenceChanged else { return }
        rooms[room].isPresenceChanged = true
        shared.changedRooms.append(room)
    }

    /// Has the log hear of the rooms whose members have changed.
    mutating func orderPresence() {
        for room in shared.changedRooms where rooms[room].isPresenceChanged {
            rooms[room].isPresenceChanged = false
            shared.orders.append(.presence(id(of: room), presence(in: room)))
        }
        shared.changedRooms.removeAll(keepingCapacity: true)
    }

    private func presence(in room: RoomIndex) -> RoomPresence {
        let count = rooms[room].members.count
        var names: [String] = []
        guard count <= limits.presenceMemberLimit else {
            return RoomPresence(count: count, names: names)
        }
        var member = rooms[room].members.first
        while member != .none {
            names.append(users[memberships[member].user].name)
            member = rooms[room].members.next(member, in: memberships)
        }
        return RoomPresence(count: count, names: names)
    }

    // MARK: The other nodes

    /// The members of a room on another node are these from now on.
    mutating func heard(
        _ presence: RoomPresence?, of node: String, in room: RoomIndex, _ effects: inout Effects
    ) {
        var others = shared.elsewhere.removeValue(forKey: room) ?? Elsewhere()
        var count = rooms[room].members.count + others.count
        let before = count
        let (came, left) = others.set(presence, of: node) { isMember($0, of: room) }
        if !others.isEmpty { shared.elsewhere[room] = others }
        let after = memberCount(of: room)
        guard max(before, after) <= limits.presenceMemberLimit else {
            if before != after || !came.isEmpty || !left.isEmpty { countChanged(room) }
            return
        }
        guard rooms[room].members.count > 0 else { return }
        for name in left {
            count -= 1
            tell(.leave, name, room, count, &effects)
        }
        for name in came {
            count += 1
            tell(.join, name, room, count, &effects)
        }
    }

    /// A node is no more.
    mutating func lost(node: String, _ effects: inout Effects) {
        let left = shared.elsewhere.filter { $0.value.has(node: node) }.keys
        for room in left.sorted(by: { $0.rawValue < $1.rawValue }) {
            heard(nil, of: node, in: room, &effects)
        }
    }

    private func isMember(_ key: String, of room: RoomIndex) -> Bool {
        usersByName.find(NameKey(key), in: users).map { membership(of: $0, in: room) != nil }
            ?? false
    }
}
