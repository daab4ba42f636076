// What r1_tail has answered.
import RedisClient
import Storage

/// The end of a room's stream, as r1_tail shows it.
struct RoomTail: ~Escapable {
    /// Whether the entries follow what was asked for; otherwise they are the newest.
    let goesOn: Bool
    /// The place of the newest entry.
    let top: EnginePlace
    private let values: RedisValues

    /// Nil if it is something else, or if an entry was not written by a node.
    @_lifetime(copy reply)
    init?(_ reply: borrowing RedisReply) {
        var parts = reply.values
        guard let goesOn = parts.next()?.integer, let top = parts.next(), top.isString,
            let place = EnginePlace(top.bytes), let entries = parts.next(), entries.isAggregate
        else { return nil }
        self.goesOn = goesOn == 1
        self.top = place
        values = entries.values
        var all = TailEntries(values)
        while all.count > 0 {
            guard all.nextView() != nil else { return nil }
        }
    }

    var isEmpty: Bool { values.count == 0 }

    /// The entries, the oldest first.
    var entries: TailEntries {
        @_lifetime(copy self)
        get { TailEntries(values) }
    }
}

/// The entries of a tail, one after the other.
struct TailEntries: ~Escapable {
    private var values: RedisValues

    @_lifetime(copy values)
    init(_ values: RedisValues) { self.values = values }

    /// How many are left.
    var count: Int { values.count }

    /// The next entry, which follows this one; nil behind the last.
    mutating func next(after previous: EnginePlace) -> EngineEntry? {
        guard let view = nextView() else { return nil }
        return EngineEntry(view.place, after: previous, key: view.key, body: view.body)
    }

    /// The place of the next entry, without its content.
    mutating func nextPlace() -> EnginePlace? { nextView()?.place }

    /// The next entry, where it lies; nil behind the last, or if no node has written it.
    @_lifetime(copy self)
    mutating func nextView() -> TailEntry? {
        guard let value = values.next() else { return nil }
        var parts = value.values
        guard let id = parts.next(), let place = EnginePlace(id.bytes), let fields = parts.next()
        else { return nil }
        var pairs = fields.values
        guard pairs.next()?.isString("i") == true, let key = pairs.next(),
            pairs.next()?.isString("m") == true, let body = pairs.next()
        else { return nil }
        return TailEntry(place, key.bytes, body.bytes)
    }
}

/// An entry, where it lies in an answer.
struct TailEntry: ~Escapable {
    let place: EnginePlace
    let key: Span<UInt8>
    let body: Span<UInt8>

    @_lifetime(copy key, copy body)
    init(_ place: EnginePlace, _ key: Span<UInt8>, _ body: Span<UInt8>) {
        self.place = place
        self.key = key
        self.body = body
    }
}
