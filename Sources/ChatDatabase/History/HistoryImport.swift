// Lines of an export put into a database that no server has: all of them or none.
import ChatRooms
import Storage

/// Why lines were not imported. Nothing of them is in the database then.
public enum ImportError: Error, CustomStringConvertible {
    /// The line with this number, counted from 1, is not as `roost history export` writes it.
    case malformed(line: Int)
    /// The database has another message at the place of this one.
    case contradiction(line: Int, room: String, offset: Int)
    /// Messages before this one are missing: the room ends at `last`.
    case gap(line: Int, room: String, offset: Int, last: Int)
    case database(DatabaseError)

    public var description: String {
        switch self {
        case .malformed(let line):
            "Line \(line) is not a message as \"roost history export\" writes it."
        case .contradiction(let line, let room, let offset):
            """
            Line \(line) contradicts the database: it has another message of room "\(room)" with \
            offset \(offset). Import into a new database, or restore a backup.
            """
        case .gap(let line, let room, let offset, let last):
            """
            Line \(line) leaves a gap: it has offset \(offset) of room "\(room)", which so far ends \
            with \(last).
            """
        case .database(let error): error.description
        }
    }
}

/// An import under way. It holds the database's lock, and one transaction, until it is finished.
///
/// Messages keep their places, their authors' names and their times. No author is known as a user:
/// a retry of an imported message is not recognised.
public final class HistoryImport {
    /// How many messages were added, were there already, or are older than what the database keeps
    /// of their room.
    public private(set) var addedCount = 0
    public private(set) var knownCount = 0
    public private(set) var forgottenCount = 0

    private let lock: LockFile
    private let connection: Connection
    private var writer: BatchWriter
    private let roomThere: Statement
    private let there: Statement

    private var lineNumber = 0
    private var nextRoomNumber: Int64
    private var rooms: [String: Room] = [:]

    private struct Room {
        var number: Int64
        var name: String
        /// The newest entry's place.
        var last: Place
    }

    /// Takes the lock of the database at `path`, and makes one if there is none.
    public init(_ path: String) throws(DatabaseError) {
        lock = try LockFile(forDatabase: path)
        connection = try OpenedFile.begin(path, DatabaseOptions()).connection
        nextRoomNumber = try StateLoading.load(connection).nextRoomNumber
        writer = try BatchWriter(connection)
        roomThere = try Statement(
            "SELECT number, name, last_offset, last_epoch FROM rooms WHERE key = ?1",
            on: connection)
        there = try Statement(
            """
            SELECT \(HistoryFile.columns) FROM entries
            WHERE room = ?1 AND offset = ?2
            """, on: connection)
        try writer.begin()
    }

    /// Takes the next line, without its end. An empty one is passed over.
    public func add(_ line: Span<UInt8>) throws(ImportError) {
        lineNumber += 1
        if line.isEmpty { return }
        guard let message = EntryFrame.read(line) else {
            throw .malformed(line: lineNumber)
        }
        let key = Chat.nameKey(message.room)
        do throws(DatabaseError) {
            if rooms[key] == nil { rooms[key] = try room(key, message.room) }
        } catch {
            throw .database(error)
        }
        guard let room = rooms[key] else { return }
        if message.place.offset <= room.last.offset {
            return try compare(message, line, room)
        }
        guard room.last.offset == 0 || message.place.offset == room.last.offset + 1 else {
            throw .gap(
                line: lineNumber, room: room.name, offset: message.place.offset,
                last: room.last.offset)
        }
        try append(message, line, room)
        rooms[key]?.last = message.place
        addedCount += 1
    }

    /// Makes all that was added durable.
    public func finish() throws(DatabaseError) {
        _ = try writer.commit()
        try Indexing.complete(connection)
        try connection.checkpoint(.truncating)
    }

    private func room(_ key: String, _ name: String) throws(DatabaseError) -> Room {
        roomThere.bind(1, key)
        defer { roomThere.reset() }
        if try roomThere.step() {
            let last = Place(
                offset: Int(roomThere.integer(2)),
                epoch: UInt64(bitPattern: roomThere.integer(3)))
            return Room(number: roomThere.integer(0), name: roomThere.string(1), last: last)
        }
        let number = nextRoomNumber
        nextRoomNumber += 1
        let nowhere = Place(offset: 0, epoch: 0)
        try writer.store(
            StoredRoom(number: number, key: key, name: name, last: nowhere, firstOffset: 1))
        return Room(number: number, name: name, last: nowhere)
    }

    /// The message that is there has to be this one.
    private func compare(
        _ message: EntryFrame.Line, _ line: Span<UInt8>, _ room: Room
    ) throws(ImportError) {
        there.bind(1, room.number)
        there.bind(2, message.place.offset)
        defer { there.reset() }
        do throws(DatabaseError) {
            guard try there.step() else {
                forgottenCount += 1
                return
            }
        } catch {
            throw .database(error)
        }
        var out = ByteBuffer()
        HistoryFile.write(there, message.room, to: &out)
        let written = out.span.extracting(droppingLast: 1)
        var isSame = written.count == line.count
        for index in line.indices where isSame { isSame = written[index] == line[index] }
        guard isSame else {
            throw .contradiction(
                line: lineNumber, room: room.name, offset: message.place.offset)
        }
        knownCount += 1
    }

    private func append(
        _ message: EntryFrame.Line, _ line: Span<UInt8>, _ room: Room
    ) throws(ImportError) {
        var bytes = ByteBuffer()
        let entry = StoredEntry(
            room: room.number, place: message.place, kind: message.kind, target: message.target,
            beginsEpoch: room.last.offset == 0 || room.last.epoch != message.place.epoch,
            author: 0, at: message.at)
        let written = EntryFrame.write(
            entry, room: room.name, user: message.user, text: line.extracting(message.text),
            id: line.extracting(message.id), to: &bytes)
        do throws(DatabaseError) {
            try writer.store(written, bytes.span)
        } catch {
            throw .database(error)
        }
    }
}
