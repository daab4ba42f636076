// The messages that a room keeps: their bytes in a ring, in the form in which they are sent.
import Storage

/// The newest messages of one room, found by their offset or by the id that the author gave them.
struct History {
    struct Entry {
        /// Where the message begins: the number of bytes ever written before it.
        var position = 0
        /// The next older message in the same bucket, by offset.
        var previous = 0
        /// See `StoredEntry.author`.
        var author: Int64 = 0
        var byteCount: UInt32 = 0
        /// How far before it its target is; 0 if it has none.
        var targetDistance: UInt32 = 0
        /// Bytes of the id as written in the message, right before the closing `"}`.
        var idByteCount: UInt16 = 0
        var kind = EntryKind.message
        /// `Owner.mark` of whom the message counts for.
        var mark: UInt32 = 0
        /// When it came, in seconds.
        var second: UInt32 = 0
    }

    /// The offset of the next message. The first message ever has offset 1.
    private(set) var nextOffset = 1
    /// The epochs of the kept messages, and of the one before the oldest.
    private(set) var epochs = EpochRuns()
    /// The offset of the oldest kept message, or `nextOffset` if there is none.
    private(set) var firstOffset = 1
    /// Its size is a power of two, or 0. A message begins at `position` modulo this size.
    var ring: [UInt8] = []
    private var writePosition = 0
    /// Its size is a power of two, or 0. The message with offset n is at n modulo this size.
    var entries: [Entry] = []
    /// As many as entries: the offset of the newest message whose author and id have this hash.
    /// Chains lead from newer to older messages and end at the first offset that is no longer kept,
    /// so dropping a message needs no change to them.
    var buckets: [Int] = []
    /// How many of the kept entries change their target.
    private(set) var changeCount = 0

    var count: Int { nextOffset - firstOffset }
    var lastOffset: Int { nextOffset - 1 }
    var byteCount: Int { count == 0 ? 0 : writePosition - entry(firstOffset).position }
    var allocatedByteCount: Int { Self.allocation(bytes: ring.count, entries: entries.count) }

    /// The sizes of the allocated memory: bytes of the ring, and places for messages.
    var ringByteCount: Int { ring.count }
    var placeCount: Int { entries.count }

    init() {}

    /// An empty history whose next message comes behind this place.
    init(after last: Place) {
        nextOffset = last.offset + 1
        firstOffset = nextOffset
        epochs = EpochRuns(last.epoch)
    }

    /// The place of the newest message, whether it is kept or not.
    var last: Place { Place(offset: lastOffset, epoch: epochs.last) }

    /// The epoch of a message that is kept, or of the one before the oldest kept one.
    func epoch(of offset: Int) -> UInt64 { epochs.epoch(of: offset) }

    /// Allocates as much as an earlier history had, as far as the limits still allow it.
    mutating func reserve(
        ringByteCount: Int, placeCount: Int, countLimit: Int, byteLimit: Int
    ) {
        growRing(to: powerOfTwo(atLeast: min(ringByteCount, byteLimit)))
        growEntries(to: powerOfTwo(atLeast: min(placeCount, countLimit)))
    }

    private static func allocation(bytes: Int, entries: Int) -> Int {
        bytes + entries * (MemoryLayout<Entry>.stride + MemoryLayout<Int>.stride)
    }

    func entry(_ offset: Int) -> Entry { entries[offset & (entries.count - 1)] }

    // MARK: Adding

    /// How many more bytes must be allocated to add a message of `byteCount` bytes.
    func growth(adding byteCount: Int, countLimit: Int, byteLimit: Int) -> Int {
        let needed = min(self.byteCount + byteCount, byteLimit)
        return Self.allocation(
            bytes: max(ring.count, powerOfTwo(atLeast: max(needed, 1024))),
            entries: max(entries.count, powerOfTwo(atLeast: max(min(count + 1, countLimit), 8))))
            - allocatedByteCount
    }

    /// Adds the message in `range` of `bytes`. The oldest messages are dropped until it fits into
    /// the limits and, unless `mayGrow`, into the allocated memory. A message that cannot fit at
    /// all uses up its offset but is not kept, nor is any message before it: kept messages have no
    /// gaps.
    mutating func append(
        _ bytes: Span<UInt8>, _ range: Range<Int>, _ entry: StoredEntry,
        countLimit: Int, byteLimit: Int, mayGrow: Bool
    ) {
        let epoch = entry.place.epoch
        epochs.append(epoch, at: nextOffset)
        let fittingCount = mayGrow ? countLimit : min(countLimit, entries.count)
        let fittingBytes = mayGrow ? byteLimit : min(byteLimit, ring.count)
        guard range.count <= fittingBytes, fittingCount > 0 else {
            nextOffset += 1
            firstOffset = nextOffset
            changeCount = 0
            epochs.drop(before: lastOffset)
            return
        }
        while count >= fittingCount || byteCount + range.count > fittingBytes {
            if changeCount > 0, self.entry(firstOffset).kind.changesTarget { changeCount -= 1 }
            firstOffset += 1
        }
        epochs.drop(before: firstOffset - 1)
        if byteCount + range.count > ring.count {
            growRing(to: powerOfTwo(atLeast: max(byteCount + range.count, 1024)))
        }
        if count == entries.count {
            growEntries(to: powerOfTwo(atLeast: max(count + 1, 8)))
        }
        write(bytes, range)
        entries[nextOffset & (entries.count - 1)] = Entry(
            position: writePosition - range.count, author: entry.author,
            byteCount: UInt32(range.count),
            targetDistance: entry.target > 0
                ? UInt32(clamping: nextOffset - entry.target) : 0,
            idByteCount: UInt16(entry.id.count), kind: entry.kind)
        if entry.kind.changesTarget { changeCount += 1 }
        nextOffset += 1
        link(lastOffset)
    }

    /// Frees all memory. The numbering continues.
    mutating func drop() {
        self = History(after: last)
    }

    private mutating func write(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let start = writePosition & (ring.count - 1)
        let untilEnd = min(range.count, ring.count - start)
        ring.overwrite(at: start, with: bytes, from: range.lowerBound, count: untilEnd)
        ring.overwrite(
            at: 0, with: bytes, from: range.lowerBound + untilEnd, count: range.count - untilEnd)
        writePosition += range.count
    }

    private mutating func growRing(to size: Int) {
        var larger = [UInt8](repeating: 0, count: size)
        var position = writePosition - byteCount
        while position < writePosition {
            let from = position & (ring.count - 1)
            let to = position & (size - 1)
            let count = min(writePosition - position, ring.count - from, size - to)
            larger.overwrite(at: to, with: ring.span, from: from, count: count)
            position += count
        }
        ring = larger
    }

    private mutating func growEntries(to size: Int) {
        var larger = [Entry](repeating: Entry(), count: size)
        for offset in firstOffset..<nextOffset {
            larger[offset & (size - 1)] = entry(offset)
        }
        entries = larger
        buckets = [Int](repeating: 0, count: size)
        for offset in firstOffset..<nextOffset {
            link(offset)
        }
    }

    // MARK: Reading

    /// Appends the message with this offset to `out`. It must be kept.
    func copy(_ offset: Int, to out: inout ByteBuffer) {
        let entry = entry(offset)
        let start = entry.position & (ring.count - 1)
        let untilEnd = min(Int(entry.byteCount), ring.count - start)
        out.append(ring.span.extracting(start..<start + untilEnd))
        if untilEnd < Int(entry.byteCount) {
            out.append(ring.span.extracting(0..<Int(entry.byteCount) - untilEnd))
        }
    }

    func author(_ offset: Int) -> Int64 { entry(offset).author }
    func kind(_ offset: Int) -> EntryKind { entry(offset).kind }
    /// The offset of what the entry changes or answers; 0 if there is none.
    func target(_ offset: Int) -> Int {
        let distance = Int(entry(offset).targetDistance)
        return distance == 0 ? 0 : offset - distance
    }
    func idByteCount(_ offset: Int) -> Int { Int(entry(offset).idByteCount) }
    func byteCount(_ offset: Int) -> Int { Int(entry(offset).byteCount) }

    /// The bytes of these messages, which must be kept.
    func byteCount(of offsets: Range<Int>) -> Int {
        guard let last = offsets.last else { return 0 }
        return entry(last).position + byteCount(last) - entry(offsets.lowerBound).position
    }
}

private func powerOfTwo(atLeast number: Int) -> Int {
    number <= 1 ? 1 : 1 << (Int.bitWidth - (number - 1).leadingZeroBitCount)
}
