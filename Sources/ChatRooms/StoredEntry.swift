// What a store keeps of a room: its entries, each with a place in the room's log.
import Storage

/// The place of an entry in its room's log. Two entries never have the same one: an offset is used
/// once in an epoch, and only the process that began an epoch adds to it.
public struct Place: Sendable, Hashable {
    /// The first entry of a room has offset 1; a room without entries stands at 0.
    public var offset: Int
    /// 48 random bits: compared for equality only.
    public var epoch: UInt64

    /// A place from its parts.
    public init(offset: Int, epoch: UInt64) {
        self.offset = offset
        self.epoch = epoch
    }

    /// Appends `OFFSET-EPOCH`: the ID of the entry's event in an event stream.
    public func write(to out: inout ByteBuffer) {
        out.append(decimal: offset)
        out.append(UInt8(ascii: "-"))
        out.append(utf8: Epoch(number: epoch).text)
    }
}

/// One entry of a room's log. Its bytes lie in the buffer of the batch or page that it is in: the
/// ranges are into that buffer.
public struct StoredEntry: Sendable, Equatable {
    /// The room's number, see ``StoredRoom``.
    public var room: Int64
    /// Where it stands in the room's log.
    public var place: Place
    /// What it is.
    public var kind: EntryKind
    /// The offset of the message that it changes or answers; 0 if there is none.
    public var target: Int
    /// Whether the entry before it has another epoch: then the frame says which is its own.
    public var beginsEpoch: Bool
    /// The author's number, see ``StoredUser``; of a publisher from outside, a negative number that
    /// tells publishers apart. With `id` it tells retries apart.
    public var author: Int64
    /// When it came: milliseconds since 1970 in UTC.
    public var at: Int64
    /// The whole frame, one JSON object: see ``EntryFrame``.
    public var frame = 0..<0
    /// The author's name, which needs no escapes, as it is in the frame.
    public var user = 0..<0
    /// The text as it is in the frame, escaped; of a reaction its emoji. Empty if there is none.
    public var text = 0..<0
    /// The id as it is in the frame, escaped; empty if there is none.
    public var id = 0..<0

    /// An entry whose bytes have not been written yet.
    public init(
        room: Int64, place: Place, kind: EntryKind = .message, target: Int = 0, beginsEpoch: Bool,
        author: Int64, at: Int64
    ) {
        self.room = room
        self.place = place
        self.kind = kind
        self.target = target
        self.beginsEpoch = beginsEpoch
        self.author = author
        self.at = at
    }
}
