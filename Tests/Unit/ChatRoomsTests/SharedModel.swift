// Several chats that share the logs of their rooms, people who speak through them, and what must be
// true of all that they see.
import Foundation
import Storage
import Testing

@testable import ChatRooms

/// A run by seed. The logs are in the model: each has one order of entries, and the nodes hear of
/// it late, lose their connections to it, and see it replaced now and then.
final class SharedModel {
    struct Place: Hashable {
        var offset: Int
        var epoch: UInt64

        init(_ offset: Int, _ epoch: UInt64) { (self.offset, self.epoch) = (offset, epoch) }
    }
    struct Named: Hashable {
        var room: String
        var place: Place
    }
    struct Person {
        var name: String
        var session: String?
        /// The last entry that it has, for each room, when it was last there.
        var places: [String: Place] = [:]
        /// Said, and not acknowledged: said again now and then, on any node.
        var unacknowledged: [(room: String, id: String, text: String)] = []
    }
    /// A room, as one connection sees it.
    struct View {
        var place: Place
        /// The ids of the messages since the last `recovered:false`.
        var ids: Set<String> = []
        /// Messages of this view, and whose they are.
        var messages: [Int: String] = [:]
        var members: Set<String> = []
        /// The newest entry when it entered.
        var missedUntil = 0
    }
    struct Client {
        var person: Int
        var isLoggedIn = false
        var views: [String: View] = [:]
        var readCount = 0
        /// Commands whose reply is due, by their `ref`, oldest first.
        var due: [Due] = []
        /// Whether `joined` of the lobby follows `welcome`.
        var entersLobby = false
    }
    struct Due {
        var ref: String
        var kind: String
        var room: String
        var id = ""
        var since: Place?
    }

    /// Ways to break what the chats do, or what is said to them: each must be seen.
    enum Fault: CaseIterable {
        case forgetsResets, losesEntries, keepsNoKeys, tellsPlacesWrongly
        case forgetsPresence, losesDepartures
    }

    let seed: UInt64
    var random: SeededGenerator
    var limits = ChatLimits.withoutRateLimit
    var fault: Fault?
    var nodes: [SharedNode] = []
    var logs: [String: ModelLog] = [:]
    let roomNames = ["lobby", "Kitchen", "straße"]
    var people = ["ann", "Bob", "çelik", "Дима", "eve"].map { Person(name: $0) }
    /// Every frame that was pushed, by its place: on all nodes it is the same.
    var frames: [Named: String] = [:]
    /// The id of each message that anybody has seen, by its place.
    var ids: [Named: String] = [:]
    var acknowledged: [Named: String] = [:]
    /// All places of which anybody has heard.
    var places: Set<Named> = []
    /// What stood in front of each entry.
    var previous: [Named: Place] = [:]
    var failures: [String] = []
    var textNumber = 0
    var commandNumber = 0
    var nodeNumber = 0
    var observerCount = 0
    var counts: [String: Int] = [:]

    init(seed: UInt64, fault: Fault? = nil) {
        self.seed = seed
        self.fault = fault
        random = SeededGenerator(seed)
        limits.messagesPerRoomLimit = [6, 40, 1_000][Int(seed % 3)]
        limits.presenceMemberLimit = seed % 5 == 0 ? 3 : 200
        limits.pendingMessageLimit = 4
        limits.emptyRoomLifetime = .seconds(5)
        limits.nameReservation = .zero
        var session = ByteBuffer()
        Self.annsToken.write(to: &session)
        people[0].session = session.span.string(0..<session.count)
        for _ in 0..<Int.random(in: 2...4, using: &random) { addNode() }
    }

    func check(_ holds: Bool, _ text: @autoclosure () -> String) {
        if !holds { failures.append(text()) }
    }

    func count(_ what: String) { counts[what, default: 0] += 1 }

    func step() {
        switch Int.random(in: 0..<200, using: &random) {
        case 0..<12: connect()
        case 12..<16: disconnect()
        case 16..<34: join()
        case 34..<40: leave()
        case 40..<80: say()
        case 80..<90: change()
        case 90: cut(randomNode())
        case 91..<95: reconnect(randomNode())
        case 95: diverge()
        case 96..<98: sayAgain()
        case 98: if Int.random(in: 0..<6, using: &random) == 0 { replaceNode() }
        case 99: randomNode().giveUp(&random)
        case 100..<102:
            let time = Duration.milliseconds(Int.random(in: 1...3_000, using: &random))
            for node in nodes { node.world.pass(time) }
            for node in nodes { node.world.tick() }
        case 102..<145: submit(randomNode())
        default: randomNode().deliver(&random)
        }
        for node in nodes { take(from: node) }
        readAll()
    }

    func randomNode() -> SharedNode { nodes.randomElement(using: &random)! }

    /// Everything is delivered, and everybody reads to the end.
    func settle() {
        for _ in 0..<8 {
            for node in nodes {
                reconnect(node)
                node.world.pass(.seconds(1))
                node.world.tick()
            }
            while !logs.values.allSatisfy(\.lost.isEmpty) { sayAgain() }
            for _ in 0..<4 {
                for node in nodes {
                    take(from: node)
                    while node.posts.contains(where: { !$0.isSubmitted }) { submit(node) }
                    while node.deliver(&random) {}
                }
            }
            readAll()
        }
        for node in nodes {
            for client in node.clients.values {
                check(client.due.isEmpty, "not answered: \(client.due)")
            }
        }
    }

    /// What is true once nothing is on its way.
    func checkEnd() {
        checkMembers()
        checkPages()
        for (named, id) in acknowledged {
            check(ids[named] == nil || ids[named] == id, "\(named) is not \(id)")
        }
        // What was said is there once, however often and wherever it was given.
        for (room, log) in logs {
            var known: Set<String> = []
            for entry in log.entries {
                guard let body = EntryBody(entry.body.span), !body.id.isEmpty else { continue }
                let id = "\(body.author) " + entry.body.span.string(body.id)
                check(known.insert(id).inserted, "twice in \(room): \(id)")
            }
        }
    }

    /// Members are all whose connections are in the room, on whatever node.
    private func checkMembers() {
        for name in roomNames {
            let room = NameKey(name).folded
            var members: Set<String> = []
            for node in nodes {
                for client in node.clients.values where client.views[room] != nil {
                    members.insert(NameKey(people[client.person].name).folded)
                }
            }
            for node in nodes {
                for (key, client) in node.clients where client.views[room] != nil {
                    command(node, key, "who", room, #""room":"\#(name)""#)
                    node.world.carryOut()
                    read(node, key)
                    let seen = node.clients[key]!.views[room]!.members
                    // Beyond the limit nodes tell each other how many there are.
                    guard members.count <= limits.presenceMemberLimit else { continue }
                    check(seen == members, "\(room) on \(node.name): \(seen), not \(members)")
                }
            }
        }
    }

    /// Somebody who enters now sees the same on all nodes, as far back as each remembers.
    private func checkPages() {
        for name in roomNames {
            var pages: [[String]] = []
            for node in nodes {
                observerCount += 1
                let key = node.world.open(UInt32(100 + observerCount))
                node.world.send(key, #"{"type":"login","user":"x\#(observerCount)","join":false}"#)
                node.world.send(key, #"{"type":"join","room":"\#(name)","limit":200}"#)
                for _ in 0..<4 {
                    take(from: node)
                    while node.deliver(&random) {}
                }
                let joined = node.world.heard(key).last { $0.type == "joined" } ?? [:]
                let messages = joined["messages"] as? [JSON] ?? []
                pages.append(
                    messages.map { message in
                        var message = message
                        message["epoch"] = nil
                        let data = try? JSONSerialization.data(
                            withJSONObject: message, options: .sortedKeys)
                        return String(decoding: data ?? Data(), as: UTF8.self)
                    })
            }
            let common = pages.map(\.count).min() ?? 0
            for page in pages {
                let differing = zip(page.suffix(common), pages[0].suffix(common)).first(where: !=)
                check(differing == nil, "pages of \(name) differ: \(differing!)")
            }
        }
    }
}
