// What nodes give each other beside what the chat says: how the room is written.
import ChatEngine
import ChatRooms

/// A room has one name, which may be written in several ways ("Trains", "trains"); Redis knows it
/// by the one form that all of these have in common. So whatever a node writes about a room begins
/// with the room's name as it is written there: each entry of the log, and who is in the room.
///
///     byte count of the name 2 · name · what the chat says
///
/// A node that opens a room takes the name from the oldest entry that it gets, or from who is in
/// the room elsewhere. Only where two open an empty room at the same moment may it stay written in
/// two ways, until both have forgotten it.
enum SharedForm {
    /// The bytes behind the name of the room.
    static func bytes(_ name: borrowing String, _ said: [UInt8]) -> [UInt8] {
        let name = name.utf8
        return [UInt8](capacity: 2 + name.count + said.count) { output in
            output.append(UInt8(truncatingIfNeeded: name.count))
            output.append(UInt8(truncatingIfNeeded: name.count >> 8))
            for byte in name { output.append(byte) }
            for byte in said { output.append(byte) }
        }
    }

    /// The name of the room that these bytes are about, if it is the one with this key; nil for
    /// anything else, which another program has written.
    static func name(in bytes: Span<UInt8>, key: String) -> String? {
        guard let start = start(of: bytes) else { return nil }
        let name = String(copying: bytes.extracting(2..<start))
        return Chat.nameKey(name) == key ? name : nil
    }

    /// Where that begins what the chat has said. If nothing can be read, that is all of it.
    static func startOfSaid(in bytes: Span<UInt8>) -> Int { start(of: bytes) ?? 0 }

    private static func start(of bytes: Span<UInt8>) -> Int? {
        guard bytes.count >= 2 else { return nil }
        let start = 2 + Int(bytes[0]) + Int(bytes[1]) << 8
        return start <= bytes.count ? start : nil
    }
}
