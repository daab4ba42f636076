// Finds a message by the id that its author gave it, to recognize a retry.

extension History {
    /// The offset of the kept message of this author with the id in `range` of `bytes`.
    func find(author: Int64, _ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard !buckets.isEmpty else { return nil }
        var hash = IDHash(author)
        for index in range {
            hash.add(bytes[index])
        }
        var offset = buckets[hash.value & (buckets.count - 1)]
        while offset >= firstOffset {
            let entry = entry(offset)
            if entry.author == author, Int(entry.idByteCount) == range.count,
                holdsID(entry, bytes, range)
            {
                return offset
            }
            offset = entry.previous
        }
        return nil
    }

    private func idPosition(_ entry: Entry) -> Int {
        entry.position + Int(entry.byteCount) - 2 - Int(entry.idByteCount)
    }

    private func holdsID(
        _ entry: Entry, _ bytes: Span<UInt8>, _ range: Range<Int>
    ) -> Bool {
        let position = idPosition(entry)
        for index in 0..<range.count
        where ring[(position + index) & (ring.count - 1)] != bytes[range.lowerBound + index] {
            return false
        }
        return true
    }

    mutating func link(_ offset: Int) {
        let entry = entry(offset)
        guard entry.idByteCount > 0 else { return }
        let position = idPosition(entry)
        var hash = IDHash(entry.author)
        for index in 0..<Int(entry.idByteCount) {
            hash.add(ring[(position + index) & (ring.count - 1)])
        }
        let bucket = hash.value & (buckets.count - 1)
        entries[offset & (entries.count - 1)].previous = buckets[bucket]
        buckets[bucket] = offset
    }
}

/// FNV-1a over an author and an id. A client that makes ids collide lengthens only the chains in
/// the rooms it writes to, and never beyond the number of messages kept there.
private struct IDHash {
    private var state: UInt64

    init(_ author: Int64) {
        state = UInt64(bitPattern: author) ^ 0xCBF2_9CE4_8422_2325
    }

    @inline(__always)
    mutating func add(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    var value: Int { Int(truncatingIfNeeded: state >> 20) }
}
