// The seam to logs that several nodes share: what a chat wants of them, and what it hears. Entries
// have no place before the log has given them one, and those of other nodes come between.
import Storage

/// What the chat wants of a shared log, in the order in which ``Chat/takeLogOrders()`` gives it.
public enum LogOrder: Sendable {
    /// Follow the log of the room with this key, see ``Chat/nameKey(_:)``. It is answered with
    /// ``LogEvent/live(_:name:_:)`` as soon as nothing is missing, or with ``LogEvent/away(_:)``.
    /// It may come again for a room that is followed: then nothing was understood, and it is
    /// answered again. `name` is the name as it was written here: if the log knows none yet, it is
    /// this one from now on.
    case follow(RoomID, key: String, name: String)
    /// Nobody needs the room any more, and nobody is there on this node.
    case leave(RoomID)
    /// Add an entry. It is answered with one of `placed`, `delayed` and `refused`, once.
    case add(LogPost)
    /// The members of the room on this node are these from now on: the other nodes shall know.
    case presence(RoomID, RoomPresence)
}

/// An entry that has no place yet.
public struct LogPost: Sendable {
    /// Names it in the answer.
    public var ticket: UInt64
    /// Whose log it is for.
    public var room: RoomID
    /// The log has an entry with this key once, however often it is given: its place is the first
    /// one's.
    public var key: EntryKey
    /// Everything but the place; what the other nodes get.
    public var body: [UInt8]
}

/// Entries that stand one behind the other in a log.
public struct LogPart: Sendable {
    /// An entry of the log.
    public struct Entry: Sendable {
        /// Where it stands; of the epoch 62 bits count.
        public var place: Place
        /// Its key; nil if it is none that a chat makes.
        public var key: EntryKey?
        /// Its body, in the part's bytes.
        public var body: Range<Int>

        /// An entry from its parts.
        public init(place: Place, key: EntryKey?, body: Range<Int>) {
            self.place = place
            self.key = key
            self.body = body
        }
    }

    /// The entries, oldest first.
    public var entries: [Entry] = []
    /// The bytes that the bodies are in.
    public var bytes: [UInt8] = []

    /// No entries.
    public init() {}

    /// Adds the entry behind the others.
    public mutating func append(_ place: Place, _ key: EntryKey?, _ body: Span<UInt8>) {
        let start = bytes.count
        bytes.append(contentsOf: body)
        entries.append(Entry(place: place, key: key, body: start..<bytes.count))
    }
}

/// What a chat hears of the logs that it follows. Events of rooms that it has left are nothing to
/// it.
public enum LogEvent: Sendable {
    /// These are the newest entries of the room's log, all of them if the first has offset 1, and
    /// from now on whatever comes is `appended`. `name` is the room's name on every node.
    case live(RoomID, name: String, LogPart)
    /// It is not certain just now that nothing is missing: `live` or `away` follows.
    case syncing(RoomID)
    /// That may take a while: whoever waits gets what is known here.
    case away(RoomID)
    /// The next entries of the log, whichever node they are from, and from the last one on.
    case appended(RoomID, LogPart)
    /// The log is another one: it goes on from an earlier entry, or from none. These are its newest
    /// entries.
    case reset(RoomID, LogPart)
    /// The entry stands there. It comes when the entry was `appended`, or is part of the log that
    /// came with `live` or `reset`, or is older than these.
    case placed(ticket: UInt64, Place)
    /// It is not known whether the entry will come. With the same key it may be added again.
    case delayed(ticket: UInt64)
    /// The entry will not come.
    case refused(ticket: UInt64)
    /// The members of the room on another node are these from now on; nil if the node has none.
    case presence(RoomID, node: String, RoomPresence?)
    /// The node is no more: nobody is anywhere on it.
    case gone(node: String)
}

/// What a chat knows that shares its logs.
struct SharedLog {
    /// Somebody who waits for an entry's place.
    enum Waiter {
        /// A connection, with its turn in its ``ReplyLine`` and its command's `ref` as it was
        /// written.
        case connection(ConnectionKey, turn: UInt64, reference: [UInt8]?)
        case request(RequestKey, isNew: Bool)
    }

    /// An entry on its way.
    struct Post {
        let room: RoomIndex
        let key: EntryKey
        /// `Owner.mark` of whom it counts for.
        let mark: UInt32
        let byteCount: Int
        /// The newest entry when it was given: what has a place up to here is older than that.
        let last: Int
        /// The connection or request that it came from.
        let sender: ConnectionKey?
        var waiters: [Waiter] = []
        /// Its place, while the entry itself has not come yet.
        var place: Place?
    }

    struct PostKey: Hashable {
        let room: RoomIndex
        let key: EntryKey
    }

    /// Whether the chat's rooms have shared logs at all.
    var isOn = false
    var orders: [LogOrder] = []
    var posts: [UInt64: Post] = [:]
    /// The tickets of the posts, to recognize a retry.
    var tickets: [PostKey: UInt64] = [:]
    /// Posts that have a place which the room's log has not reached yet.
    var early: [RoomIndex: [UInt64]] = [:]
    /// Replies that wait for those before them, by the connections' slots.
    var lines: [UInt32: ReplyLine] = [:]
    /// Members on other nodes.
    var elsewhere: [RoomIndex: Elsewhere] = [:]
    /// Rooms whose members here have changed, of which the other nodes must hear.
    var changedRooms: [RoomIndex] = []

    var hasWork: Bool { isOn && !(orders.isEmpty && changedRooms.isEmpty) }
    var isAtRest: Bool { posts.isEmpty }
}
