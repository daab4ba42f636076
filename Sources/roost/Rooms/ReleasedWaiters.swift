// Requests that have waited and are about to be answered: as many in a turn as its work allows.
import ChatRooms
import WebSocketServer

/// Waiters whose time has come, oldest first.
struct ReleasedWaiters {
    private var list: [(room: RoomID, waiter: RoomWaiters.Waiter)] = []
    private var first = 0

    var isEmpty: Bool { first == list.count }

    mutating func append(_ waiters: [RoomWaiters.Waiter], of room: RoomID) {
        for waiter in waiters { list.append((room, waiter)) }
    }

    mutating func next() -> (room: RoomID, waiter: RoomWaiters.Waiter)? {
        guard !isEmpty else { return nil }
        let next = list[first]
        first += 1
        // It may never be empty: what was taken goes when it is more than half.
        if isEmpty || first >= 64 && first * 2 > list.count {
            list.removeFirst(first)
            first = 0
        }
        return next
    }
}
