// What it costs to publish in a room: it depends on who is in it, and how they compress.
import ChatRooms
import WebSocketServer

/// The work of the last message that was published in each room.
struct PublishingCosts {
    /// Work of 64 bytes of a frame, by the room's index; 0 if it is not known.
    private var works: [UInt32] = []

    /// What a message is likely to cost. Where nothing was published yet: as if it were compressed
    /// once.
    func estimate(_ room: RoomID, _ byteCount: Int) -> Int {
        let index = Int(room.index)
        guard index < works.count, works[index] > 0 else {
            return Work.compressedMessage + Work.compressedByte * byteCount
        }
        return Int(works[index]) * (byteCount + 63) / 64
    }

    mutating func note(_ room: RoomID, _ byteCount: Int, _ work: Int) {
        let index = Int(room.index)
        while works.count <= index { works.append(0) }
        works[index] = UInt32(clamping: max(1, work * 64 / max(64, byteCount)))
    }
}
