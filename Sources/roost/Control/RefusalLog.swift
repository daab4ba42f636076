// Which addresses were refused, and why: for operators who ask why somebody cannot get in.
import WebSocketServer

/// Refused connections, counted by address and reason, in bounded memory: of 1,000 kinds the oldest
/// makes place for a new one. A refusal costs one look in a dictionary.
struct RefusalLog {
    struct Kind: Hashable {
        /// The address, with the port 0.
        let peer: NetworkAddress
        let refusal: Refusal
        /// The status of the answer over HTTP, or 0.
        let status: UInt16
    }

    struct Entry {
        let kind: Kind
        /// Refusals since `first`.
        var count: UInt64
        /// The first and the last of them, in milliseconds since 1970.
        let first: Int64
        var last: Int64
        /// The sentence that the peer got the first time, cut to ``sentenceLimit``.
        let sentence: String
    }

    static let capacity = 1000
    static let sentenceLimit = 200

    private var entries: [Entry] = []
    private var places: [Kind: Int] = [:]
    /// The entry to replace next.
    private var oldest = 0

    mutating func note(_ refused: RefusedConnection, wall: Int64) {
        let peer = refused.peer
        let kind = Kind(
            peer: NetworkAddress(family: peer.family, high: peer.high, low: peer.low),
            refusal: refused.refusal, status: refused.status?.rawValue ?? 0)
        if let place = places[kind] {
            entries[place].count += 1
            entries[place].last = wall
            return
        }
        let entry = Entry(
            kind: kind, count: 1, first: wall, last: wall,
            sentence: String(refused.reason.prefix(Self.sentenceLimit)))
        guard entries.count == Self.capacity else {
            places[kind] = entries.count
            return entries.append(entry)
        }
        places[entries[oldest].kind] = nil
        places[kind] = oldest
        entries[oldest] = entry
        oldest = (oldest + 1) % Self.capacity
    }

    /// The refusals of these addresses, the last one first; of all addresses if nil.
    func find(limit: Int, where matches: (NetworkAddress) -> Bool) -> [Entry] {
        Array(
            entries.filter { matches($0.kind.peer) }.sorted { $0.last > $1.last }.prefix(limit))
    }
}
