// The members of a room: what this node says of them, and what the others say.
import RedisClient
import Storage

extension EngineNode {
    /// The own value is to be written, or the others' to be read.
    mutating func writePresence(_ index: TableIndex<RoomState>) {
        guard !rooms[index].presence.isDirty else { return }
        rooms[index].presence.isDirty = true
        if stage == .up { waitingForPresence.append(handle(index)) }
    }

    /// Writes what is next, within the limit; and removes what dead nodes have left.
    mutating func writePresences(
        _ commands: inout some EngineCommands & ~Copyable, at now: UInt64
    ) {
        while presenceCount < options.syncLimit, let room = waitingForPresence.first {
            if let index = find(room) {
                guard removeDead(index, room, &commands, at: now) else { return }
                if rooms[index].presence.isDirty, !rooms[index].presence.isUnderWay {
                    guard sendPresence(index, room, &commands, at: now) else { return }
                }
            }
            waitingForPresence.removeFirst()
        }
    }

    private mutating func removeDead(
        _ index: TableIndex<RoomState>, _ room: EngineRoom,
        _ commands: inout some EngineCommands & ~Copyable, at now: UInt64
    ) -> Bool {
        while let node = rooms[index].presence.dead.last {
            guard
                let request = requestPresence(index, of: node, [], &commands, at: now)
            else { return false }
            fly(request, .removePresence(room), at: now)
            presenceCount += 1
            rooms[index].presence.dead.removeLast()
        }
        return true
    }

    mutating func sendPresence(
        _ index: TableIndex<RoomState>, _ room: EngineRoom,
        _ commands: inout some EngineCommands & ~Copyable, at now: UInt64
    ) -> Bool {
        let own = rooms[index].presence.own
        guard
            let request = requestPresence(index, of: incarnation, own, &commands, at: now)
        else { return false }
        fly(request, .presence(room), at: now)
        presenceCount += 1
        rooms[index].presence.isDirty = false
        rooms[index].presence.isUnderWay = true
        if !own.isEmpty { rooms[index].presence.isWritten = true }
        return true
    }

    private func requestPresence(
        _ index: TableIndex<RoomState>, of node: String, _ value: [UInt8],
        _ commands: inout some EngineCommands & ~Copyable, at now: UInt64
    ) -> RedisRequest? {
        commands.request(argumentCount: 7, at: now) {
            $0.append("FCALL")
            $0.append("r1_pres")
            $0.append("1")
            $0.append(utf8: rooms[index].names.presence)
            $0.append(utf8: rooms[index].names.channel)
            $0.append(utf8: node)
            $0.append(value.span)
        }
    }

    // MARK: What others say

    /// What the other nodes say that are alive, in the order of their names.
    package func presences(in room: EngineRoom) -> [(node: String, value: [UInt8])] {
        rooms[index(of: room)].presence.others
            .filter { peers[$0.key]?.isAlive != false }
            .sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }

    mutating func presenceAnswered(
        _ reply: borrowing RedisReply, in room: EngineRoom, at now: UInt64
    ) {
        guard let index = find(room) else { return }
        rooms[index].presence.isUnderWay = false
        guard reply.isAggregate else { return leave(.notUnderstood("r1_pres")) }
        if rooms[index].presence.own.isEmpty, !rooms[index].presence.isDirty {
            rooms[index].presence.isWritten = false
        }
        var values = reply.values
        var gone = rooms[index].presence.others
        while let node = values.next(), let value = values.next() {
            let name = String(copying: node.bytes)
            guard name != incarnation else { continue }
            gone[name] = nil
            hear(of: name, [UInt8](copying: value.bytes), index, at: now)
            if peers[name]?.isAlive == false { rooms[index].presence.dead.append(name) }
        }
        for node in gone.keys.sorted() { hear(of: node, [], index, at: now) }
        if rooms[index].presence.isDirty || !rooms[index].presence.dead.isEmpty {
            waitingForPresence.append(room)
        }
    }

    mutating func presencePushed(
        _ node: String, _ value: [UInt8], in room: EngineRoom, at now: UInt64
    ) {
        guard let index = find(room) else { return }
        guard node == incarnation else {
            // A value that is not empty was written by the node itself, so that it is alive. Two
            // nodes that take each other for dead would remove each other's again and again.
            hear(of: node, value, index, at: now)
            if !value.isEmpty { heardFrom(node, at: now) }
            return
        }
        // Somebody took this node for dead, or an older value came late.
        if value != rooms[index].presence.own { writePresence(index) }
    }

    private mutating func hear(
        of node: String, _ value: [UInt8], _ index: TableIndex<RoomState>, at now: UInt64
    ) {
        // Of a node that has no heartbeat, nobody would notice that it is dead.
        if peers[node] == nil, !value.isEmpty { peers[node] = Peer(changedAt: now) }
        guard rooms[index].presence.others[node] ?? [] != value else { return }
        rooms[index].presence.others[node] = value.isEmpty ? nil : value
        if peers[node]?.isAlive != false {
            events.append(.presence(handle(index), node: node, value: value))
        }
    }
}
