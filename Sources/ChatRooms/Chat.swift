// The whole state of a chat, and the four things that can happen to it.

/// A chat server without a network, a clock or a source of randomness: commands in, effects out.
///
/// The server tells it when a connection has opened, what it has sent and when it has closed, and
/// calls `tick` about once a second; each call appends to `Effects` what is to be done, in order.
/// A closed connection's subscriptions are the server's to drop: no effect says so.
///
/// Nothing here takes time in proportion to the members of a room, except that lists of up to
/// 200 (`joined`) and 500 (`who`) names are built.
public struct Chat: ~Copyable, Sendable {
    /// The bounds that hold now.
    public private(set) var limits: ChatLimits
    private(set) var timing: Timing
    let publisherKey: NameKey

    var connections = ChunkedArray<ConnectionRecord>()
    var subscriptions = Pool<Subscription>()
    var memberships = Pool<Membership>()
    var users = Pool<User>()
    var usersByName = NameIndex()
    var goneUsers = Chain<GoneUsers>()
    var rooms = Pool<Room>()
    var roomsByName = NameIndex()
    var emptyRooms = Chain<EmptyRooms>()
    var spokenRooms = Chain<SpokenRooms>()
    /// Rooms whose count is to be pushed.
    var changedRooms: [UInt32] = []
    /// Connections in the order in which they opened; those at the front may have logged in or
    /// gone meanwhile.
    var waiting = Queue<Waiting>()
    /// Bytes allocated for the messages of all rooms.
    public internal(set) var historyByteCount = 0
    /// What has happened since the start.
    public internal(set) var counters = ChatCounters()
    var epochSeed: UInt64
    var epochCount: UInt64 = 0
    var tokens: [SessionToken] = []

    /// A connection, and when it opened.
    struct Waiting: Sendable {
        var key: ConnectionKey
        var openedAt: Int64
    }

    /// A chat with nobody in it.
    /// `epochSeed` is random, so that rooms do not get the epochs that they had in an earlier life
    /// of the server.
    public init(limits: ChatLimits = ChatLimits(), epochSeed: UInt64) {
        self.limits = limits
        self.epochSeed = epochSeed
        timing = Timing(limits)
        publisherKey = NameKey(limits.publisherName)
    }

    /// Lets other bounds hold from now on. What is there already and beyond them stays.
    public mutating func change(_ limits: ChatLimits) {
        self.limits = limits
        timing = Timing(limits)
    }

    // MARK: Randomness

    /// True if no session token is in stock. A login then is answered `unavailable`.
    public var needsToken: Bool { tokens.isEmpty }

    /// Puts a token into stock. Each call of `received` uses one at most.
    public mutating func provide(_ token: SessionToken) {
        tokens.append(token)
    }

    // MARK: What happens

    /// A connection has opened. From here on the deadline for its login runs.
    ///
    /// The slot of `key` must be free: the connection there before has been reported as closed.
    /// `resourceID` is the number that `welcome` tells the client.
    public mutating func connectionOpened(
        _ key: ConnectionKey, resourceID: UInt64, at now: Timestamp
    ) {
        connections.reach(key.slot, with: ConnectionRecord())
        precondition(connections[key.slot].state == .closed, "The slot is taken.")
        connections[key.slot] = ConnectionRecord(
            generation: key.generation, state: .waiting, resourceID: resourceID)
        dropSettledWaiting()
        waiting.append(Waiting(key: key, openedAt: now.monotonic))
    }

    /// A connection has sent a text message.
    public mutating func received(
        _ text: Span<UInt8>, from key: ConnectionKey, at now: Timestamp,
        _ effects: inout Effects
    ) {
        guard isKnown(key), connections[key.slot].state != .closing else { return }
        var command = Command(connection: key, now: now)
        let outcome = command.fields.read(text)
        do throws(Refusal) {
            try admit(key, at: now, &effects)
            try command.check(outcome)
            try perform(command, text, &effects)
        } catch {
            counters.count(error.code)
            let start = effects.bytes.count
            effects.bytes.put("{\"type\":\"error\"")
            command.writeReference(text, to: &effects.bytes)
            effects.bytes.put(",")
            error.write(to: &effects.bytes)
            effects.bytes.put("}")
            effects.reply(to: key, from: start)
        }
        if connections[key.slot].state == .closing {
            effects.add(.close(key, .flooding))
        }
    }

    /// A connection has gone, for whatever reason. Unknown and stale keys are harmless.
    public mutating func connectionClosed(
        _ key: ConnectionKey, at now: Timestamp, _ effects: inout Effects
    ) {
        guard isKnown(key) else { return }
        while case let subscription = connections[key.slot].firstSubscription,
            subscription != none
        {
            leave(key.slot, subscription, at: now, &effects)
        }
        if connections[key.slot].user != none {
            userLost(connections[key.slot].user, at: now)
        }
        connections[key.slot] = ConnectionRecord()
    }

    /// Does what is due by time alone. To be called about once a second; takes time in
    /// proportion to what is due, never to what there is.
    public mutating func tick(at now: Timestamp, _ effects: inout Effects) {
        closeLateLogins(at: now, &effects)
        pushCounts(at: now, &effects)
        forgetEmptyRooms(at: now, &effects)
        forgetGoneUsers(at: now)
    }

    func isKnown(_ key: ConnectionKey) -> Bool {
        key.slot < connections.count && connections[key.slot].generation == key.generation
            && connections[key.slot].state != .closed
    }
}

/// The limits that are times, in milliseconds.
struct Timing {
    let loginDeadline: Int64
    let emptyRoomLifetime: Int64
    let nameReservation: Int64
    let sessionLifetime: Int64
    let typingInterval: Int64

    init(_ limits: ChatLimits) {
        loginDeadline = limits.loginDeadline.milliseconds
        emptyRoomLifetime = limits.emptyRoomLifetime.milliseconds
        nameReservation = limits.nameReservation.milliseconds
        sessionLifetime = limits.sessionLifetime.milliseconds
        typingInterval = limits.typingInterval.milliseconds
    }
}
