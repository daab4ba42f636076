// How much of a room's history one page holds: as many messages as fit, and at least one.

extension Chat {
    /// The oldest of these messages that fit into one page.
    func oldest(of offsets: Range<Int>, in room: RoomIndex) -> Range<Int> {
        var byteCount = 0
        for offset in offsets {
            byteCount += rooms[room].history.byteCount(offset) + 1
            if byteCount > limits.pageByteLimit, offset > offsets.lowerBound {
                return offsets.lowerBound..<offset
            }
        }
        return offsets
    }

    /// The newest of these messages that fit into one page.
    func newest(of offsets: Range<Int>, in room: RoomIndex) -> Range<Int> {
        var byteCount = 0
        for offset in offsets.reversed() {
            byteCount += rooms[room].history.byteCount(offset) + 1
            if byteCount > limits.pageByteLimit, offset < offsets.upperBound - 1 {
                return offset + 1..<offsets.upperBound
            }
        }
        return offsets
    }

    /// Whether all of these messages together are no larger than four pages: what a client that
    /// cannot ask for more gets at once. Messages lie one behind the other, so it is one
    /// subtraction, however many there are.
    func fitsPages(_ offsets: Range<Int>, in room: RoomIndex) -> Bool {
        rooms[room].history.byteCount(of: offsets) <= 4 * limits.pageByteLimit
    }
}
