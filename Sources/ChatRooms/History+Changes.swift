// Which of a room's entries in memory change earlier messages.

/// Entries that change messages, by these messages. A message's changes come after it: of a message
/// in memory, all are.
struct Changes {
    /// The entries that change a message, oldest first.
    fileprivate(set) var offsets: [Int: [Int]] = [:]
    /// Messages that were deleted, whichever they are.
    fileprivate(set) var deleted: Set<Int> = []
    /// How many bytes the entries have that change a message: at least as many as they add to it.
    fileprivate var byteCounts: [Int: Int] = [:]

    var isEmpty: Bool { offsets.isEmpty && deleted.isEmpty }

    func byteCount(of offset: Int) -> Int { byteCounts[offset] ?? 0 }
}

extension History {
    /// The changes of these messages, and all deletions. It takes time in proportion to the entries
    /// in memory, if there is any change among them.
    func changes(of targets: Range<Int>) -> Changes {
        var changes = Changes()
        guard changeCount > 0 else { return changes }
        for offset in firstOffset..<nextOffset where kind(offset).changesTarget {
            let target = target(offset)
            if kind(offset) == .deleted { changes.deleted.insert(target) }
            guard targets.contains(target) else { continue }
            changes.offsets[target, default: []].append(offset)
            changes.byteCounts[target, default: 0] += byteCount(offset)
        }
        return changes
    }

    /// The frame of a kept entry.
    func frame(_ offset: Int) -> [UInt8] {
        let entry = entry(offset)
        let start = entry.position & (ring.count - 1)
        let untilEnd = min(Int(entry.byteCount), ring.count - start)
        return Array(ring[start..<start + untilEnd] + ring[0..<Int(entry.byteCount) - untilEnd])
    }
}
