// What a room's keys and its channel are called in Redis.

/// The names of a room. A hash tag keeps all of its keys in one slot of a cluster; channels have
/// the prefix too, since they are common to all databases of a Redis.
struct RoomNames: Sendable {
    let stream: String
    let ids: String
    let olderIDs: String
    let presence: String
    let channel: String

    init(_ room: String, prefix: String) {
        let start = "\(prefix):{\(Self.tag(of: room))}:"
        stream = start + "s:" + room
        ids = start + "a:" + room
        olderIDs = start + "b:" + room
        presence = start + "p:" + room
        channel = start + "c:" + room
    }

    /// The name of the hash with the nodes' heartbeats.
    static func nodes(prefix: String) -> String { "\(prefix):{n}:nodes" }

    /// The channel on which a node hears its own heartbeats.
    static func probe(of node: String, prefix: String) -> String { "\(prefix):{n}:p:\(node)" }

    /// A short hash of the name, FNV-1a: the name itself may have braces.
    private static func tag(of room: String) -> String {
        var hash: UInt32 = 0x811C_9DC5
        for byte in room.utf8 { hash = (hash ^ UInt32(byte)) &* 0x0100_0193 }
        return String((hash ^ (hash >> 16)) & 0xFFFF, radix: 16)
    }
}
