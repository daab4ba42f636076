// Other nodes: which are alive, and what is done about dead ones.
import RedisClient
import Storage

extension EngineNode {
    /// All heartbeats, as Redis has them.
    mutating func readNodes(_ nodes: consuming RedisValues, at now: UInt64) {
        var nodes = nodes
        var listed: Set<String> = []
        while let node = nodes.next(), let count = nodes.next() {
            let name = String(copying: node.bytes)
            guard name != incarnation else { continue }
            listed.insert(name)
            let count = [UInt8](copying: count.bytes)
            guard let peer = peers[name] else {
                peers[name] = Peer(count: count, changedAt: now)
                continue
            }
            guard peer.count != count else { continue }
            peers[name]?.count = count
            peers[name]?.changedAt = now
            if !peer.isAlive { revive(name) }
        }
        for name in peers.keys.sorted() {
            guard let peer = peers[name] else { continue }
            if peer.isAlive, now >= peer.changedAt + options.silentAfter {
                bury(name)
            } else if !peer.isAlive, !listed.contains(name) {
                peers[name] = nil
            }
        }
    }

    /// It has been silent: its presence does not count.
    private mutating func bury(_ node: String) {
        peers[node]?.isAlive = false
        deadNodes.append(node)
        announce(node) { _ in [] }
    }

    /// It has said something.
    mutating func heardFrom(_ node: String, at now: UInt64) {
        guard let peer = peers[node] else { return }
        peers[node]?.changedAt = now
        if !peer.isAlive { revive(node) }
    }

    /// It was not dead, only silent.
    private mutating func revive(_ node: String) {
        peers[node]?.isAlive = true
        deadNodes.removeAll { $0 == node }
        announce(node) { $0 }
    }

    private mutating func announce(_ node: String, _ value: ([UInt8]) -> [UInt8]) {
        for index in rooms.indices where rooms[index].isOpen {
            guard let known = rooms[index].presence.others[node] else { continue }
            events.append(.presence(handle(index), node: node, value: value(known)))
        }
    }

    /// Removes the heartbeats of dead nodes.
    mutating func removeDeadNodes(
        _ commands: inout some EngineCommands & ~Copyable, at now: UInt64
    ) {
        while let node = deadNodes.last {
            let request = commands.request(argumentCount: 3, at: now) {
                $0.append("HDEL")
                $0.append(utf8: heart.nodes)
                $0.append(utf8: node)
            }
            guard let request else { return }
            deadNodes.removeLast()
            fly(request, .removeNode(node), at: now)
        }
    }

    /// Its heartbeat is gone, and its presence has to go as well. Each node does that in the rooms
    /// that it has open: what is not there is removed again without a push.
    mutating func nodeRemoved(_ node: String) {
        guard let peer = peers[node], !peer.isAlive else { return }
        for index in rooms.indices where rooms[index].isOpen {
            guard rooms[index].presence.others[node] != nil else { continue }
            rooms[index].presence.dead.append(node)
            if stage == .up { waitingForPresence.append(handle(index)) }
        }
    }
}
