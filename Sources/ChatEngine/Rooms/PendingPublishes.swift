// What is said and not in the log yet, in its order.
import Storage

/// A message on its way to the room.
struct PendingPublish: Sendable {
    /// The key and then the body.
    let bytes: [UInt8]
    let keyByteCount: Int
    /// Whose it is; nil for an entry that was dropped from the log and is said again.
    let ticket: UInt64?
    /// When it came, in nanoseconds.
    let since: UInt64
    /// Where Redis has put it; until then the start.
    var place = EnginePlace.start
    /// A call with it was not answered, or its answer does not count: it may be in Redis.
    var mayBeThere = false
    /// Its author has learned that it takes long.
    var isDelayed = false

    var key: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span.extracting(..<keyByteCount) }
    }

    var body: Span<UInt8> {
        @_lifetime(borrow self)
        get { bytes.span.extracting(keyByteCount...) }
    }
}

/// Messages in the order of their arrival. In front stand messages that have a place which the log
/// does not hold yet, then those whose call is under way, then all others.
struct PendingPublishes: Sendable {
    private var items: [PendingPublish] = []
    /// Where the first item stands: items in front of it are gone.
    private var start = 0
    private(set) var placedCount = 0
    /// How many are under way.
    private(set) var sentCount = 0

    var count: Int { items.count - start }
    var isEmpty: Bool { items.count == start }
    var unsentCount: Int { count - placedCount - sentCount }

    /// The first that has a place.
    var firstPlaced: PendingPublish? { placedCount > 0 ? items[start] : nil }

    /// The item that stands this far behind the last that is under way.
    subscript(unsent number: Int) -> PendingPublish {
        items[start + placedCount + sentCount + number]
    }

    mutating func append(_ item: PendingPublish) { items.append(item) }

    /// The next items are in a call.
    mutating func markSent(_ count: Int) { sentCount += count }

    /// The first of the items that are under way has this place.
    mutating func place(_ place: EnginePlace) {
        items[start + placedCount].place = place
        placedCount += 1
        sentCount -= 1
    }

    /// The first item is in the log.
    mutating func removeFirst() {
        start += 1
        placedCount -= 1
        if start == items.count {
            items.removeAll(keepingCapacity: items.count <= 256)
            start = 0
        } else if start >= 64, start > items.count / 2 {
            items.removeSubrange(..<start)
            start = 0
        }
    }

    /// Nothing is known to be in Redis any more: everything is sent again, in the same order.
    mutating func markAllUnsent() {
        for index in start..<start + placedCount + sentCount { items[index].mayBeThere = true }
        placedCount = 0
        sentCount = 0
    }

    /// Removes the first items that are under way, and returns them.
    mutating func removeSent(_ count: Int) -> [PendingPublish] {
        let first = start + placedCount
        let removed = Array(items[first..<first + count])
        items.removeSubrange(first..<first + count)
        sentCount -= count
        return removed
    }

    /// Marks what has waited since before `moment`, and returns the tickets that were not marked.
    /// The second value is since when the oldest waits that is not marked then.
    mutating func takeDelayed(since moment: UInt64) -> (tickets: [UInt64], next: UInt64?) {
        var tickets: [UInt64] = []
        for index in start..<items.count where !items[index].isDelayed {
            guard items[index].since <= moment else { return (tickets, items[index].since) }
            items[index].isDelayed = true
            if let ticket = items[index].ticket { tickets.append(ticket) }
        }
        return (tickets, nil)
    }
}
