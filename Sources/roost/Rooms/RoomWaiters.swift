// Requests that wait until somebody says something: long polling.
import ChatRooms
import WebSocketServer

/// Who waits for which room. There are ``limit`` of them at most, beside what limits connections.
struct RoomWaiters {
    struct Waiter {
        let id: ConnectionID
        let query: PageQuery
        let deadline: Instant
    }

    /// A waiter is a connection of its own; this bounds what one message may have to answer at
    /// once.
    static let limit = 10_000
    /// The longest that a request may wait.
    static let longest = Duration.seconds(60)

    private var byRoom: [RoomID: [Waiter]] = [:]
    /// How many wait.
    private(set) var count = 0

    /// False if as many wait as may.
    mutating func add(_ waiter: Waiter, for room: RoomID) -> Bool {
        guard count < Self.limit else { return false }
        byRoom[room, default: []].append(waiter)
        count += 1
        return true
    }

    /// One of those who wait for this room: all of them stand at its newest message.
    func example(for room: RoomID) -> Waiter? { byRoom[room]?.first }

    /// All who wait for this room: they are to be answered.
    mutating func take(_ room: RoomID) -> [Waiter] {
        let waiters = byRoom.removeValue(forKey: room) ?? []
        count -= waiters.count
        return waiters
    }

    /// Those whose time has come, or all of them; who is no longer there is forgotten. Looks at
    /// each, so it is for once a second.
    mutating func takeDue(
        at now: Instant, all: Bool, isThere: (ConnectionID) -> Bool
    ) -> [(RoomID, Waiter)] {
        guard count > 0 else { return [] }
        var due: [(RoomID, Waiter)] = []
        for (room, waiters) in byRoom {
            var staying: [Waiter] = []
            for waiter in waiters where isThere(waiter.id) {
                if all || waiter.deadline <= now {
                    due.append((room, waiter))
                } else {
                    staying.append(waiter)
                }
            }
            count -= waiters.count - staying.count
            byRoom[room] = staying.isEmpty ? nil : staying
        }
        return due
    }
}
