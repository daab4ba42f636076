// The whole state of a chat, and the four things that can happen to it.
import Storage
import Synchronization

/// A chat server without a network, a clock or a source of randomness: commands in, effects out.
///
/// The server reports each connection that opens, each message it sends and its close, and calls
/// `tick` about once a second. Each call appends to `Effects` what the server shall do, in order.
/// The server itself drops the subscriptions of a closed connection: there is no effect for it.
///
/// No call takes time in proportion to the members of a room, except to build the lists of up to
/// 200 (`joined`) and 500 (`who`) names.
public struct Chat: ~Copyable, Sendable {
    /// The limits in force.
    public private(set) var limits: ChatLimits
    private(set) var timing: Timing
    let publisherKey: NameKey
    /// Keeps the compiler from copying the whole chat, 1.4 KB, before each call that only reads it:
    /// a value with an atomic in it is passed by its address. Nobody reads it.
    private let address = Atomic<UInt8>(0)

    var connections = ChunkedTable<ConnectionRecord>()
    var subscriptions = SlotTable<RoomSubscription>()
    var memberships = SlotTable<Membership>()
    var users = SlotTable<User>()
    var usersByName = NameIndex<User>()
    var goneUsers = Chain<GoneUsers>()
    var rooms = SlotTable<Room>()
    var roomsByName = NameIndex<Room>()
    var directRooms: [DirectPair: RoomIndex] = [:]
    var emptyRooms = Chain<EmptyRooms>()
    var spokenRooms = Chain<SpokenRooms>()
    var owners = SlotTable<Owner>()
    var ownersByAddress: [ClientAddress: OwnerIndex] = [:]
    /// Which address has the most rooms to spare.
    var spareRanking = Ranking<SpareRank>()
    /// Which address has the most history.
    var historyRanking = Ranking<HistoryRank>()
    /// Rooms that are always there and do not count: none, or the lobby.
    var permanentRoomCount = 0
    /// Rooms whose member count must be pushed.
    var changedRooms: [RoomIndex] = []
    /// Connections in the order in which they opened. The first ones may have logged in or closed
    /// since then.
    var waiting = Queue<Waiting>()
    /// Bytes allocated for the messages of all rooms together.
    public internal(set) var historyByteCount = 0
    /// What has happened since the start.
    public internal(set) var counters = ChatCounters()
    /// The newest logins that were refused; they are not saved with the chat.
    public internal(set) var refusedLogins = RefusedLogins()
    var epochSeed: UInt64
    var epochCount: UInt64 = 0
    var tokens: [SessionToken] = []
    var nextUserNumber: Int64 = 1
    var accounts = SlotTable<Account>()
    /// Accounts without a connection. They are in no chain, since they are never forgotten.
    var awayAccountCount = 0
    var passwordFailures = PasswordFailures()
    /// Bans and mutes.
    var sanctions = Sanctions()
    /// Programs that may post in one room each.
    var hooks = Hooks()
    /// The numbers of accounts that moderate because the command line says so.
    var appointedModerators: Set<Int64> = []
    /// What the tokens of connections allow.
    var grants = Grants()
    /// Passwords that are being compared, by the connections that wait for it.
    var askedPasswords: [ConnectionKey: AskedPassword] = [:]

    // With a store: what is on its way there, and who waits for it.

    /// Whether what is said is kept by a store, and not in memory alone.
    public internal(set) var hasStore: Bool
    /// What is known of logs that are shared with other nodes. A chat has these or a store.
    var shared = SharedLog()
    /// Whether the store works, as it has said last.
    public internal(set) var storeState = StoreState.works
    var nextRoomNumber: Int64 = 1
    /// The time of the last call, about: within a turn it is the same.
    var latest = Timestamp(monotonic: 0, wall: 0)
    var batch = StoreBatch()
    /// Batches that have got no more room, and that nobody has taken yet.
    var fullBatches = Queue<StoreBatch>()
    var batchCount: UInt64 = 0
    /// Those who wait for the batches up to this one have been answered.
    var answeredBatchCount: UInt64 = 0
    /// Bytes of messages and replies that have been given to the store.
    public internal(set) var pendingByteCount = 0
    var pendingIDs: [PendingID: Place] = [:]
    var changedUsers: [UserChange] = []
    /// What addresses without connections have spent of what they may have stored.
    var spentAllowances: [ClientAddress: Int64] = [:]
    /// Connections whose commands or replies wait, by their slots.
    var waits: [UInt32: StoreWait] = [:]
    var heldRequests: [RequestKey: HeldRequest] = [:]
    var questions: [StoreQuestion] = []
    var ticketCount: UInt64 = 0
    var asked: [UInt64: Asked] = [:]
    var roomAskers: [RoomIndex: Queue<Asker>] = [:]
    /// Rooms that have been read, or could not be, and whose askers go on.
    var readRooms = Queue<(room: RoomIndex, read: StoreRead)>()
    /// Rooms that the store could not read, and that are there all the same: permanent ones, and
    /// those with members.
    var unreadRooms: [RoomIndex] = []
    /// Connections of a process that has crashed, by their slots: they have still to get what they
    /// have missed.
    var catchingUp: [UInt32: CatchingUp] = [:]
    var heldNews: [HeldNews] = []
    /// Which of that says that somebody has entered or left.
    var heldPresence: [HeldPresence: (event: PresenceEvent, index: Int)] = [:]
    /// The rooms of connections that were lost in a crash, or could not go on. They are about to be
    /// reported as closed.
    var lostRooms: [UInt32: [RoomName]] = [:]

    /// A connection, and when it opened.
    struct Waiting: Sendable {
        var key: ConnectionKey
        var openedAt: Int64
    }

    /// An empty chat. With a store of its own, call ``begin(with:at:)`` before anything else.
    /// `epochSeed` must be random, so that no epoch of before a restart of the server comes again.
    public init(limits: ChatLimits = ChatLimits(), epochSeed: UInt64, store: ChatStore = .memory) {
        self.limits = limits
        hasStore = store == .own
        shared.isOn = store == .shared
        self.epochSeed = epochSeed
        timing = Timing(limits)
        publisherKey = NameKey(limits.publisherName)
        makeFixedOwners()
    }

    /// Applies other limits from now on. Anything that already exceeds them stays.
    public mutating func change(_ limits: ChatLimits) {
        self.limits = limits
        timing = Timing(limits)
    }

    // MARK: Randomness

    /// True if no session token is in stock. A login is then refused with `unavailable`.
    public var needsToken: Bool { tokens.isEmpty }

    /// Puts a token into stock. Each call of `received` uses at most one.
    public mutating func provide(_ token: SessionToken) {
        tokens.append(token)
    }

    // MARK: What happens

    /// A connection has opened. The deadline for its login begins now.
    ///
    /// The slot of `key` must be free: the previous connection in it must have been reported as
    /// closed. `resourceID` is the number that the client gets in `welcome`; what the client takes
    /// counts for `address`.
    public mutating func connectionOpened(
        _ key: ConnectionKey, resourceID: UInt64, address: ClientAddress = .exempt,
        at now: Timestamp
    ) {
        connections.reach(key.slot)
        precondition(connections[key.slot].state == .closed, "The slot is taken.")
        connections[key.slot] = ConnectionRecord(
            generation: key.generation, state: .waiting, resourceID: resourceID,
            owner: hold(address))
        dropSettledWaiting()
        waiting.append(Waiting(key: key, openedAt: now.monotonic))
    }

    /// A connection has sent a text message. `isReachable` is false if the connection has ended
    /// since, so that nobody would get an answer: what only reads is left out then.
    public mutating func received(
        _ text: Span<UInt8>, from key: ConnectionKey, isReachable: Bool = true,
        at now: Timestamp, _ effects: inout Effects
    ) {
        guard isKnown(key), connections[key.slot].state != .closing else { return }
        if holdsCommands(key) {
            let held = StoreWait.Held.command([UInt8](copying: text))
            return hold(held, of: key, isAsking: false, inFront: false, &effects)
        }
        let start = effects.bytes.count
        // Each byte is looked at about twice: by the scanner, and when it is copied or compared.
        let scanned = text.count * 2
        do throws(CommandError) {
            try admit(key, at: now, &effects)
        } catch {
            // An error repeats the command's reference.
            let command =
                text.count <= Self.refusedTextByteLimit
                ? Command(text, of: key, at: now) : Command(of: key, at: now)
            return refuse(command, text, error, &effects)
        }
        charge(scanned, to: key, at: now)
        let command = Command(text, of: key, at: now, isReachable: isReachable)
        carryOut(command, text, wasHeld: false, &effects)
        let written = max(0, effects.bytes.count - start)
        charge(scanned + written, paid: max(scanned, 1), to: key, at: now)
    }

    /// Replies that a command was refused.
    mutating func refuse(
        _ command: borrowing Command, _ text: Span<UInt8>, _ error: CommandError,
        _ effects: inout Effects
    ) {
        let key = command.connection
        counters.count(error.code)
        let start = effects.bytes.count
        effects.bytes.append("{\"type\":\"error\"")
        command.writeReference(text, to: &effects.bytes)
        effects.bytes.append(",")
        error.write(to: &effects.bytes)
        effects.bytes.append("}")
        let reply = StoreBatch.Reply(
            recipient: .connection(key), text: start..<effects.bytes.count, reference: 0..<0,
            isAcknowledgement: false)
        answer(reply, &effects)
        if connections[key.slot].state == .closing {
            effects.add(.close(key, .flooding, formerUser: nil))
        }
    }

    /// A connection has closed, for whatever reason. Unknown and stale keys are ignored.
    public mutating func connectionClosed(
        _ key: ConnectionKey, at now: Timestamp, _ effects: inout Effects
    ) {
        guard isKnown(key) else { return }
        while case let subscription = connections[key.slot].firstSubscription,
            subscription != .none
        {
            leave(key.slot, subscription, at: now, &effects)
        }
        if !lostRooms.isEmpty { tellLost(key.slot, &effects) }
        if !catchingUp.isEmpty { endCatchingUp(key.slot, &effects) }
        if connections[key.slot].user != .none {
            userLost(connections[key.slot].user, key.slot, at: now)
        }
        if !waits.isEmpty { waits[key.slot] = nil }
        if !shared.lines.isEmpty { shared.lines[key.slot] = nil }
        if !grants.isEmpty { grants.remove(key.slot) }
        release(connections[key.slot].owner)
        connections[key.slot] = ConnectionRecord()
    }

    /// Does what depends on time alone: login deadlines, member counts, and forgetting rooms and
    /// users. Call it about once a second. It takes time in proportion to what is due, not to the
    /// size of the chat: after `limit` things it returns true, and the next call goes on.
    @discardableResult
    public mutating func tick(
        at now: Timestamp, upTo limit: Int = .max, _ effects: inout Effects
    ) -> Bool {
        var rest = limit
        closeLateLogins(at: now, &rest, &effects)
        pushCounts(at: now, &rest, &effects)
        forgetEmptyRooms(at: now, &rest, &effects)
        forgetGoneUsers(at: now, &rest)
        forgetEndedSanctions(at: now)
        closeEndedTokens(at: now, &rest, &effects)
        if !catchingUp.isEmpty { closeLateRecoveries(at: now, &effects) }
        if !unreadRooms.isEmpty { loadUnreadRooms() }
        return rest <= 0
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
    let messageReservation: Int64

    init(_ limits: ChatLimits) {
        loginDeadline = limits.loginDeadline.milliseconds
        emptyRoomLifetime = limits.emptyRoomLifetime.milliseconds
        nameReservation = limits.nameReservation.milliseconds
        sessionLifetime = limits.sessionLifetime.milliseconds
        typingInterval = limits.typingInterval.milliseconds
        messageReservation = limits.messageReservation.milliseconds
    }
}
