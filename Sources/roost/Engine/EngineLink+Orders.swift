// What the chat wants of its rooms' logs, as a node does it.
import ChatEngine
import ChatRooms
import Storage

extension EngineLink {
    /// Carries out what the chat wants, in order.
    mutating func carryOut(_ orders: [LogOrder], at now: UInt64) {
        for order in orders {
            switch order {
            case .follow(let id, let key, let name): follow(id, key, name)
            case .leave(let id): leave(id)
            case .add(let post): add(post, at: now)
            case .presence(let id, let presence):
                guard let followed = followed[id] else { continue }
                let bytes = presence.bytes
                node.setPresence(
                    bytes.isEmpty ? [] : SharedForm.bytes(followed.name, bytes), in: followed.room)
            }
        }
    }

    private mutating func follow(_ id: RoomID, _ key: String, _ name: String) {
        let room = node.open(key)
        if followed[id] == nil { followed[id] = Followed(room: room, key: key, name: name) }
        rooms[room] = id
        // It may have been followed before: the chat hears everything again.
        followed[id]?.toldSerial = 0
        for (other, value) in node.presences(in: room) { hear(value, of: other, in: id) }
        if node.isLive(room) {
            goLive(id, node.serials(in: room))
        } else if isGivenUp {
            news.append(.log(.away(id)))
        }
    }

    private mutating func leave(_ id: RoomID) {
        guard let left = followed.removeValue(forKey: id) else { return }
        rooms[left.room] = nil
        node.close(left.room)
    }

    private mutating func add(_ post: LogPost, at now: UInt64) {
        guard let room = followed[post.room] else {
            return news.append(.log(.refused(ticket: post.ticket)))
        }
        var key = ByteBuffer(minimumCapacity: 32)
        post.key.write(to: &key)
        waiting[post.ticket] = now
        node.publish(
            key: key.span, body: SharedForm.bytes(room.name, post.body).span, ticket: post.ticket,
            in: room.room, at: now)
    }
}
