// What the chat asks its store for: rooms that are not in memory, and messages that are older than
// what is.

/// A question of the chat to its store. Each gets one ``StoreAnswer``, in any order, but after what
/// was given to the store before it is durable or has failed.
public enum StoreQuestion: Sendable {
    /// Is there a room with this key? If so: the room, and its newest messages, as many as fit into
    /// both limits.
    case room(ticket: UInt64, key: String, countLimit: Int, byteLimit: Int)
    /// A part of a room's messages.
    case page(PageRequest)
    /// A list of rooms.
    case listing(ticket: UInt64, ListingRequest)
    /// Messages with certain words in them.
    case search(SearchRequest)
}

/// Which messages of a room are read.
public struct PageRequest: Sendable, Equatable {
    /// From where to where.
    public enum Direction: Sendable, Equatable {
        /// The oldest messages behind this place, if the entry at the place is kept; with offset 0,
        /// if the room's first entry is kept and has this epoch. `epoch` nil asks for no proof.
        case after(offset: Int, epoch: UInt64?)
        /// The newest messages before this offset.
        case before(offset: Int)
    }

    /// Names the question in the answer.
    public var ticket: UInt64
    /// The room's number.
    public var room: Int64
    /// The room's name as frames have it.
    public var name: String
    /// Which messages.
    public var direction: Direction
    /// Entries at or above this offset are not needed: they are in memory.
    public var end: Int
    /// The most messages, at least 1.
    public var countLimit: Int
    /// The most bytes of frames; one message is returned whatever it has.
    public var byteLimit: Int

    /// A request from its parts.
    public init(
        ticket: UInt64, room: Int64, name: String, direction: Direction, end: Int,
        countLimit: Int, byteLimit: Int
    ) {
        self.ticket = ticket
        self.room = room
        self.name = name
        self.direction = direction
        self.end = end
        self.countLimit = countLimit
        self.byteLimit = byteLimit
    }
}

/// Messages of a room, in the order of their offsets and without a gap between two of them.
public struct StoredPage: Sendable {
    /// The messages, oldest first.
    public var entries: [StoredEntry] = []
    /// The bytes that the entries' ranges are in.
    public var bytes: [UInt8] = []
    /// What became of messages of a ``PageRequest``, by their offsets: their frames show it. In the
    /// page of a whole room nothing is folded in, since the changes are among its entries.
    public var folds: [Int: Fold] = [:]
    /// The room's oldest entry that is kept; above the newest offset if none is.
    public var firstOffset = 1
    /// With `after`: whether the entry at that place is kept, so that nothing behind it is missing.
    public var isContinuous = false

    /// An empty page.
    public init() {}
}

/// The store's answer.
public enum StoreAnswer: Sendable {
    /// The room, and its newest messages; nil if there is none with this key.
    case room(ticket: UInt64, StoredRoom?, StoredPage)
    /// The messages that were asked for.
    case page(ticket: UInt64, StoredPage)
    /// The rooms that were asked for, and how many rows were looked at for it.
    case listing(ticket: UInt64, [RoomListing], rowCount: Int)
    /// What a search has found.
    case found(ticket: UInt64, FoundMessages)
    /// It could not be read.
    case failed(ticket: UInt64)
    /// Everything in the batch is durable.
    case stored(StoreBatch)
    /// It is not known whether the batch was stored, nor will it be for a while. The store goes on
    /// trying: `stored` follows.
    case delayed(StoreBatch)
    /// Whether the store can keep anything just now.
    case state(StoreState)
    /// Something has happened to a log that is shared with other nodes.
    case log(LogEvent)
}

/// Whether a store works. While it fails, nothing can be said, and the rest goes on.
public enum StoreState: Sendable, Equatable {
    /// It keeps what it is given.
    case works
    /// It keeps nothing just now.
    case fails(Reason)

    /// Why, in kinds that an operator mends differently.
    public enum Reason: String, Sendable, CaseIterable {
        /// No space is left.
        case full
        /// The file or its file system cannot be written.
        case readOnly = "read-only"
        /// Another program has locked it.
        case locked
        /// It is damaged.
        case damaged
        /// It takes longer than ``Chat`` waits.
        case slow
        /// It was replaced or removed while in use.
        case replaced
        /// Any other error of the device.
        case failing
    }
}
