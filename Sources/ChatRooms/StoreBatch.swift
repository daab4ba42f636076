// What the chat wants kept, in order, and who waits for it.
import Storage

/// What shall be stored in one go, in this order. The store keeps all of it or nothing, and gives
/// the batch back when it is durable: only then does the chat publish its entries and send its
/// replies. Batches are stored in the order in which they were given.
public struct StoreBatch: Sendable {
    /// One step.
    public enum Item: Sendable {
        /// A room that the store does not have yet; it comes before its first entry.
        case room(StoredRoom)
        /// An entry of the room that is `room` in memory, where it counts for the address with
        /// this mark. The reply goes to whoever has said it.
        case entry(StoredEntry, room: RoomID, mark: UInt32, reply: Reply)
        /// Nothing to store: a reply whose turn comes when everything before it is durable.
        case reply(Reply)
        /// A user who is new or has changed. `reply` goes to who has asked for it, if anybody has.
        case user(StoredUser, reply: Reply)
        /// Whether a user may enter a private room.
        case people(room: Int64, user: Int64, mayEnter: Bool)
        /// How far a user has read a room.
        case read(room: Int64, user: Int64, offset: Int)
        /// A user whose name is free again, with all sessions.
        case forgetUser(Int64)
        /// A ban or mute that is new, or some that hold no more.
        case moderation(ModerationChange)
        /// A hook that is new, or is no more.
        case hook(HookChange)
    }

    /// A reply, and its recipient.
    public struct Reply: Sendable {
        /// One of those who may wait.
        public enum Recipient: Sendable {
            /// Nobody waits.
            case nobody
            /// A connection of the chat.
            case connection(ConnectionKey)
            /// A request over HTTP or at the control socket. `isNew` is false if it repeats one.
            case request(RequestKey, isNew: Bool)

            var key: ConnectionKey? {
                switch self {
                case .nobody: nil
                case .connection(let key), .request(let key, _): key
                }
            }
        }
        /// The recipient.
        public var recipient: Recipient
        /// The text of the reply, in the batch's bytes.
        public var text: Range<Int>
        /// The command's `ref` as it was written, in the batch's bytes; empty if it had none. A
        /// refusal repeats it.
        public var reference: Range<Int>
        /// Whether it says that something is kept. Another one is true whatever the store does, and
        /// only waits for its turn.
        public var isAcknowledgement = true

        /// The same with its ranges moved.
        func moved(by distance: Int) -> Reply {
            Reply(
                recipient: recipient, text: text.moved(by: distance),
                reference: reference.moved(by: distance), isAcknowledgement: isAcknowledgement)
        }

        /// Nobody waits.
        public static var nobody: Reply {
            Reply(recipient: .nobody, text: 0..<0, reference: 0..<0)
        }
    }

    /// Batches are numbered from 1 on, in their order.
    public internal(set) var number: UInt64 = 0
    /// What is to be done, in order.
    public internal(set) var items: [Item] = []
    /// The bytes that the items' ranges are in.
    public internal(set) var bytes: [UInt8] = []

    init() {}

    /// Adds an item whose bytes are behind `start` in `source`; its ranges must be moved by what is
    /// returned.
    mutating func add(_ source: Span<UInt8>, from start: Int) -> Int {
        let distance = bytes.count - start
        bytes.append(contentsOf: source.extracting(start..<source.count))
        return distance
    }
}

extension Range<Int> {
    /// The same range moved by a distance; an empty one stays what it is.
    func moved(by distance: Int) -> Range<Int> {
        isEmpty ? self : lowerBound + distance..<upperBound + distance
    }
}

extension StoredEntry {
    /// The same entry with its ranges moved.
    public func moved(by distance: Int) -> StoredEntry {
        var entry = self
        entry.frame = frame.moved(by: distance)
        entry.user = user.moved(by: distance)
        entry.text = text.moved(by: distance)
        entry.id = id.moved(by: distance)
        return entry
    }
}
