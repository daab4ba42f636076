// The messages that a room keeps: their bytes in a ring, in the form in which they are sent.
import Storage

/// The newest messages of one room, found by offset, and by the id that their author gave them.
struct History {
    struct Entry {
        /// Where the message begins: bytes ever written before it.
        var position = 0
        /// The next older message in the same bucket, by offset.
        var previous = 0
        /// `SessionToken.fingerprint` of the author.
        var author: UInt64 = 0
        var byteCount: UInt32 = 0
        /// Bytes of the id as it stands in the message, right before the closing `"}`.
        var idByteCount: UInt32 = 0
    }

    /// The message that will be next. The first ever is 1.
    private(set) var nextOffset = 1
    /// The oldest message kept, or `nextOffset` if there is none.
    private(set) var firstOffset = 1
    /// Power of two, or empty. A message begins at `position` modulo its size.
    var ring: [UInt8] = []
    private var writePosition = 0
    /// Power of two, or empty. The message n stands at n modulo its size.
    var entries: [Entry] = []
    /// As many as entries: the newest message whose author and id have this hash. Chains lead
    /// from newer to older and end with the first offset no longer kept, so that nothing has to
    /// be taken out of them when a message goes.
    var buckets: [Int] = []

    var count: Int { nextOffset - firstOffset }
    var lastOffset: Int { nextOffset - 1 }
    var byteCount: Int { count == 0 ? 0 : writePosition - entry(firstOffset).position }
    var allocatedByteCount: Int { Self.allocation(bytes: ring.count, entries: entries.count) }

    /// What the memory is: bytes of the ring, and places for messages.
    var ringByteCount: Int { ring.count }
    var placeCount: Int { entries.count }

    init() {}

    /// A history that goes on after messages which are not kept.
    init(nextOffset: Int) {
        self.nextOffset = nextOffset
        firstOffset = nextOffset
    }

    /// Allocates what an earlier history had, as far as the limits still allow it.
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

    /// How much more memory it takes to add a message of so many bytes.
    func growth(adding byteCount: Int, countLimit: Int, byteLimit: Int) -> Int {
        let needed = min(self.byteCount + byteCount, byteLimit)
        return Self.allocation(
            bytes: max(ring.count, powerOfTwo(atLeast: max(needed, 1024))),
            entries: max(entries.count, powerOfTwo(atLeast: max(min(count + 1, countLimit), 8))))
            - allocatedByteCount
    }

    /// Adds the message that `range` of `bytes` holds. Older ones give way until it fits the
    /// limits, and the memory there is unless it `mayGrow`. One that cannot fit at all takes its
    /// offset and is not kept, nor is anything before it: what is kept has no gaps.
    mutating func append(
        _ bytes: Span<UInt8>, _ range: Range<Int>, author: UInt64, idByteCount: Int,
        countLimit: Int, byteLimit: Int, mayGrow: Bool
    ) {
        let fittingCount = mayGrow ? countLimit : min(countLimit, entries.count)
        let fittingBytes = mayGrow ? byteLimit : min(byteLimit, ring.count)
        guard range.count <= fittingBytes, fittingCount > 0 else {
            nextOffset += 1
            firstOffset = nextOffset
            return
        }
        while count >= fittingCount || byteCount + range.count > fittingBytes {
            firstOffset += 1
        }
        if byteCount + range.count > ring.count {
            growRing(to: powerOfTwo(atLeast: max(byteCount + range.count, 1024)))
        }
        if count == entries.count {
            growEntries(to: powerOfTwo(atLeast: max(count + 1, 8)))
        }
        write(bytes, range)
        entries[nextOffset & (entries.count - 1)] = Entry(
            position: writePosition - range.count, author: author,
            byteCount: UInt32(range.count), idByteCount: UInt32(idByteCount))
        nextOffset += 1
        link(lastOffset)
    }

    /// Gives all memory back. The numbering goes on.
    mutating func drop() {
        self = History(nextOffset: nextOffset)
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

    /// Appends the message with this offset, which must be kept.
    func copy(_ offset: Int, to out: inout ByteBuffer) {
        let entry = entry(offset)
        let start = entry.position & (ring.count - 1)
        let untilEnd = min(Int(entry.byteCount), ring.count - start)
        out.append(ring.span.extracting(start..<start + untilEnd))
        if untilEnd < Int(entry.byteCount) {
            out.append(ring.span.extracting(0..<Int(entry.byteCount) - untilEnd))
        }
    }

    func author(_ offset: Int) -> UInt64 { entry(offset).author }
    func idByteCount(_ offset: Int) -> Int { Int(entry(offset).idByteCount) }
    func byteCount(_ offset: Int) -> Int { Int(entry(offset).byteCount) }
}

private func powerOfTwo(atLeast number: Int) -> Int {
    number <= 1 ? 1 : 1 << (Int.bitWidth - (number - 1).leadingZeroBitCount)
}
