// Whose messages a room keeps, and how old they are.

extension History {
    /// Says of the newest message whom it counts for, and when it came.
    mutating func sign(_ mark: UInt32, at second: UInt32) {
        guard count > 0 else { return }
        sign(lastOffset, mark, at: second)
    }

    /// The same of any kept message.
    mutating func sign(_ offset: Int, _ mark: UInt32, at second: UInt32) {
        entries[offset & (entries.count - 1)].mark = mark
        entries[offset & (entries.count - 1)].second = second
    }

    /// When the entry came.
    func second(_ offset: Int) -> UInt32 { entry(offset).second }

    /// How many seconds ago the youngest message of others came that a message of `byteCount`
    /// bytes would replace; nil if it would replace none.
    func ageOfOthers(
        than mark: UInt32, droppedFor byteCount: Int, countLimit: Int, byteLimit: Int,
        at second: UInt32
    ) -> UInt32? {
        var age: UInt32?
        var offset = firstOffset
        var keptBytes = self.byteCount
        while offset < nextOffset,
            nextOffset - offset >= countLimit || keptBytes + byteCount > byteLimit
        {
            let entry = entry(offset)
            if entry.mark != mark { age = min(age ?? .max, second &- entry.second) }
            keptBytes -= Int(entry.byteCount)
            offset += 1
        }
        return age
    }

    /// Whether more than half of the messages, or of their bytes, count for this mark.
    func isMostly(of mark: UInt32) -> Bool {
        var count = 0
        var byteCount = 0
        for offset in firstOffset..<nextOffset {
            let entry = entry(offset)
            guard entry.mark == mark else { continue }
            count += 1
            byteCount += Int(entry.byteCount)
        }
        return count * 2 > self.count || byteCount * 2 > self.byteCount
    }
}
