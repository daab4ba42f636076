// One node of the model: a chat, its people, and what is on its way between it and the logs.
import Testing

@testable import ChatRooms

/// What the logs tell a node comes in order for each room, and in any order between rooms.
final class SharedNode {
    struct Followed {
        var id: RoomID
        /// The node hears what comes: it is connected, and has caught up.
        var isLive = false
        /// The newest entry of which the node was, or will be, told.
        var sent = SharedModel.Place(0, 0)
        var events: [LogEvent] = []
    }
    struct Given {
        var post: LogPost
        var room: String
        /// The log has it, and the node was not told yet.
        var isSubmitted = false
        var isGivenUp = false
    }

    let name: String
    let world: World
    var clients: [ConnectionKey: SharedModel.Client] = [:]
    var isConnected = true
    var rooms: [String: Followed] = [:]
    /// Given to the node's connection and not placed yet, oldest first.
    var posts: [Given] = []
    /// News of presence, in their order.
    var presence: [LogEvent] = []

    init(_ name: String, _ world: World) {
        self.name = name
        self.world = world
    }

    /// Tells the chat the next event of a room, or of presence. Returns false if there is none.
    @discardableResult
    func deliver(_ random: inout SeededGenerator) -> Bool {
        let choices = rooms.keys.filter { !rooms[$0]!.events.isEmpty }.sorted()
        let number = Int.random(
            in: 0..<choices.count + 1 - (presence.isEmpty && !choices.isEmpty ? 1 : 0),
            using: &random)
        if number < choices.count {
            tell(rooms[choices[number]]!.events.removeFirst())
        } else if !presence.isEmpty {
            tell(presence.removeFirst())
        } else {
            return false
        }
        return true
    }

    private func tell(_ event: LogEvent) {
        if case .placed(let ticket, _) = event { posts.removeAll { $0.post.ticket == ticket } }
        world.tell(.log(event))
    }

    /// Says of an entry on its way that nobody knows whether it comes; or that it does not.
    func giveUp(_ random: inout SeededGenerator) {
        guard
            let index = posts.indices.filter({ !posts[$0].isGivenUp }).randomElement(using: &random)
        else { return }
        let ticket = posts[index].post.ticket
        if !posts[index].isSubmitted, Bool.random(using: &random) {
            posts.remove(at: index)
            tell(.refused(ticket: ticket))
        } else {
            posts[index].isGivenUp = true
            tell(.delayed(ticket: ticket))
        }
    }
}

/// The log of one room.
final class ModelLog {
    struct Entry {
        var place: SharedModel.Place
        var key: EntryKey
        var body: [UInt8]
    }

    let name: String
    var entries: [Entry] = []
    var places: [EntryKey: SharedModel.Place] = [:]
    /// What was lost, and is said again by whoever had it.
    var lost: [Entry] = []
    /// The epoch of what is added; another one begins now and then.
    var epoch: UInt64
    var presence: [String: RoomPresence] = [:]
    /// The most entries that a node is given at once.
    let keep: Int

    init(_ name: String, epoch: UInt64, keep: Int) {
        (self.name, self.epoch, self.keep) = (name, epoch, keep)
    }

    var last: SharedModel.Place { entries.last?.place ?? SharedModel.Place(0, 0) }

    var newest: LogPart { part(entries.suffix(keep)) }

    func part(_ entries: some Sequence<Entry>) -> LogPart {
        var part = LogPart()
        for entry in entries {
            part.append(
                ChatRooms.Place(offset: entry.place.offset, epoch: entry.place.epoch), entry.key,
                entry.body.span)
        }
        return part
    }
}
