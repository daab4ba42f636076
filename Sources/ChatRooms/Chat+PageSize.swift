// How much of a room's history one page holds: as many messages as fit, and at least one.

extension Chat {
    /// The oldest of these messages that fit into one page.
    func oldest(of offsets: Range<Int>, in room: RoomIndex, byteLimit: Int) -> Range<Int> {
        let changes = rooms[room].history.changes(of: offsets)
        var byteCount = 0
        for offset in offsets {
            byteCount += rooms[room].history.byteCount(offset) + changes.byteCount(of: offset) + 1
            if byteCount > byteLimit, offset > offsets.lowerBound {
                return offsets.lowerBound..<offset
            }
        }
        return offsets
    }

    /// The newest of these messages that fit into one page.
    func newest(of offsets: Range<Int>, in room: RoomIndex, byteLimit: Int) -> Range<Int> {
        let changes = rooms[room].history.changes(of: offsets)
        var byteCount = 0
        for offset in offsets.reversed() {
            byteCount += rooms[room].history.byteCount(offset) + changes.byteCount(of: offset) + 1
            if byteCount > byteLimit, offset < offsets.upperBound - 1 {
                return offset + 1..<offsets.upperBound
            }
        }
        return offsets
    }
}
