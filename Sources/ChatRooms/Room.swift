// A room: its name, its members and its messages.

struct Room: Named {
    var name = ""
    var nameHash: UInt32 = 0
    var link: RoomIndex = .none
    /// As in `User`: false if the name leads to another room, and of direct conversations.
    var isFindable = true
    /// `Chat.epochCount` when the room was opened: the room with the smaller number is older.
    var number: UInt64 = 0
    /// Counts the rooms that have had this place.
    var generation: UInt32 = 0
    var isOpen = false
    /// The room keeps messages, and is in the chain `spokenRooms`.
    var isSpoken = false
    /// It is without members, and in the chain `emptyRooms`.
    var isIdle = false
    /// The member count must be pushed, and the room is in `changedRooms`.
    var isCountChanged = false
    /// The epoch of what is added to the room from now on, and its written form.
    var epoch: UInt64 = 0
    var epochText = ""
    /// The room's number in the store; 0 if the chat has no store.
    var storedNumber: Int64 = 0
    /// The store has the room, or will have it before what is given to it next.
    var isStored = false
    /// The store is being asked for the room: nobody can enter before it has answered.
    var isLoading = false
    /// Somebody has waited for that, and has not gone on yet: the room must not be forgotten.
    var isAsked = false
    /// The room's shared log is followed: what is in memory is a part of it.
    var isFollowed = false
    /// The room is in `readRooms`, since its shared log could be had, or could not.
    var isGoingOn = false
    /// Other nodes must hear who is here.
    var isPresenceChanged = false
    /// Messages that have been given to the store and are not durable yet.
    var pendingCount: UInt32 = 0
    /// The oldest message that the store has, as far as is known.
    var firstStoredOffset = 1
    /// The name's UTF-8, compared with commands byte by byte: a name contains no character that
    /// JSON escapes.
    var nameBytes: [UInt8] = []
    var kind = RoomKind.open
    /// The numbers of the users who may be in it, unless it is open.
    var people: [Int64] = []
    /// The number of the user who has created a private room.
    var creator: Int64 = 0
    /// That user's place in `users`, where another user may be by now; nil before it is looked up.
    var creatorPlace: UserIndex?
    var history = History()
    /// What it is about, as it is in frames.
    var topic: [UInt8] = []
    var members = Chain<Members>()
    /// When the room was opened or got its last message, in milliseconds; after `init(restoring:)`,
    /// when it was restored.
    var lastActivity: Int64 = 0
    /// Since when the room is empty, in milliseconds. Meaningless while there are members.
    var emptySince: Int64 = 0
    /// When the member count was last pushed, in milliseconds.
    var countPushedAt = Int64.min / 2
    var empty = Links<Room>()
    var spoken = Links<Room>()
    /// Whom the room counts for: the address from which it was opened.
    var owner: OwnerIndex = .none
    /// The user who has opened it, and that user's number; none if it was not a user.
    var opener: UserIndex = .none
    var openerNumber: Int64 = 0
    /// It is kept without members, and counts for nobody: the lobby.
    var isPermanent = false
    /// Somebody has been there, or has published there, who does not count for its owner.
    var isShared = false
    /// It is empty and not shared, and in the chain `spareRooms` of its owner.
    var isSpare = false
    var spare = Links<Room>()
    var ownersSpoken = Links<Room>()
}
