// What the program notes about each connection, for operators: since when it is open, and how many
// messages it has sent.
import Storage
import WebSocketServer

/// A note for each connection, by its slot: eight bytes, so that a million of them do not matter.
struct ConnectionNotes: ~Copyable {
    struct Note: BitwiseCopyable {
        /// When the connection was opened, in tenths of a second of the monotonic clock: enough for
        /// 13 years of a machine's uptime.
        var openedAt: UInt32 = 0
        /// The messages that it has sent.
        var messageCount: UInt32 = 0
    }

    private var notes = ChunkedTable<Note>()

    /// The connection has opened; `age` tenths of a second ago, if it has survived a crash.
    mutating func opened(_ id: ConnectionID, age: UInt32 = 0, at now: Instant) {
        while notes.count <= id.slot { notes.append(Note()) }
        notes[id.slot] = Note(openedAt: Self.tenths(now) &- age)
    }

    @inline(__always)
    mutating func received(_ id: ConnectionID) { notes[id.slot].messageCount &+= 1 }

    /// How many messages the connection has sent.
    func messageCount(of id: ConnectionID) -> Int {
        id.slot < notes.count ? Int(notes[id.slot].messageCount) : 0
    }

    /// How long the connection has been open, in tenths of a second.
    func age(of id: ConnectionID, at now: Instant) -> UInt32 {
        id.slot < notes.count ? Self.tenths(now) &- notes[id.slot].openedAt : 0
    }

    private static func tenths(_ instant: Instant) -> UInt32 {
        UInt32(truncatingIfNeeded: instant.milliseconds / 100)
    }

    // MARK: Hand-over

    /// Ages are written instead of times, which have no meaning on another clock.
    func save(to writer: inout StateWriter, at now: Instant) {
        writer.write(UInt32(notes.count))
        for slot in 0..<UInt32(notes.count) {
            writer.write(Self.tenths(now) &- notes[slot].openedAt)
            writer.write(notes[slot].messageCount)
        }
    }

    mutating func restore(
        from reader: inout StateReader, at now: Instant
    ) throws(StateError) {
        let count = Int(try reader.read(UInt32.self))
        guard count <= reader.unreadByteCount / MemoryLayout<Note>.size else {
            throw StateError("the notes on connections end too early")
        }
        notes = ChunkedTable<Note>()
        for _ in 0..<count {
            let age = try reader.read(UInt32.self)
            notes.append(
                Note(openedAt: Self.tenths(now) &- age, messageCount: try reader.read()))
        }
    }
}
