// Lists of rooms: of all that anybody may enter, and of one user's.

/// Which rooms a store shall list.
public enum ListingRequest: Sendable {
    /// Rooms that anybody may enter, in the order of their keys, behind this key.
    case open(after: String, countLimit: Int)
    /// A user's conversations and private rooms, and open rooms in which the user has read
    /// something; with what is unread there.
    case ofUser(Int64, name: String, countLimit: Int)
}

/// A room in a list.
public struct RoomListing: Sendable, Equatable {
    /// The room.
    public var room: StoredRoom
    /// How far the user has read; 0 if nothing.
    public var read = 0
    /// Messages of others behind that; ``RoomListing/unreadLimit`` entries at most are looked at.
    public var unread = 0
    /// How many of these have the user's name behind an @.
    public var mentions = 0

    /// The most entries of a room that are looked at to count.
    public static var unreadLimit: Int { 1_000 }

    /// A room without anything unread.
    public init(_ room: StoredRoom) { self.room = room }

    /// There is one more unread message.
    public mutating func count(isMention: Bool) {
        unread += 1
        if isMention { mentions += 1 }
    }
}
