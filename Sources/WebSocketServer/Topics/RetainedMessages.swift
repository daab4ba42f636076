// The newest message of each key of a topic, in the order in which they were last published.
import LinuxReactor
import Storage
import WebSocketCore

/// Where a retained message stands.
typealias RetainedIndex = TableIndex<RetainedMessage>

/// The newest message of a key.
struct RetainedMessage: ~Copyable {
    var key = TopicKey.none
    /// The frame as a WebSocket without compression gets it.
    var frame = ByteBuffer()
    /// The frame with compression. Empty if nobody needed it when it was published: then the plain
    /// one is sent instead, which RFC 7692 §6 allows.
    var deflated = ByteBuffer()
    var eventID = ByteBuffer()
    /// Whether event streams get it.
    var isStreamed = true
    /// Whether the key ends with it: it is kept until all subscribers of its time have it.
    var isLast = false
    /// The connection that does not get it, or `none`.
    var except = Slot.none
    /// Its place in ``RetainedMessages/order``; -1 for a free slot.
    var place = -1

    /// What it counts of the topic's bytes.
    var byteCount: Int { frame.count + deflated.count + eventID.count + key.byteCount }
}

/// The newest messages of a topic's keys. A subscriber that is far behind, or new, does not read
/// the log but walks through these: its cursor, an offset in the log, says which it has.
///
/// Each message has the offset at which it began in the log of each variant, whether it is still
/// there or not. A variant that was made later begins its log as if each message of that time had
/// been one byte of it.
struct RetainedMessages: ~Copyable {
    /// A place in the order of publishing. It is dead if its message was published again, or its
    /// key removed: then the message has another place.
    struct Place: BitwiseCopyable {
        var message: RetainedIndex
        var offsets: InlineArray<3, UInt64>
    }

    var messages = SlotTable<RetainedMessage>()
    var indices: [TopicKey: RetainedIndex] = [:]
    /// Ascending in each of the offsets.
    private(set) var order: [Place] = []
    /// All places before this one are dead.
    private var firstPlace = 0
    /// The sum of what the messages count.
    private(set) var byteCount = 0
    /// How many messages are the last of their key.
    private(set) var lastCount = 0
    /// Whether some message has a connection that does not get it.
    var hasExceptions = false
    /// The offsets below which subscribers do not read the log, although it may have what they
    /// miss: those who skip, and those who do not get one of the messages.
    var walkEnds: [Slot: UInt64] = [:]

    init() {}

    var count: Int { messages.count }

    func isLive(_ place: Int) -> Bool { messages[order[place].message].place == place }

    // MARK: Changes

    /// The slot for the newest message of a key, whose content the caller replaces: it was counted
    /// off, and ``count(_:)`` counts it again.
    mutating func renew(_ key: TopicKey, at offsets: InlineArray<3, UInt64>) -> RetainedIndex {
        var index = RetainedIndex.none
        if let known = indices[key] {
            index = known
            byteCount -= messages[index].byteCount
            if messages[index].isLast { lastCount -= 1 }
        } else {
            index = messages.allocate(RetainedMessage())
            messages[index].key = key
            indices[key] = index
        }
        if order.count > 2 * count + 32 { removeDeadPlaces() }
        messages[index].place = order.count
        order.append(Place(message: index, offsets: offsets))
        return index
    }

    /// Counts a message whose content has been replaced.
    mutating func count(_ index: RetainedIndex) {
        byteCount += messages[index].byteCount
        if messages[index].isLast { lastCount += 1 }
    }

    mutating func remove(_ key: TopicKey) -> Bool {
        guard let index = indices.removeValue(forKey: key) else { return false }
        byteCount -= messages[index].byteCount
        if messages[index].isLast { lastCount -= 1 }
        messages.free(index, leaving: RetainedMessage())
        return true
    }

    /// Removes the key that was published longest ago.
    mutating func removeOldest() {
        while firstPlace < order.count, !isLive(firstPlace) { firstPlace += 1 }
        guard firstPlace < order.count else { return }
        _ = remove(messages[order[firstPlace].message].key)
    }

    private mutating func removeDeadPlaces() {
        var live: [Place] = []
        live.reserveCapacity(2 * count + 33)
        for place in firstPlace..<order.count where isLive(place) {
            messages[order[place].message].place = live.count
            live.append(order[place])
        }
        order = live
        firstPlace = 0
    }

    /// A variant is made: its log begins behind one byte for each message. Returns their number.
    mutating func number(_ encoding: Encoding) -> UInt64 {
        removeDeadPlaces()
        for place in order.indices {
            order[place].offsets[Int(encoding.rawValue)] = UInt64(place)
        }
        return UInt64(order.count)
    }

    /// The connection has left: its slot may be another's soon.
    mutating func forget(_ slot: Slot) {
        walkEnds[slot] = nil
        guard hasExceptions else { return }
        for index in messages.indices where messages[index].except == slot {
            messages[index].except = .none
        }
    }

    // MARK: Reading

    /// Calls `body` with all messages of keys that have not ended, in the order of publishing.
    func visit(_ body: (TopicKey, Span<UInt8>) -> Void) {
        for place in firstPlace..<order.count
        where isLive(place) && !messages[order[place].message].isLast {
            messages[order[place].message].lend(to: body)
        }
    }

    /// The first place whose offset is not before `cursor`.
    private func firstPlace(_ encoding: Int, from cursor: UInt64) -> Int {
        var (low, high) = (firstPlace, order.count)
        while low < high {
            let middle = (low + high) / 2
            if order[middle].offsets[encoding] < cursor { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Writes the messages from `cursor` on and before `end`, in whole frames, until `piece` has
    /// `byteCount` bytes.
    func write(
        _ encoding: Encoding, for slot: Slot, from cursor: UInt64, before end: UInt64,
        about byteCount: Int, to piece: inout RetainedPiece
    ) {
        piece.removeAll()
        let number = Int(encoding.rawValue)
        for place in firstPlace(number, from: cursor)..<order.count {
            let offset = order[place].offsets[number]
            if offset >= end { break }
            let index = order[place].message
            guard messages[index].place == place, messages[index].except != slot,
                encoding != .eventStream || messages[index].isStreamed
            else { continue }
            if piece.bytes.count >= byteCount {
                piece.end = offset
                return
            }
            piece.begin(at: offset)
            messages[index].append(encoding, to: &piece.bytes)
        }
        piece.end = max(cursor, end)
    }
}

extension SlotTable<RetainedMessages> {
    func write(
        _ index: Index, _ encoding: Encoding, for slot: Slot, from cursor: UInt64,
        before end: UInt64, about byteCount: Int, to piece: inout RetainedPiece
    ) {
        self[index].write(
            encoding, for: slot, from: cursor, before: end, about: byteCount, to: &piece)
    }
}

extension RetainedMessage {
    fileprivate func append(_ encoding: Encoding, to bytes: inout ByteBuffer) {
        switch encoding {
        case .plain: bytes.append(frame.span)
        case .deflated: bytes.append(deflated.isEmpty ? frame.span : deflated.span)
        case .eventStream: bytes.appendEvent(payload, id: eventID.span)
        }
    }

    fileprivate func lend(to body: (TopicKey, Span<UInt8>) -> Void) { body(key, payload) }

    /// What was published.
    var payload: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            // RFC 6455 §5.2: the second byte says how long the header of an unmasked frame is.
            let code = frame.span[1] & 0x7F
            return frame.span.extracting((code == 127 ? 10 : code == 126 ? 4 : 2)...)
        }
    }
}

/// Retained messages on their way to one subscriber.
struct RetainedPiece: ~Copyable {
    var bytes = ByteBuffer()
    /// For each frame the byte at which it begins, and the cursor of a subscriber that has all
    /// before it.
    private var starts: [(byte: Int, cursor: UInt64)] = []
    /// The cursor of a subscriber that has all of it.
    var end: UInt64 = 0

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
    }

    mutating func begin(at cursor: UInt64) { starts.append((bytes.count, cursor)) }

    /// The end of the frame in which the first `count` bytes end, and the cursor behind it.
    func boundary(after count: Int) -> (byte: Int, cursor: UInt64) {
        for start in starts where start.byte >= count { return start }
        return (bytes.count, end)
    }
}
