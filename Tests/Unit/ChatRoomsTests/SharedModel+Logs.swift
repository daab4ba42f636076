// The logs of the model: entries get their places, nodes lose their connections, suffixes are lost.
import Testing

@testable import ChatRooms

extension SharedModel {
    func addNode() {
        nodeNumber += 1
        let world = World(sharing: limits, seed: seed &* 1_000 &+ UInt64(nodeNumber))
        if let other = nodes.first { world.now = other.world.now }
        let node = SharedNode("node-\(nodeNumber)", world)
        nodes.append(node)
        // An account is the same on all nodes. Only accounts may say what a room is about.
        world.chat.begin(
            with: StoredState(users: [
                StoredUser(
                    number: 1, key: "ann", name: "ann", password: "hash", seenAt: 0,
                    sessions: [StoredUser.Session(proof: Self.annsToken.proof, seenAt: 0)])
            ]), at: world.now)
        world.openLobby()
    }

    /// Another process takes a node's place; its people are gone.
    func replaceNode() {
        count("replaced")
        let node = nodes.remove(at: Int.random(in: 0..<nodes.count, using: &random))
        for client in node.clients.values { keepPlaces(of: client) }
        for log in logs.values { log.presence[node.name] = nil }
        // What it has given to the logs may be there, and nobody hears of it.
        for other in nodes where other.isConnected { other.presence.append(.gone(node: node.name)) }
        addNode()
    }

    func newEpoch() -> UInt64 { UInt64.random(in: 1..<1 << 62, using: &random) }

    /// What a node's chat wants of the logs.
    func take(from node: SharedNode) {
        for order in node.world.chat.takeLogOrders() {
            switch order {
            case .follow(let id, let key, let name):
                if logs[key] == nil {
                    let keep = [3, 10, 1_000].randomElement(using: &random)!
                    logs[key] = ModelLog(name, epoch: newEpoch(), keep: keep)
                }
                let isKnown = node.world.isFollowed(id)
                check(!isKnown || node.rooms[key]?.isLive != true, "followed again: \(key)")
                if node.rooms[key]?.id != id { node.rooms[key] = SharedNode.Followed(id: id) }
                if node.isConnected {
                    follow(key, node)
                } else {
                    node.rooms[key]!.events.append(.away(id))
                }
            case .leave(let id):
                guard let key = node.rooms.first(where: { $0.value.id == id })?.key else { break }
                node.rooms[key] = nil
                setPresence(nil, of: node, in: key)
            case .add(let post):
                let room = node.rooms.first { $0.value.id == post.room }!.key
                node.posts.append(SharedNode.Given(post: post, room: room))
            case .presence(let id, let presence):
                guard let key = node.rooms.first(where: { $0.value.id == id })?.key else { break }
                let bytes = presence.bytes
                check(RoomPresence(bytes.span) == presence, "written and read: \(presence)")
                setPresence(presence.count == 0 ? nil : presence, of: node, in: key)
            }
        }
    }

    private func setPresence(_ presence: RoomPresence?, of node: SharedNode, in key: String) {
        guard let log = logs[key], fault != .losesDepartures || presence != nil else { return }
        log.presence[node.name] = presence
        for other in nodes where other !== node && other.isConnected {
            guard let id = other.rooms[key]?.id, fault != .forgetsPresence else { continue }
            other.presence.append(.presence(id, node: node.name, presence))
        }
    }

    /// The node has caught up with a room's log.
    private func follow(_ key: String, _ node: SharedNode) {
        let log = logs[key]!
        node.rooms[key]!.isLive = true
        node.rooms[key]!.sent = log.last
        node.rooms[key]!.events.append(
            .live(node.rooms[key]!.id, name: log.name, log.newest))
        for other in nodes where other !== node {
            node.presence.append(
                .presence(node.rooms[key]!.id, node: other.name, log.presence[other.name]))
        }
    }

    /// The log takes some of what a node has given it.
    func submit(_ node: SharedNode) {
        guard node.isConnected else { return }
        var rest = Int.random(in: 1...4, using: &random)
        let waiting = node.posts.indices.filter {
            !node.posts[$0].isSubmitted && node.rooms[node.posts[$0].room]?.isLive != false
        }
        guard let chosen = waiting.randomElement(using: &random) else { return }
        let room = node.posts[chosen].room
        for index in waiting where node.posts[index].room == room && rest > 0 {
            rest -= 1
            node.posts[index].isSubmitted = true
            let post = node.posts[index].post
            let place = add(post.key, post.body, to: room)
            tell(node, post.ticket, place, room)
        }
    }

    private func tell(_ node: SharedNode, _ ticket: UInt64, _ place: Place, _ room: String) {
        var offset = place.offset
        if fault == .tellsPlacesWrongly, Int.random(in: 0..<9, using: &random) == 0 { offset -= 1 }
        let event = LogEvent.placed(
            ticket: ticket, ChatRooms.Place(offset: offset, epoch: place.epoch))
        // Now and then the place comes before the entry.
        if Int.random(in: 0..<5, using: &random) == 0 || node.rooms[room] == nil {
            node.presence.append(event)
        } else {
            node.rooms[room]!.events.append(event)
        }
    }

    /// An entry gets its place, and all nodes that follow the room will hear it.
    private func add(_ key: EntryKey, _ body: [UInt8], to room: String) -> Place {
        let log = logs[room]!
        if let place = log.places[key], fault != .keepsNoKeys { return place }
        if Int.random(in: 0..<12, using: &random) == 0 { log.epoch = newEpoch() }
        let last = log.last
        let place = Place(last.offset + 1, log.epoch)
        let entry = ModelLog.Entry(place: place, key: key, body: body)
        log.entries.append(entry)
        log.places[key] = place
        previous[Named(room: room, place: place)] = last
        for node in nodes where node.rooms[room]?.isLive == true {
            node.rooms[room]!.sent = place
            let id = node.rooms[room]!.id
            if fault == .losesEntries, Int.random(in: 0..<20, using: &random) == 0 { continue }
            node.rooms[room]!.events.append(.appended(id, log.part([entry])))
            if Int.random(in: 0..<10, using: &random) == 0 {
                node.rooms[room]!.events.append(.appended(id, log.part([entry])))
            }
        }
        return place
    }

    // MARK: Failures

    /// A node loses its connection: what was on its way to it is lost, and it does not know which
    /// of its entries the logs have.
    func cut(_ node: SharedNode) {
        guard node.isConnected else { return }
        count("cut")
        node.isConnected = false
        node.presence = []
        for index in node.posts.indices { node.posts[index].isSubmitted = false }
        let isLong = Bool.random(using: &random)
        for room in node.rooms.keys {
            node.rooms[room]!.isLive = false
            let id = node.rooms[room]!.id
            node.rooms[room]!.events = [.syncing(id)] + (isLong ? [.away(id)] : [])
        }
    }

    func reconnect(_ node: SharedNode) {
        guard !node.isConnected else { return }
        node.isConnected = true
        for room in node.rooms.keys.sorted() { follow(room, node) }
        for (room, log) in logs.sorted(by: { $0.key < $1.key }) where node.rooms[room] == nil {
            log.presence[node.name] = nil
        }
        // Nodes that are gone are nowhere; it may not have heard of that.
        for number in 1...nodeNumber where !nodes.contains(where: { $0.name == "node-\(number)" }) {
            node.presence.append(.gone(node: "node-\(number)"))
        }
    }

    /// The end of a log is lost, and it goes on with another epoch. Nodes that had the end hear
    /// that the log is another one, and say again what was there.
    func diverge() {
        guard let room = logs.keys.sorted().randomElement(using: &random) else { return }
        let log = logs[room]!
        guard !log.entries.isEmpty else { return }
        count("diverged")
        let lostCount = min(log.entries.count, Int.random(in: 1...5, using: &random))
        let lost = Array(log.entries.suffix(lostCount))
        log.entries.removeLast(lostCount)
        log.lost += lost
        for entry in lost { log.places[entry.key] = nil }
        log.epoch = newEpoch()
        for node in nodes where node.rooms[room]?.isLive == true {
            guard node.rooms[room]!.sent.offset > log.last.offset, fault != .forgetsResets else {
                continue
            }
            node.rooms[room]!.sent = log.last
            node.rooms[room]!.events.append(.reset(node.rooms[room]!.id, log.newest))
        }
    }

    /// What was lost is said again.
    func sayAgain() {
        for (room, log) in logs.sorted(by: { $0.key < $1.key }) where !log.lost.isEmpty {
            let entry = log.lost.removeFirst()
            _ = add(entry.key, entry.body, to: room)
        }
    }
}
