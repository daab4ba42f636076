// The chat's rooms in Redis: which of them are followed, and what is on its way.
import ChatEngine
import ChatRooms
import RedisClient
import Storage

/// A node of a chat of several, in the words of the chat: its orders go in, and what it has to hear
/// comes out, in order. Times are nanoseconds of the server's clock.
struct EngineLink: ~Copyable {
    /// What somebody has to hear, or to do.
    enum News {
        /// The chat.
        case log(LogEvent)
        /// How Redis is doing has changed.
        case state(EngineState)
        /// Redis has not answered for so long that nobody should wait for it; or it answers again.
        case waiting(isOver: Bool)
        /// The connection must be made anew.
        case useless(EngineTrouble)
        /// A message was given up.
        case refusal(EngineRefusal)
    }

    /// A room that the chat follows.
    struct Followed {
        let room: EngineRoom
        let key: String
        /// As it is written here until the room is live, and from then on as on all nodes.
        var name: String
        var wasLive = false
        /// The serial number behind the newest entry that the chat has heard of.
        var toldSerial = 0
    }

    /// How long people wait for a Redis that does not answer, before they get what is here.
    static var patience: UInt64 { 5_000_000_000 }

    /// Where Redis is, without its password.
    let address: String
    var node: EngineNode
    var followed: [RoomID: Followed] = [:]
    var rooms: [EngineRoom: RoomID] = [:]
    var news = Queue<News>()
    /// When each message was given to the node that has not got its place, by its ticket.
    var waiting: [UInt64: UInt64] = [:]
    var figures = EngineFigures()
    /// The state of which the news came last.
    private(set) var lastState = EngineState.down
    /// Since when Redis does not answer; nil while it does, and before the first turn.
    private(set) var silentSince: UInt64?
    /// Nobody waits for it any more.
    private(set) var isGivenUp = false

    init(_ url: RedisURL, _ options: EngineOptions) {
        address = "\(url)"
        node = EngineNode(
            options, incarnation: String(UInt64.random(in: 1 ... .max), radix: 36),
            seed: UInt64.random(in: .min ... .max))
    }

    /// Whether there is nothing of Redis but what is in memory here.
    var isDown: Bool { node.state == .down || node.state == .away }

    /// What comes next; nil if everything has been taken.
    mutating func next(at now: UInt64) -> News? {
        while news.isEmpty, let event = node.takeEvent() { translate(event, at: now) }
        return news.popFirst()
    }

    /// When ``moveOn(at:_:)`` has to be called at the latest.
    var nextDeadline: UInt64? {
        let patience = isGivenUp ? nil : silentSince.map { $0 + Self.patience }
        guard let deadline = node.nextDeadline, let patience else {
            return node.nextDeadline ?? patience
        }
        return min(deadline, patience)
    }

    /// Writes what has gathered: once a turn, at its end.
    mutating func moveOn(at now: UInt64, _ commands: inout some EngineCommands & ~Copyable) {
        if silentSince == nil, isDown { silentSince = now }
        node.moveOn(at: now, &commands)
        guard !isGivenUp, let since = silentSince, now >= since + Self.patience else { return }
        isGivenUp = true
        news.append(.waiting(isOver: true))
        for id in followed.keys { news.append(.log(.away(id))) }
    }

    /// Notes that the connection's state has changed.
    mutating func changed(_ state: EngineState, at now: UInt64) {
        news.append(.state(state))
        lastState = state
        switch state {
        case .down: silentSince = now
        case .up:
            silentSince = nil
            if isGivenUp { news.append(.waiting(isOver: false)) }
            isGivenUp = false
        case .slow, .away: break
        }
    }
}
