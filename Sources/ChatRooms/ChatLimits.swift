// All limits of the chat, each with its reason.

/// What a chat allows and how much it keeps.
public struct ChatLimits: Sendable {
    /// Unicode scalars in a message's text. A page of prose.
    public var textScalarLimit = 4_000
    /// Rooms that one connection may be in.
    public var roomsPerConnectionLimit = 64
    /// Connections that one user may have open: a person's devices and tabs, several times over.
    public var connectionsPerUserLimit = 64

    /// Rooms at one time that users have opened, without the lobby. At the limit, a new room
    /// replaces an empty room in which only its own address has been: of the address with the most
    /// of such rooms, the one longest empty.
    public var roomLimit = 10_000
    /// Rooms at one time that were opened from one address; nil for no limit. It takes
    /// ``addressCount`` addresses to leave others without a place. Clients whose address is exempt
    /// have no such limit.
    public var roomsPerAddressLimit: Int? = 250
    /// One address opens this fraction of all rooms at most: enough for the people of one office.
    public static let addressCount = 40
    /// Rooms at one time that one user has opened: as many as a connection may be in.
    public var openedRoomsPerUserLimit = 64
    /// Rooms at one time that were opened from outside, by operators and their programs. They have
    /// places of their own: nobody's rooms cost a program its room, nor the other way round.
    public var operatorRoomLimit = 1_000
    /// How long a room that has had messages is kept after its last member has left.
    public var emptyRoomLifetime = Duration.seconds(600)

    /// Messages kept for one room.
    public var messagesPerRoomLimit = 1_000
    /// Bytes of messages kept for one room, in the form in which they are sent.
    public var historyByteLimitPerRoom = 256 << 10
    /// Bytes allocated for the messages of all rooms. When more are needed, the rooms that have had
    /// no message for longest lose their history.
    public var historyByteLimit = 64 << 20
    /// Bytes allocated for the messages of the rooms that one address has opened, when memory is
    /// short. Sixteen addresses together can fill the memory, but none can empty the others' rooms.
    public var historyByteLimitPerAddress: Int { historyByteLimit / 16 }
    /// How long a message in a full room is safe from an address that has said most of what the
    /// room keeps: long enough for the others to see it and to answer, and short enough for a house
    /// behind one address, which is held up for that long when it fills a room of others.
    public var messageReservation = Duration.seconds(120)

    /// Bytes of messages that the people of one address may have stored in a day; nil for no limit.
    /// A house of 250 says some 10 MB a day. Without it, one address could wash what others have
    /// said out of the database within hours; with it, that takes a month, or a botnet. Exempt
    /// clients have no such limit.
    public var storedByteLimitPerAddressAndDay: Int? = 64 << 20

    /// Bytes of messages in one page: of `joined`, of `history`, and over HTTP. A page is copied
    /// in one go, so it must cost no more than the largest message that a client may send. The
    /// rest comes on request.
    public var pageByteLimit = 64 << 10

    /// Messages of one connection that the store may be keeping at a time, beyond which nothing
    /// more is read of it: enough for the rates above, and for a program on this machine.
    public var pendingMessageLimit = 64
    /// Bytes of messages and replies that may wait for the store in all. It is reached when the
    /// disk stands still; more is refused then.
    public var pendingByteLimit = 16 << 20

    /// Whether a login needs a token, which says who somebody is. Names are nobody's own then.
    public var requiresTokens = false
    /// A connection that has not logged in after this time is closed with 1008.
    public var loginDeadline = Duration.seconds(15)
    /// How long a user's name is kept for its session after the last connection has gone: long
    /// enough for a phone to change its network.
    public var nameReservation = Duration.seconds(60)
    /// How long a session is kept after the last connection has gone, if no other client takes the
    /// name meanwhile.
    public var sessionLifetime = Duration.seconds(24 * 3600)
    /// Users kept without a connection. Those who left first are forgotten first, and nobody within
    /// ``nameReservation``.
    public var goneUserLimit = 100_000
    /// Users of one address among them: a hundredth, so that no single address can make the server
    /// forget other people.
    public var goneUsersPerAddressLimit: Int { max(1, goneUserLimit / 100) }

    /// Accounts in all: 100,000 take some 50 MB. They are never forgotten, unlike other users.
    public var accountLimit = 100_000
    /// Accounts made from one address since the server started: a hundredth.
    public var accountsPerAddressLimit: Int { max(1, accountLimit / 100) }

    /// Commands that a connection may send at once after a rest.
    public var commandBurst = 20
    /// Commands a second after that. 0 switches the limit off.
    public var commandsPerSecond = 5
    /// Bytes of work that count as one command: two for each byte of a message that is scanned, and
    /// one for each byte that is written in answer. More work counts as more commands. An ordinary
    /// command takes a few hundred bytes; a page of 64 KiB counts as four of them.
    public var commandWork = 16 << 10
    /// How many times as much work the connections of one user may cause together as one of them:
    /// a person has several devices, but speaks with one at a time.
    public var userWorkShare = 4
    /// Consecutive refusals by the rate limit after which a connection is closed with 4002.
    public var floodRefusalLimit = 100

    /// Rooms up to this size list their members and push each member that enters or leaves. Larger
    /// rooms push only their size, at most once a second.
    public var presenceMemberLimit = 200
    /// The greatest number of names that `who` lists.
    public var whoNameLimit = 500
    /// The author of a message that was published without `user`. No client can log in with it.
    public var publisherName = "server"
    /// How often the server pings a silent client. The chat only tells clients; 0 if it does not.
    public var pingInterval = Duration.seconds(25)
    /// The shortest time between two `typing` pushes of one user in one room.
    public var typingInterval = Duration.seconds(3)

    /// The profile for benchmarks: no limit on the rate of commands.
    public static var withoutRateLimit: ChatLimits {
        var limits = ChatLimits()
        limits.commandsPerSecond = 0
        return limits
    }

    /// The defaults.
    public init() {}
}

extension Duration {
    /// Whole milliseconds. A duration too long for them becomes a quarter of `Int64.max`.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? .max / 4 : product + attoseconds / 1_000_000_000_000_000
    }
}
