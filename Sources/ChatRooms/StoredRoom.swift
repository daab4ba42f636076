// What a store knows of rooms and users, apart from what was said.

/// A room in the store. Its number is never given to another room.
public struct StoredRoom: Sendable, Equatable {
    /// Tells rooms apart, whatever becomes of their names.
    public var number: Int64
    /// The form of the name in which it is looked up, see ``Chat/nameKey(_:)``.
    public var key: String
    /// The name as the user who opened the room wrote it.
    public var name: String
    /// The newest entry's place: offset 0 if there has been none.
    public var last: Place
    /// The oldest entry that is kept; `last.offset + 1` if none is.
    public var firstOffset: Int
    /// What the room is about, as it is in the frame; empty if nobody has said.
    public var topic: [UInt8]
    /// The people who may be in it.
    public var kind: RoomKind
    /// The numbers of the users who may be in it, unless it is open.
    public var people: [Int64]
    /// The number of the user who has created a private room; else 0.
    public var creator: Int64

    /// A room from its parts.
    public init(
        number: Int64, key: String, name: String, last: Place, firstOffset: Int,
        topic: [UInt8] = [], kind: RoomKind = .open, people: [Int64] = [], creator: Int64 = 0
    ) {
        self.number = number
        self.key = key
        self.name = name
        self.last = last
        self.firstOffset = firstOffset
        self.topic = topic
        self.kind = kind
        self.people = people
        self.creator = creator
    }
}

/// A user in the store. The number is never given to another user: what somebody has said is that
/// number's, whatever becomes of the name.
public struct StoredUser: Sendable, Equatable {
    /// A session: the token itself is not stored.
    public struct Session: Sendable, Equatable {
        /// Proves that somebody has its token.
        public var proof: SessionProof
        /// When it was last used: milliseconds since 1970 in UTC.
        public var seenAt: Int64
        /// What its client calls itself, as it stands inside of a JSON string.
        public var client: [UInt8]

        /// A session from its parts.
        public init(proof: SessionProof, seenAt: Int64, client: [UInt8] = []) {
            self.proof = proof
            self.seenAt = seenAt
            self.client = client
        }
    }

    /// Never given to another user.
    public var number: Int64
    /// The form of the name in which it is looked up, see ``Chat/nameKey(_:)``.
    public var key: String
    /// The name as the user wrote it.
    public var name: String
    /// The password's hash; nil if the name is nobody's own. See `PasswordHash` in the program.
    public var password: String?
    /// Whether an operator has made the account a moderator.
    public var isModerator = false
    /// When the user was last connected: milliseconds since 1970 in UTC.
    public var seenAt: Int64
    /// The sessions that prove this user, the last used one last: one, or for an account several.
    public var sessions: [Session]

    /// A user from its parts.
    public init(
        number: Int64, key: String, name: String, password: String?, seenAt: Int64,
        sessions: [Session]
    ) {
        self.number = number
        self.key = key
        self.name = name
        self.password = password
        self.seenAt = seenAt
        self.sessions = sessions
    }
}

/// What a chat must know of its store before it begins.
public struct StoredState: Sendable {
    /// Greater than the number of every room that there ever was.
    public var nextRoomNumber: Int64
    /// Greater than the number of every user that there ever was.
    public var nextUserNumber: Int64
    /// All users, those who were gone first first.
    public var users: [StoredUser]
    /// All bans and mutes.
    public var sanctions: [Sanction]
    /// All hooks.
    public var hooks: [Hook]

    /// The state of a new store, or one from its parts.
    public init(
        nextRoomNumber: Int64 = 1, nextUserNumber: Int64 = 1, users: [StoredUser] = [],
        sanctions: [Sanction] = [], hooks: [Hook] = []
    ) {
        self.nextRoomNumber = nextRoomNumber
        self.nextUserNumber = nextUserNumber
        self.users = users
        self.sanctions = sanctions
        self.hooks = hooks
    }
}

extension Chat {
    /// The form of a name in which it is looked up: all spellings of a name share it. It depends on
    /// ``nameRules``.
    public static func nameKey(_ name: String) -> String { NameKey(name).folded }

    /// By which rules keys are made. A store that was written by other rules makes its keys anew.
    public static var nameRules: UInt32 { NameKey.rules }
}
