// Why connections have ended: the newest ends, kept in memory, since the journal's rate limit
// leaves some of them out.
import ChatRooms
import Storage
import WebSocketServer

/// The newest ends of connections. An end costs the same whatever there was before, and all of them
/// together have at most 10,000 times 100 bytes, a name and a sentence: under 4 MB.
struct EndLog {
    /// One end.
    struct End {
        /// When, in milliseconds since 1970.
        let wall: Int64
        let resourceID: UInt64
        let peer: NetworkAddress
        let cause: CloseCause
        /// How long the connection was open, in tenths of a second.
        let age: UInt32
        /// The messages that it had sent.
        let messageCount: UInt32
        /// The user's name; nil if nobody had logged in.
        let user: String?
        /// ``Chat/nameHash(_:)`` of the name, so that a search compares numbers.
        let nameHash: UInt32
        /// What the server or an operator said to it at the end; empty if nothing is known.
        let sentence: String
    }

    static let capacity = 10_000

    private(set) var ring = Ring<End>(capacity: capacity)

    mutating func ended(
        _ id: ConnectionID, _ cause: CloseCause, _ peer: NetworkAddress?, user: String?,
        age: UInt32, messageCount: Int, wall: Int64, sentence: String
    ) {
        ring.append(
            End(
                wall: wall, resourceID: id.resourceID, peer: peer ?? .unknown, cause: cause,
                age: age, messageCount: UInt32(clamping: messageCount), user: user,
                nameHash: user.map(Chat.nameHash) ?? 0, sentence: sentence))
    }

    // MARK: Hand-over

    /// Writes the ends, oldest first.
    func save(to writer: inout StateWriter) {
        writer.write(UInt32(ring.count))
        for place in (0..<ring.count).reversed() {
            let end = ring[fromNewest: place]
            writer.write(end.wall)
            writer.write(end.resourceID)
            end.peer.save(to: &writer)
            end.cause.save(to: &writer)
            writer.write(end.age)
            writer.write(end.messageCount)
            writer.write(end.user ?? "")
            writer.write(end.sentence)
        }
    }

    mutating func restore(from reader: inout StateReader) throws(StateError) {
        ring = Ring(capacity: Self.capacity)
        for _ in 0..<(try reader.read(UInt32.self)) {
            let wall = try reader.read(Int64.self)
            let resourceID = try reader.read(UInt64.self)
            let peer = try NetworkAddress(from: &reader)
            let cause = try CloseCause(from: &reader)
            let age = try reader.read(UInt32.self)
            let messageCount = try reader.read(UInt32.self)
            let name = try reader.readString()
            let user = name.isEmpty ? nil : name
            ring.append(
                End(
                    wall: wall, resourceID: resourceID, peer: peer, cause: cause, age: age,
                    messageCount: messageCount, user: user,
                    nameHash: user.map(Chat.nameHash) ?? 0,
                    sentence: try reader.readString()))
        }
    }

    /// The newest ends that `query` selects, newest first. Compares at most ``capacity`` ends.
    func find(_ query: EndQuery) -> [End] {
        let hash = query.user.map(Chat.nameHash)
        var found: [End] = []
        var place = 0
        while place < ring.count, found.count < query.limit {
            let end = ring[fromNewest: place]
            place += 1
            if let id = query.connection, end.resourceID != id { continue }
            if let range = query.address, !range.contains(end.peer) { continue }
            if let hash, let name = query.user {
                guard let user = end.user, end.nameHash == hash, Chat.isSameName(user, name) else {
                    continue
                }
            }
            found.append(end)
        }
        return found
    }
}

/// Which ends are asked for; all of them if nothing is set.
struct EndQuery {
    var user: String?
    var connection: UInt64?
    var address: AddressRange?
    var limit = 20

    static let limits = 1...1000
}
