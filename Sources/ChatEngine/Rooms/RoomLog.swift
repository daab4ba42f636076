// The newest entries of a room, as this node knows them.
import Storage

/// The newest entries of a room in order, each of which follows the one before: the node's copy of
/// the end of the stream. It is what members have seen, and what Redis gets back if it has lost it.
///
/// Entries also have serial numbers, by which events name them: they go on when the log becomes
/// another.
struct RoomLog: Sendable {
    /// What a place is to the log.
    enum Verdict {
        /// The log has exactly this entry, or begins behind it.
        case held
        /// The log has not got there.
        case ahead
        /// Another entry stands there.
        case passed
    }

    private let limit: Int
    private var entries: Ring<EngineEntry>
    /// The serial number of the next entry.
    private(set) var endSerial = 0
    /// The memory of its entries, about.
    private(set) var byteCount = 0

    init(limit: Int) {
        self.limit = limit
        entries = Ring(capacity: limit)
    }

    var count: Int { entries.count }
    var isEmpty: Bool { entries.count == 0 }
    /// The serial numbers of what it has.
    var serials: Range<Int> { endSerial - entries.count..<endSerial }
    /// The place of the newest entry.
    var head: EnginePlace { isEmpty ? .start : entries[fromNewest: 0].place }
    /// The place of the oldest entry.
    var first: EnginePlace? { entries.oldest?.place }

    /// The entry with this serial number, which must be one of ``serials``.
    subscript(serial: Int) -> EngineEntry { entries[fromNewest: endSerial - 1 - serial] }

    /// Whether an entry at this place can stand behind all others.
    func isFollowed(by place: EnginePlace) -> Bool { isEmpty || place.offset == head.offset + 1 }

    /// Adds an entry behind all others; its predecessor has been compared with ``head``.
    mutating func append(_ entry: EngineEntry) {
        if count == limit, let oldest = entries.oldest { byteCount -= oldest.allocatedByteCount }
        byteCount += entry.allocatedByteCount
        entries.append(entry)
        endSerial += 1
    }

    /// Forgets everything: what follows is another log.
    mutating func removeAll() {
        entries = Ring(capacity: limit)
        byteCount = 0
    }

    /// Forgets the oldest entries, but for `count` of the newest.
    mutating func shorten(to count: Int) {
        guard count < self.count else { return }
        let old = entries
        removeAll()
        for place in (0..<count).reversed() {
            byteCount += old[fromNewest: place].allocatedByteCount
            entries.append(old[fromNewest: place])
        }
    }

    /// The serial number of the entry at this place; nil if there is none.
    func serial(of place: EnginePlace) -> Int? {
        // Offsets only grow, by one each if nothing is wrong, so that the first look is a hit.
        guard let first, place.offset >= first.offset, place.offset <= head.offset else {
            return nil
        }
        let distance = head.offset - place.offset
        let guess = distance < UInt64(count) ? endSerial - 1 - Int(distance) : serials.lowerBound
        if self[guess].place == place { return guess }
        var low = serials.lowerBound
        var high = endSerial
        while low < high {
            let middle = low + (high - low) / 2
            if self[middle].place.offset < place.offset { low = middle + 1 } else { high = middle }
        }
        return low < endSerial && self[low].place == place ? low : nil
    }

    func verdict(on place: EnginePlace) -> Verdict {
        guard let first, place.offset <= head.offset else { return .ahead }
        if place.offset < first.offset { return .held }
        return serial(of: place) == nil ? .passed : .held
    }

    /// From which serial number on a reader goes on that has this place last; nil if it is not in
    /// the log, and the reader cannot be recovered.
    func serial(behind place: EnginePlace) -> Int? {
        if place == .start {
            return isEmpty || first?.offset == 1 ? serials.lowerBound : nil
        }
        return serial(of: place).map { $0 + 1 }
    }
}
