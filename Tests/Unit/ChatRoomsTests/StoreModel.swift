// Random people who speak through a chat with a store that answers late, fails, or loses the
// process; and what must be true of all that they have seen.
import Foundation
import Testing

@testable import ChatRooms

/// A run by seed. A client here is what a person's program should be: it keeps its place, resumes
/// with it, and sends again, with the same id, what nobody has acknowledged.
final class StoreModel {
    let store = FakeStore()
    var world: World
    var random: SeededGenerator
    var limits = ChatLimits.withoutRateLimit
    let roomNames = ["lobby", "Kitchen", "straße"]
    var seed: UInt64

    struct Person {
        var name: String
        var session: String?
        /// The last message that it has, for each room, by the room's name.
        var places: [String: Place] = [:]
        /// Said, and not acknowledged: sent again after the next login.
        var unacknowledged: [(room: String, id: String, text: String)] = []
    }
    struct Place: Hashable {
        var offset: Int
        var epoch: String
    }
    struct Client {
        var person: Int
        var isLoggedIn = false
        /// Rooms of which pushes come, and the last message that came.
        var rooms: [String: Place] = [:]
        var readCount = 0
        /// Commands whose reply is due, by their `ref`, oldest first.
        var due: [Due] = []
    }
    struct Due {
        var ref: String
        var kind: String
        var room: String
        /// The place that a `join` has named.
        var since: Place?
    }
    struct Named: Hashable {
        var room: String
        var place: Place
    }

    var people = ["ann", "Bob", "çelik", "Дима", "eve"].map { Person(name: $0) }
    var clients: [ConnectionKey: Client] = [:]
    /// What anybody has ever seen at a place.
    var seen: [Named: String] = [:]
    /// What was acknowledged: id and text, by place.
    var acknowledged: [Named: String] = [:]
    var textNumber = 0
    var commandNumber = 0
    var recoveredCount = 0
    var crashCount = 0
    var refusedCount = 0
    var olderPageCount = 0
    var foundCount = 0
    var recoveredConnectionCount = 0
    var missedEntryCount = 0
    var closedAfterCrashCount = 0

    init(seed: UInt64, entryLimit: Int = .max) {
        self.seed = seed
        random = SeededGenerator(seed)
        limits.messagesPerRoomLimit = 8
        limits.pageByteLimit = 1_000
        limits.pendingMessageLimit = 4
        limits.emptyRoomLifetime = .seconds(5)
        store.entryLimit = entryLimit
        world = World(limits, seed: seed, store: store)
        world.openLobby()
    }

    func step() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<8: connect()
        case 8..<11: disconnect()
        case 11..<22: join()
        case 22..<25: leave()
        case 25..<55: say()
        case 55..<60: history()
        case 60..<62: search()
        case 62..<63: store.delay(world)
        case 63..<64: crash()
        case 64..<67:
            world.pass(.milliseconds(Int.random(in: 1...6_000, using: &random)))
            world.tick()
        case 67..<85:
            world.tell(.state(.works))
            store.keep(world)
        default:
            let number = Int.random(in: 0...max(0, store.questions.count - 1), using: &random)
            store.answerQuestion(number, world, fails: Int.random(in: 0..<12, using: &random) == 0)
        }
        readAll()
    }

    /// Everything is answered, and everybody reads to the end.
    func settle() {
        for _ in 0..<20 {
            world.tell(.state(.works))
            world.tick()
            store.answerAll(world)
            readAll()
        }
        for client in clients.values { #expect(client.due.isEmpty, "\(client.due)") }
    }

    /// What was acknowledged or seen is what the store has.
    func checkStore() {
        var kept: [Named: FakeStore.Entry] = [:]
        for room in store.rooms.values {
            var ids: [String: Int] = [:]
            for entry in room.entries {
                let place = Place(
                    offset: entry.entry.place.offset,
                    epoch: Epoch(number: entry.entry.place.epoch).text)
                kept[Named(room: room.room.key, place: place)] = entry
                let id = String(decoding: entry.id, as: UTF8.self)
                if !id.isEmpty {
                    // Beyond what the memory has, a retry is not recognized.
                    let key = "\(entry.entry.author) \(id)"
                    let before = ids.updateValue(place.offset, forKey: key)
                    #expect(
                        place.offset - (before ?? -100) > limits.messagesPerRoomLimit,
                        "twice: \(id)")
                }
            }
        }
        for (named, text) in seen {
            let entry = kept[named]
            if entry == nil, store.entryLimit < .max { continue }
            #expect(entry?.frame.contains("\"text\":\"\(text)\"") == true, "\(named) \(text)")
        }
        for (named, text) in acknowledged {
            let entry = kept[named]
            if entry == nil, store.entryLimit < .max { continue }
            #expect(entry?.frame.contains("\"text\":\"\(text)\"") == true, "\(named) \(text)")
        }
    }

    /// The process ends, and another one begins with what the store has.
    func crash() {
        crashCount += 1
        // Some of what waits may be durable without anybody having heard of it.
        if Bool.random(using: &random) { store.keepUnheard() }
        store.crash()
        for key in clients.keys { keepPlaces(of: key) }
        clients = [:]
        let now = world.now
        seed += 1_000
        world = World(limits, seed: seed, store: store)
        world.now = now
        world.openLobby()
    }
}

extension World {
    func openLobby() {
        chat.openLobby(at: now, &effects)
        carryOut()
    }
}
