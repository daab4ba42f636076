// How a database keeps what it is given: how surely, and for how long.

/// How a database keeps messages.
public struct DatabaseOptions: Sendable {
    /// When a batch is answered.
    public enum Acknowledgement: Sendable {
        /// When it is on the disk: what was answered survives a crash of the machine.
        case durable
        /// At once, before it is written. What was answered within the last moments is lost if the
        /// process crashes (about 20 ms) or the machine does (the last commits: until the next
        /// checkpoint, or as long as the kernel takes to write). What is left is in order and
        /// without gaps, and the rule of places says to clients that something is missing.
        case early
    }

    /// How many messages are kept: what is beyond a limit is deleted, the oldest first. nil is no
    /// limit.
    public struct Retention: Sendable, Equatable {
        /// The most messages in a room, and in all of them.
        public var countPerRoom: Int?
        public var count: Int?
        /// The most bytes of a room's messages: of their texts, names and ids, with 64 for each
        /// message.
        public var byteCountPerRoom: Int?
        /// The most bytes that are used in the file. nil is 2 GiB or a tenth of the file system,
        /// whichever is less.
        public var byteCount: Int?
        /// The greatest age, in milliseconds. Messages go in the order in which they came: while
        /// the clock was set ahead, a message keeps those behind it.
        public var age: Int64?

        /// No limit but that of the bytes in the file.
        public init() {}

        /// The bytes that are used in the file at most, if nobody says, on a file system of this
        /// size.
        public static func defaultByteCount(ofFileSystem byteCount: Int) -> Int {
            min(2 << 30, byteCount / 10)
        }

        var limitsRooms: Bool { countPerRoom != nil || byteCountPerRoom != nil }
    }

    public var acknowledgement = Acknowledgement.durable
    public var retention = Retention()

    /// The file system that SQLite uses; nil is its own. For tests.
    package var fileSystem: String?
    /// Whether commits wait for the disk. Without, a crash of the machine may lose them and damage
    /// the file: for tests that have to find that.
    package var waitsForDisk = true
    /// The shortest and longest pause between two attempts while nothing can be stored, in
    /// nanoseconds.
    package var pauses: ClosedRange<UInt64> = 50_000_000...2_000_000_000
    /// How many messages come into the index of words at a time, at least: fewer wait for a minute,
    /// so that not each of them is written twice.
    package var indexedTogether: Int64 = 64
    /// The shortest time between two rewritings of the index of words, which take out of the file
    /// what was deleted, in nanoseconds: an hour.
    package var erasePause: UInt64 = 3_600_000_000_000
    var schema = Schema.current

    /// What is answered is durable, and the file has its default limit.
    public init() {}
}
