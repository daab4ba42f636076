// Requests that wait for a new message in a room: long polling.
import ChatRooms
import WebSocketServer

/// The waiting requests of each room, at most ``limit`` in all and ``limitPerAddress`` from one
/// address. The limits on connections apply as well.
struct RoomWaiters {
    struct Waiter {
        let id: ConnectionID
        let address: ClientAddress
        let query: PageQuery
        let deadline: Instant
    }

    /// Every waiter has its own connection; this bounds how many one message must answer at once.
    static let limit = 10_000
    /// A fortieth of them: no single address can leave others without a place. Exempt clients have
    /// no such limit.
    static let limitPerAddress = 256
    /// The longest that a request may wait.
    static let longest = Duration.seconds(60)

    private var byRoom: [RoomID: [Waiter]] = [:]
    /// How many requests wait.
    private(set) var count = 0
    /// The same for each address of which requests wait.
    private var countByAddress: [ClientAddress: Int] = [:]

    /// Adds a waiter. Returns false if as many requests wait already as may, in all or from its
    /// address.
    mutating func add(_ waiter: Waiter, for room: RoomID) -> Bool {
        guard count < Self.limit else { return false }
        let before = countByAddress[waiter.address] ?? 0
        guard before < Self.limitPerAddress || waiter.address == .exempt else { return false }
        countByAddress[waiter.address] = before + 1
        byRoom[room, default: []].append(waiter)
        count += 1
        return true
    }

    /// Counts one waiter less.
    private mutating func forget(_ waiter: Waiter) {
        count -= 1
        let left = (countByAddress[waiter.address] ?? 0) - 1
        countByAddress[waiter.address] = left > 0 ? left : nil
    }

    /// All waiters, in one order.
    var all: [(room: RoomID, waiter: Waiter)] {
        byRoom.flatMap { room, waiters in waiters.map { (room, $0) } }
            .sorted { $0.waiter.id.resourceID < $1.waiter.id.resourceID }
    }

    /// One of the room's waiters; all of them wait behind its newest message. Nil if there is none.
    func example(for room: RoomID) -> Waiter? { byRoom[room]?.first }

    /// Removes and returns all waiters of this room. The caller answers them.
    mutating func take(_ room: RoomID) -> [Waiter] {
        let waiters = byRoom.removeValue(forKey: room) ?? []
        for waiter in waiters { forget(waiter) }
        return waiters
    }

    /// Removes and returns the waiters whose deadline has passed, or all of them. Waiters whose
    /// connection is gone are just removed. Looks at every waiter, so call it about once a second.
    mutating func takeDue(
        at now: Instant, all: Bool, isThere: (ConnectionID) -> Bool
    ) -> [(RoomID, Waiter)] {
        guard count > 0 else { return [] }
        var due: [(RoomID, Waiter)] = []
        for (room, waiters) in byRoom {
            var staying: [Waiter] = []
            for waiter in waiters {
                guard isThere(waiter.id) else {
                    forget(waiter)
                    continue
                }
                if all || waiter.deadline <= now {
                    forget(waiter)
                    due.append((room, waiter))
                } else {
                    staying.append(waiter)
                }
            }
            byRoom[room] = staying.isEmpty ? nil : staying
        }
        return due
    }
}
