// Closing rooms, when nothing is pending in them and Redis knows that nobody is there.
import RedisClient
import Storage

extension EngineNode {
    /// Closes the rooms that can be closed by now.
    mutating func closeRooms(_ commands: inout some EngineCommands & ~Copyable, at now: UInt64) {
        guard !closing.isEmpty else { return }
        var remaining: [EngineRoom] = []
        for room in closing {
            guard let index = find(room) else { continue }
            guard rooms[index].isClosing else {
                rooms[index].isInClosing = false
                continue
            }
            guard canClose(index) else {
                remaining.append(room)
                continue
            }
            commands.unsubscribeForNow(rooms[index].names.channel, at: now)
            free(index)
        }
        closing = remaining
    }

    private func canClose(_ index: TableIndex<RoomState>) -> Bool {
        // What Redis has lost of it may have to be given back.
        (rooms[index].isLive || rooms[index].log.isEmpty) && rooms[index].hasNothingPending
            && rooms[index].putCount == 0
            && !rooms[index].presence.isWritten && !rooms[index].presence.isUnderWay
            && !rooms[index].presence.isDirty
    }

    private mutating func free(_ index: TableIndex<RoomState>) {
        emptyLog(of: index)
        roomsByKey[rooms[index].key] = nil
        roomsByChannel[rooms[index].names.channel] = nil
        let generation = rooms[index].generation &+ 1
        var empty = RoomState("", RoomNames("", prefix: ""), generation, keep: 1)
        empty.isOpen = false
        rooms.free(index, leaving: empty)
    }
}
