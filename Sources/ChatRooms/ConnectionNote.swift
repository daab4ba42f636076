// What another process must know of a connection to go on with it after a crash, in a few hundred
// bytes.
import Storage

/// How far a connection has come in a room: the place of the last entry that it has, by the room's
/// number in the process that wrote its note.
public struct RecoveredPlace: Sendable, Hashable {
    /// See ``Chat/storedNumber(of:)``.
    public var room: Int64
    /// The last entry; offset 0 if the room had none.
    public var place: Place

    /// A place from its parts.
    public init(room: Int64, place: Place) {
        self.room = room
        self.place = place
    }
}

/// Whose a connection is, and where it is.
struct ConnectionNote {
    /// A room that the connection is in.
    struct InRoom {
        /// The room's number in this process. A room that the store does not have yet may get
        /// another one in the next.
        var number: Int64
        var kind: RoomKind
        var name: RoomName
    }

    /// The user's number, name and session.
    var user: Int64
    var name: String
    var session: SessionProof
    /// What its token allows; nil if it has not logged in by one.
    var claims: TokenClaims?
    /// In the order of the connection's subscriptions.
    var rooms: [InRoom] = []

    private static var magic: UInt32 { 0x4E43_4352 }  // "RCCN"
    private static var version: UInt16 { 1 }
    /// As of a saved chat: see ``Chat/save(at:)``.
    private static var minimumReaderVersion: UInt16 { 1 }
    private static var oldestReadableVersion: UInt16 { 1 }
}

extension ConnectionNote {
    func save(to out: inout StateWriter) {
        out.write(Self.magic)
        out.write(Self.version)
        out.write(Self.minimumReaderVersion)
        out.writeRecord { out in
            out.write(user)
            out.write(name: name)
            out.write(session.bits)
            out.write(claims != nil)
            if let claims {
                out.write(claims.isModerator)
                out.write(claims.expiresAt)
                out.write(claims.rooms != nil)
                let patterns = claims.rooms ?? []
                out.write(patterns.count, patterns) { $0.write(name: $1) }
            }
            out.write(rooms.count, rooms) { out, room in
                out.write(room.number)
                out.write(room.kind.rawValue)
                out.write(name: room.name.name)
                if let pair = room.name.pair {
                    out.write(pair.first)
                    out.write(pair.second)
                }
            }
        }
    }

    /// Throws if the bytes are no note, or one of a version that this program cannot read.
    init(from reader: inout StateReader) throws(StateError) {
        guard try reader.read(UInt32.self) == Self.magic else {
            throw StateError("it is no note of a connection")
        }
        let version = try reader.read(UInt16.self)
        let least = try reader.read(UInt16.self)
        guard version >= Self.oldestReadableVersion, least <= Self.version else {
            throw StateError("a note of version \(version) cannot be read")
        }
        self = try reader.readRecord { reader throws(StateError) in
            var note = ConnectionNote(
                user: try reader.read(), name: try reader.readName(),
                session: SessionProof(bits: try reader.read()))
            if try reader.readBool() { note.claims = try Self.claims(note.name, &reader) }
            for _ in 0..<(try reader.readElementCount()) {
                note.rooms.append(try Self.room(&reader))
            }
            return note
        }
    }

    private static func claims(
        _ name: String, _ reader: inout StateReader
    ) throws(StateError) -> TokenClaims {
        var claims = TokenClaims(
            name: name, isModerator: try reader.readBool(), expiresAt: try reader.read())
        let isLimited = try reader.readBool()
        var patterns: [String] = []
        for _ in 0..<(try reader.readElementCount()) { patterns.append(try reader.readName()) }
        if isLimited { claims.rooms = patterns }
        return claims
    }

    private static func room(_ reader: inout StateReader) throws(StateError) -> InRoom {
        let number = try reader.read(Int64.self)
        guard let kind = RoomKind(rawValue: try reader.read()) else { throw .damaged }
        var name = RoomName(name: try reader.readName())
        guard Name.isWritable(name.name) else { throw .damaged }
        if kind == .direct { name.pair = DirectPair(try reader.read(), try reader.read()) }
        return InRoom(number: number, kind: kind, name: name)
    }
}
