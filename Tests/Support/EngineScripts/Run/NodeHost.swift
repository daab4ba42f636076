// A process with one node, its connection, and the people on it.
import ChatEngine
import RedisClient
import Storage

/// A node's process: the node itself, the session with Redis, and who is in which room here.
final class NodeHost {
    struct Room {
        var handle: EngineRoom?
        /// People who are in the room, and people who wait until it is live.
        var members: [Int] = []
        var waiting: [Int] = []
        /// The last message that was said once and acknowledged.
        var lastInOrder: (ticket: UInt64, place: Place)?
        /// There is an entry that they have not seen, and that is no longer in the log.
        var isBehind = false
        /// What the other nodes say.
        var presence: [String: String] = [:]
    }

    let number: Int
    let incarnation: String
    var node: EngineNode
    var session = RedisSession()
    var received = ByteBuffer()
    var link: Int?
    var isCrashed = false
    var pausedUntil: UInt64 = 0
    /// The connection ends when the node has sent something more.
    var isCutAtNextWrite = false
    var connectPause: UInt64 = 0
    /// When it is woken next, and whether it tries to connect already.
    var wakesAt = UInt64.max
    var isConnecting = false
    /// The process that it connects to while the network is split; nil for the primary.
    var target: Int?
    var rooms: [Room]
    /// Whose message each ticket is.
    var tickets: [UInt64: (client: Int, key: String)] = [:]

    init(
        _ number: Int, incarnation: String, options: EngineOptions, seed: UInt64, roomCount: Int
    ) {
        self.number = number
        self.incarnation = incarnation
        node = EngineNode(options, incarnation: incarnation, seed: seed)
        rooms = Array(repeating: Room(), count: roomCount)
    }

    /// The keys of all that a room's log has here.
    func keys(of room: Int) -> Set<String> {
        guard let handle = rooms[room].handle else { return [] }
        var keys: Set<String> = []
        for serial in node.serials(in: handle) {
            if let entry = node.entry(serial, in: handle) {
                keys.insert(String(copying: entry.key))
            }
        }
        return keys
    }
}

extension EnginePlace {
    var simulated: Place { Place(offset: offset, epoch: epoch) }
}

extension Place {
    var ofEngine: EnginePlace { EnginePlace(offset: offset, epoch: epoch) }
}
