// Random users in a few rooms, and a naive model of what each must see.

import Foundation
import Testing

@testable import ChatRooms

/// Plays a seeded run against a world and checks every received message.
final class StateModel {
    static let messageLimit = 20
    let world: World
    var random: SeededGenerator
    let roomNames = ["lobby", "Kitchen", "straße"]

    /// The messages so far, by epoch: offset n at n-1.
    struct Said: Equatable {
        var user: String
        var text: String
        var id: String?
    }
    var said: [String: [Said]] = [:]
    /// The epoch that each room must have while it is kept.
    var epochs: [String: String] = [:]

    /// A person: keeps their session and their place in each room over reconnects.
    struct Person {
        var name: String
        var session: String?
        var places: [String: (epoch: String, offset: Int)] = [:]
        var sentIDs: [(room: String, id: String, offset: Int, epoch: String)] = []
    }
    var people: [Person]

    /// A connection, as its client sees it.
    struct Client {
        var person: Int
        var isLoggedIn = false
        /// Its position in each of its rooms, and their members.
        var rooms: [String: (epoch: String, offset: Int, members: Set<String>)] = [:]
        var readCount = 0
    }
    var clients: [ConnectionKey: Client] = [:]
    var textNumber = 0
    var deliveredCount = 0
    var recoveredCount = 0

    init(seed: UInt64) {
        var limits = ChatLimits.withoutRateLimit
        limits.messagesPerRoomLimit = Self.messageLimit
        world = World(limits, seed: seed)
        random = SeededGenerator(seed)
        people = ["ann", "Bob", "çelik", "Дима", "eve"].map { Person(name: $0) }
    }

    func step() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<12: connect()
        case 12..<15: disconnect()
        case 15..<29: join()
        case 29..<34: leave()
        case 34..<75: say()
        case 75..<80: retry()
        case 80..<84: type()
        case 84..<89: who()
        case 89..<95: history()
        case 95..<97: publish()
        case 97..<99:
            world.pass(.milliseconds(Int.random(in: 1...30_000, using: &random)))
            world.tick()
        default:
            if Int.random(in: 0..<8, using: &random) == 0 {
                world.pass(.seconds(700))
                world.tick()
            }
        }
        readAll()
        checkRooms()
    }

    // MARK: Actions

    private func connect() {
        guard
            let slot = (0..<8 as Range<UInt32>).filter({ world.connections[$0] == nil })
                .randomElement(using: &random)
        else { return }
        let person = Int.random(in: 0..<people.count, using: &random)
        let key = world.open(slot)
        clients[key] = Client(person: person)
        let name = people[person].name
        let session = people[person].session ?? "none"
        let reply = world.send(
            key, #"{"type":"login","user":"\#(name)","session":"\#(session)","join":false}"#)[0]
        clients[key]!.readCount = 1
        // No other user has these names: only a forgotten session is refused, within its minute.
        #expect(reply.type == "welcome")
        people[person].session = reply["session"] as? String
        clients[key]!.isLoggedIn = true
    }

    private func disconnect() {
        guard let key = anybody() else { return }
        keepPlaces(of: key)
        clients[key] = nil
        world.close(key)
    }

    private func keepPlaces(of key: ConnectionKey) {
        let client = clients[key]!
        for (room, place) in client.rooms {
            people[client.person].places[room] = (place.epoch, place.offset)
        }
    }

    private func join() {
        guard let key = anybody() else { return }
        let room = roomNames.randomElement(using: &random)!
        var fields = #""room":"\#(Bool.random(using: &random) ? room : room.uppercased())""#
        var since: (epoch: String, offset: Int)?
        let place =
            clients[key]!.rooms[room].map { ($0.epoch, $0.offset) }
            ?? people[clients[key]!.person].places[room]
        if let place, Int.random(in: 0..<4, using: &random) > 0 {
            since = place
            fields += #","since":{"epoch":"\#(place.0)","offset":\#(place.1)}"#
        }
        let limit = [0, 3, 50].randomElement(using: &random)!
        let before = world.inbox[key]!.count
        let replies = world.send(key, #"{"type":"join",\#(fields),"limit":\#(limit)}"#)
        #expect(before == clients[key]!.readCount)
        clients[key]!.readCount += 1
        guard let joined = replies.first, joined.type == "joined" else {
            Issue.record("\(replies)")
            return
        }
        checkJoined(key, room, joined, since, limit)
    }

    private func checkJoined(
        _ key: ConnectionKey, _ room: String, _ joined: JSON,
        _ since: (epoch: String, offset: Int)?, _ limit: Int
    ) {
        let epoch = joined["epoch"] as! String
        if let expected = epochs[room] {
            #expect(expected == epoch)
        } else {
            #expect(said[epoch] == nil && joined.offset == 0)
            epochs[room] = epoch
            said[epoch] = []
        }
        let last = said[epoch]!.count
        let first = max(0, last - Self.messageLimit) + 1
        #expect(joined.offset == last)
        let mayRecover = since.map { $0.epoch == epoch && $0.offset >= first - 1 } ?? false
        #expect(joined["recovered"] as? Bool == mayRecover)
        let shown =
            mayRecover
            ? Array((since!.offset + 1..<last + 1).prefix(limit))
            : Array((first..<last + 1).suffix(limit))
        #expect(joined.offsets == shown)
        for message in joined["messages"] as! [JSON] {
            check(message, room, epoch)
        }
        recoveredCount += mayRecover && shown.count > 0 ? 1 : 0
        let place = mayRecover ? since!.offset + shown.count : last
        let members = Set(joined["members"] as! [String])
        clients[key]!.rooms[room] = (epoch, place, members)
        #expect(members == membersNow(of: room))
        #expect(joined["count"] as? Int == members.count)
    }

    private func leave() {
        guard let key = anybody(), let room = aRoom(of: key) else { return }
        let replies = world.send(key, #"{"type":"leave","room":"\#(room)"}"#)
        #expect(replies.map(\.type) == ["ok"])
        clients[key]!.readCount += 1
        keepPlaces(of: key)
        clients[key]!.rooms[room] = nil
    }

    private func say() {
        guard let key = anybody(), let room = aRoom(of: key) else { return }
        textNumber += 1
        let id = Bool.random(using: &random) ? "id-\(textNumber)" : nil
        let text = "text \(textNumber)" + ["", " é", " 😀"].randomElement(using: &random)!
        let idField = id.map { #","id":"\#($0)""# } ?? ""
        let epoch = epochs[room]!
        let offset = said[epoch]!.count + 1
        let person = clients[key]!.person
        said[epoch]!.append(Said(user: people[person].name, text: text, id: id))
        let replies = world.send(
            key, #"{"type":"message","room":"\#(room)","text":"\#(text)"\#(idField)}"#)
        #expect(replies.map(\.type) == ["message", "ok"])
        #expect(replies.last?.offset == offset)
        if let id {
            people[person].sentIDs.append((room, id, offset, epoch))
        }
    }

    private func retry() {
        guard let key = anybody(), let room = aRoom(of: key) else { return }
        let epoch = epochs[room]!
        let kept = said[epoch]!.count - Self.messageLimit + 1
        let candidates = people[clients[key]!.person].sentIDs.filter {
            $0.room == room && $0.epoch == epoch && $0.offset >= kept
        }
        guard let sent = candidates.randomElement(using: &random) else { return }
        let replies = world.send(
            key, #"{"type":"message","room":"\#(room)","text":"again","id":"\#(sent.id)"}"#)
        #expect(replies.map(\.offset) == [sent.offset])
    }

    /// Sends a message from outside, perhaps to a room that does not exist.
    private func publish() {
        let room = roomNames.randomElement(using: &random)!
        textNumber += 1
        let (reply, isNew) = world.publish(
            room, #"{"text":"text \#(textNumber)","user":"cron"}"#)
        let epoch = reply["epoch"] as! String
        if epochs[room] == nil {
            #expect(said[epoch] == nil)
            epochs[room] = epoch
            said[epoch] = []
        }
        #expect(epochs[room] == epoch && isNew)
        said[epoch]!.append(Said(user: "cron", text: "text \(textNumber)", id: nil))
        #expect(reply.offset == said[epoch]!.count)
        #expect(reply["count"] as? Int == membersNow(of: room).count)
        let (page, isUpToDate) = world.page(room, PageQuery(after: reply.offset! - 1))
        #expect(page.offsets == [reply.offset!] && !isUpToDate)
    }

    private func type() {
        guard let key = anybody(), let room = aRoom(of: key) else { return }
        world.send(key, #"{"type":"typing","room":"\#(room)"}"#)
    }

    private func who() {
        guard let key = anybody(), let room = aRoom(of: key) else { return }
        let who = world.send(key, #"{"type":"who","room":"\#(room)"}"#)[0]
        #expect(Set(who["members"] as! [String]) == membersNow(of: room))
        #expect(who["count"] as? Int == membersNow(of: room).count)
    }

    private func history() {
        guard let key = anybody(), let room = aRoom(of: key) else { return }
        let epoch = epochs[room]!
        let last = said[epoch]!.count
        let first = max(0, last - Self.messageLimit) + 1
        let anchor = Int.random(in: 0...last + 2, using: &random)
        let limit = Int.random(in: 1...10, using: &random)
        let isBefore = Bool.random(using: &random)
        let all = (first..<last + 1).filter { isBefore ? $0 < anchor : $0 > anchor }
        let expected = isBefore ? Array(all.suffix(limit)) : Array(all.prefix(limit))
        let page = world.send(
            key,
            #"{"type":"history","room":"\#(room)","\#(isBefore ? "before" : "after")":\#(anchor),"limit":\#(limit)}"#
        )[0]
        #expect(page.offsets == expected)
        #expect(page["more"] as? Bool == (all.count > limit))
        for message in page["messages"] as! [JSON] {
            check(message, room, epoch)
        }
    }

    // MARK: Checks

    private func anybody() -> ConnectionKey? {
        clients.keys.filter { clients[$0]!.isLoggedIn }.sorted { $0.slot < $1.slot }
            .randomElement(using: &random)
    }

    private func aRoom(of key: ConnectionKey) -> String? {
        clients[key]!.rooms.keys.sorted().randomElement(using: &random)
    }

    private func membersNow(of room: String) -> Set<String> {
        Set(clients.values.filter { $0.rooms[room] != nil }.map { people[$0.person].name })
    }

    private func check(_ message: JSON, _ room: String, _ epoch: String) {
        let expected = said[epoch]![message.offset! - 1]
        let actual = Said(
            user: message["user"] as! String, text: message["text"] as! String,
            id: message["id"] as? String)
        #expect(actual == expected)
        #expect(same(message["room"] as! String, room))
    }

    private func same(_ one: String, _ other: String) -> Bool { NameKey(one) == NameKey(other) }

    /// Every client reads its messages, which must be in order and come once.
    private func readAll() {
        for key in clients.keys {
            for text in world.inbox[key]![clients[key]!.readCount...] {
                read(parse(text), by: key)
            }
            clients[key]!.readCount = world.inbox[key]!.count
            for (room, place) in clients[key]!.rooms {
                #expect(place.offset == said[place.epoch]!.count, "all messages have come")
                #expect(place.members == membersNow(of: room))
            }
        }
    }

    private func read(_ push: JSON, by key: ConnectionKey) {
        // A room's name is spelled as its first member wrote it.
        let called = push["room"] as? String ?? ""
        let room = roomNames.first { same($0, called) } ?? called
        switch push.type {
        case "message":
            let place = clients[key]!.rooms[room]!
            #expect(push.offset == place.offset + 1)
            check(push, room, place.epoch)
            clients[key]!.rooms[room]!.offset += 1
            deliveredCount += 1
        case "presence":
            let user = push["user"] as! String
            if push["event"] as? String == "join" {
                #expect(clients[key]!.rooms[room]!.members.insert(user).inserted)
            } else {
                #expect(clients[key]!.rooms[room]!.members.remove(user) != nil)
            }
            #expect(push["count"] as? Int == clients[key]!.rooms[room]!.members.count)
        case "typing": #expect(clients[key]!.rooms[room] != nil)
        case "ok", "who", "history": break
        default: Issue.record("\(push)")
        }
    }

    /// A room without members may be forgotten, and then has a new epoch.
    private func checkRooms() {
        #expect(world.roomCount == world.rooms.count)
        var open = Set<RoomID>()
        world.chat.forEachRoom { open.insert($0) }
        #expect(open == world.rooms)
        var heard: [RoomID: Set<ConnectionKey>] = [:]
        world.chat.forEachSubscription { heard[$1, default: []].insert($0) }
        #expect(heard == world.subscribers.filter { !$0.value.isEmpty })
        for room in roomNames where membersNow(of: room).isEmpty {
            if world.chat.roomsByName.find(NameKey(room), in: world.chat.rooms) == nil {
                epochs[room] = nil
            }
        }
    }
}
