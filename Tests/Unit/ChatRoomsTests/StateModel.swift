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
    /// Connections of ended sessions that the server has yet to close, and what they had got.
    var ending: [(key: ConnectionKey, readCount: Int)] = []
    /// The token of the hook of each room that has one.
    var hookTokens: [String: String] = [:]
    var textNumber = 0
    var deliveredCount = 0
    var recoveredCount = 0
    var endedCount = 0

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
        case 12..<14: disconnect()
        case 14..<15: logout()
        case 15..<29: join()
        case 29..<34: leave()
        case 34..<75: say()
        case 75..<80: retry()
        case 80..<84: type()
        case 84..<89: who()
        case 89..<95: history()
        case 95: publish()
        case 96: postByHook()
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
}
