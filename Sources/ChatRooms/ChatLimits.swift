// Every bound of the chat, each with its reason.

/// What a chat allows and how much it keeps.
public struct ChatLimits: Sendable {
    /// Unicode scalars in a message's text. A page of prose.
    public var textScalarLimit = 4_000
    /// Rooms that one connection may be in.
    public var roomsPerConnectionLimit = 64
    /// Connections that one user may have open: a person's devices and tabs, several times over.
    public var connectionsPerUserLimit = 64

    /// Rooms at one time. When there are as many, the one that has been empty longest gives way.
    public var roomLimit = 10_000
    /// How long a room in which somebody spoke outlives its last member.
    public var emptyRoomLifetime = Duration.seconds(600)

    /// Messages kept of one room.
    public var messagesPerRoomLimit = 1_000
    /// Bytes kept of one room's messages, as they are sent.
    public var historyByteLimitPerRoom = 256 << 10
    /// Bytes allocated for the messages of all rooms. When more is needed, the rooms in which
    /// nobody has spoken for longest lose theirs.
    public var historyByteLimit = 64 << 20

    /// A connection that has not logged in by then is closed with 1008.
    public var loginDeadline = Duration.seconds(15)
    /// How long a user's name is kept for its session after the last connection has gone: long
    /// enough for a phone to change its network.
    public var nameReservation = Duration.seconds(60)
    /// How long a session is remembered after that, if nobody else takes the name.
    public var sessionLifetime = Duration.seconds(24 * 3600)
    /// Users remembered who have no connection; those who left first are forgotten first.
    public var goneUserLimit = 100_000

    /// Commands that a connection may send at once after a rest.
    public var commandBurst = 20
    /// Commands a second after that. 0 switches the limit off.
    public var commandsPerSecond = 5
    /// Refusals in a row, without a rest, after which a connection is closed with 4002.
    public var floodRefusalLimit = 100

    /// Rooms up to this size list their members and tell each coming and going; larger ones tell
    /// their size, once a second at most.
    public var presenceMemberLimit = 200
    /// Names that `who` lists at most.
    public var whoNameLimit = 500
    /// Whose name a message from outside has that brings none. Nobody can log in with it.
    public var publisherName = "server"
    /// A user's typing is passed on at most this often in each room.
    public var typingInterval = Duration.seconds(3)

    /// The measuring profile: no limit on how often a connection may speak.
    public static var withoutRateLimit: ChatLimits {
        var limits = ChatLimits()
        limits.commandsPerSecond = 0
        return limits
    }

    /// The defaults.
    public init() {}
}

extension Duration {
    /// Whole milliseconds; a limit longer than 290 million years stays one.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? .max / 4 : product + attoseconds / 1_000_000_000_000_000
    }
}
