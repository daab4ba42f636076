// One node, and a log that answers when a test says so.
import Testing

@testable import ChatRooms

/// A chat on shared logs, and what it has wanted of them.
final class LoneNode {
    let world: World
    var posts: [LogPost] = []
    /// The rooms that it follows, by their keys.
    var rooms: [String: RoomID] = [:]
    var presence: [RoomID: RoomPresence] = [:]
    /// The newest entry of each room.
    var last: [RoomID: Place] = [:]
    var epoch: UInt64 = 0x123_4567_89AB_CDEF

    /// With `isLive` the lobby is live, and empty.
    init(seed: UInt64 = 7, limits: ChatLimits = .withoutRateLimit, isLive: Bool = true) {
        world = World(sharing: limits, seed: seed)
        world.openLobby()
        take()
        if isLive { live("lobby") }
    }

    func take() {
        for order in world.chat.takeLogOrders() {
            switch order {
            case .follow(let room, let key, _): rooms[key] = room
            case .leave(let room): rooms = rooms.filter { $0.value != room }
            case .add(let post): posts.append(post)
            case .presence(let room, let presence): self.presence[room] = presence
            }
        }
    }

    func tell(_ event: LogEvent) {
        world.tell(.log(event))
        take()
    }

    func live(_ key: String, _ part: LogPart = LogPart()) {
        let room = rooms[key]!
        last[room] = part.entries.last?.place ?? Place(offset: 0, epoch: 0)
        tell(.live(room, name: key, part))
    }

    @discardableResult
    func send(_ key: ConnectionKey, _ text: String) -> [JSON] {
        let before = world.inbox[key]!.count
        world.send(key, text)
        take()
        return world.inbox[key]![before...].map(parse)
    }

    func login(_ slot: UInt32, _ user: String, session: String? = nil) -> ConnectionKey {
        let key = world.open(slot)
        let session = session.map { #","session":"\#($0)""# } ?? ""
        let replies = send(key, #"{"type":"login","user":"\#(user)"\#(session)}"#)
        #expect(replies.first?.type == "welcome", "\(replies)")
        return key
    }

    /// Says something, and has the log take it and tell its place.
    func say(_ key: ConnectionKey, _ fields: String) {
        send(key, #"{"type":"message",\#(fields)}"#)
        settle()
    }

    /// The next place in the log of a room.
    func nextPlace(_ room: RoomID) -> Place {
        let place = Place(offset: (last[room]?.offset ?? 0) + 1, epoch: epoch)
        last[room] = place
        return place
    }

    func part(_ place: Place, _ post: LogPost) -> LogPart {
        var part = LogPart()
        part.append(place, post.key, post.body.span)
        return part
    }

    /// The log takes the oldest post. Returns its place, of which nobody has heard.
    @discardableResult
    func append() -> (post: LogPost, place: Place) {
        let post = posts.removeFirst()
        let place = nextPlace(post.room)
        tell(.appended(post.room, part(place, post)))
        return (post, place)
    }

    /// The log takes everything, and tells the places.
    func settle() {
        while !posts.isEmpty {
            let (post, place) = append()
            tell(.placed(ticket: post.ticket, place))
        }
    }
}
