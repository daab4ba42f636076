// The readers of rooms as event streams, and how far each has come that is behind.
import ChatRooms
import Storage
import WebSocketServer

/// The event streams of each room, at most ``RoomWaiters/limit`` in all and
/// ``RoomWaiters/limitPerAddress`` from one address. The limits on connections apply as well.
///
/// A stream is behind at first: it gets pages of history, the next one when its socket has taken
/// the one before. When a page reaches the room's newest message it is live: a subscriber of the
/// room's topic, and nothing more is done for it here.
struct RoomStreams {
    struct Stream {
        let room: RoomID
        let address: ClientAddress
        /// The page that it needs next; nil once it is live.
        var query: PageQuery?
        /// How it began; nil once it has got its first page.
        var beginning: StreamBeginning?
        var isQueued = false
    }

    private var byID: [ConnectionID: Stream] = [:]
    private var byRoom: [RoomID: Set<ConnectionID>] = [:]
    private var countByAddress: [ClientAddress: Int] = [:]
    /// Streams that are behind and may get their next page.
    private var behind = Queue<ConnectionID>()

    /// How many streams there are.
    var count: Int { byID.count }

    subscript(id: ConnectionID) -> Stream? { byID[id] }

    /// The names of all streams, in one order.
    var ids: [ConnectionID] { byID.keys.sorted { $0.resourceID < $1.resourceID } }

    /// Whether there is a place for one more stream of this address.
    func hasPlace(for address: ClientAddress) -> Bool {
        guard count < RoomWaiters.limit else { return false }
        return address == .exempt || countByAddress[address] ?? 0 < RoomWaiters.limitPerAddress
    }

    mutating func add(_ stream: Stream, _ id: ConnectionID) {
        byID[id] = stream
        byRoom[stream.room, default: []].insert(id)
        countByAddress[stream.address, default: 0] += 1
    }

    /// The stream has got everything up to here, and needs this next; nil if it is live.
    mutating func advance(_ id: ConnectionID, to query: PageQuery?) {
        byID[id]?.beginning = nil
        byID[id]?.query = query
    }

    /// A stream has ended.
    mutating func remove(_ id: ConnectionID) {
        guard let stream = byID.removeValue(forKey: id) else { return }
        byRoom[stream.room]?.remove(id)
        if byRoom[stream.room]?.isEmpty == true { byRoom[stream.room] = nil }
        let left = (countByAddress[stream.address] ?? 0) - 1
        countByAddress[stream.address] = left > 0 ? left : nil
    }

    /// The streams of a room.
    func streams(of room: RoomID) -> Set<ConnectionID> { byRoom[room] ?? [] }

    // MARK: Behind

    /// How many streams wait for their next page.
    var behindCount: Int { behind.count }

    /// Puts a stream behind the others that wait for their next page.
    mutating func queue(_ id: ConnectionID) {
        guard byID[id]?.isQueued == false else { return }
        byID[id]?.isQueued = true
        behind.append(id)
    }

    /// The next stream that waits for a page.
    mutating func nextBehind() -> ConnectionID? {
        guard let id = behind.popFirst() else { return nil }
        byID[id]?.isQueued = false
        return id
    }
}
