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

    /// Nil if it is something else.
    @_lifetime(copy reply)
    init?(_ reply: borrowing RedisReply) {
        var parts = reply.values
        guard let goesOn = parts.next()?.integer, let top = parts.next(), top.isString,
            let place = EnginePlace(top.bytes), let entries = parts.next(), entries.isAggregate
        else { return nil }
        self.goesOn = goesOn == 1
        self.top = place
        values = entries.values
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

    /// The next entry, which follows this one; nil behind the last, or if it is none of ours.
    mutating func next(after previous: EnginePlace) -> EngineEntry? {
        guard let value = values.next() else { return nil }
        var parts = value.values
        guard let id = parts.next(), let place = EnginePlace(id.bytes), let fields = parts.next()
        else { return nil }
        var pairs = fields.values
        guard pairs.next()?.isString("i") == true, let key = pairs.next(),
            pairs.next()?.isString("m") == true, let body = pairs.next()
        else { return nil }
        return EngineEntry(place, after: previous, key: key.bytes, body: body.bytes)
    }

    /// The place of the next entry, without its content.
    mutating func nextPlace() -> EnginePlace? {
        guard let value = values.next() else { return nil }
        var parts = value.values
        guard let id = parts.next() else { return nil }
        return EnginePlace(id.bytes)
    }
}
