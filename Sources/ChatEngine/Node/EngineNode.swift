// The node: its parts, and how it hears of the connection.
import RedisClient
import Storage

/// One node of a chat of several, without I/O: it keeps a copy of the end of each open room's log,
/// publishes, and stays in step with Redis whatever that loses.
///
/// What Redis says goes in through ``replied(_:to:at:)`` and ``pushed(_:at:)``, in the order in
/// which it was received; ``moveOn(at:_:)`` writes what has to be said, once a turn; and what the
/// chat has to know comes out of ``takeEvent()``. Times are nanoseconds of a clock that only goes
/// forward. Nothing here reads a clock.
///
/// The rules are in Sources/ARCHITECTURE.md, "Several nodes".
package struct EngineNode: ~Copyable {
    /// How far the connection is.
    enum Stage: Sendable {
        /// There is none.
        case down
        /// There is one: it gets a heartbeat, and nothing else before its answer.
        case opened
        case beating
        /// Redis does not have the functions: it gets them.
        case withoutFunctions
        case loading
        case up
        /// It is of no use, and has to be ended.
        case leaving
    }

    let options: EngineOptions
    /// What other nodes know this one by: another after each start of the process.
    let incarnation: String
    var stage = Stage.down
    var events = Queue<EngineEvent>()
    /// What is not answered, the oldest first.
    var flights = Queue<Flight>()

    var rooms = SlotTable<RoomState>()
    var roomsByKey: [String: EngineRoom] = [:]
    var roomsByChannel: [String: EngineRoom] = [:]
    /// The memory of all logs, and the room at which shortening them goes on.
    package internal(set) var logByteCount = 0
    /// See ``EngineOptions/logByteLimit``; it may change at any time.
    package var logByteLimit: Int
    var nextToShorten: UInt32 = 0
    /// Rooms that have something to send.
    var ready: [EngineRoom] = []
    /// Rooms with a message that Redis has placed and not pushed.
    var suspects: [EngineRoom] = []
    /// Rooms that wait to be read, to give back, to write their presence, to be closed.
    var waitingToRead = Queue<EngineRoom>()
    var waitingToRefill = Queue<EngineRoom>()
    var waitingForPresence = Queue<EngineRoom>()
    var closing: [EngineRoom] = []
    /// How much of each is under way.
    var readCount = 0
    /// How many rooms may be read at once now. Redis ends a connection for which too much waits
    /// (client-output-buffer-limit pubsub, 32 MB at first): then it is fewer, and later more again.
    var readWindow: Int
    var putEntryCount = 0
    var refillEntryCount = 0
    var presenceCount = 0

    var heart: Heart
    var peers: [String: Peer] = [:]
    /// Nodes that are dead, and still have a heartbeat in Redis.
    var deadNodes: [String] = []
    var timers = Timers()
    /// Draws epochs and the numbers of probes.
    var random: EngineRandom

    /// How Redis is doing.
    package internal(set) var state = EngineState.down {
        didSet {
            if state != oldValue { events.append(.state(state)) }
        }
    }

    /// A node without rooms and without a connection.
    ///
    /// - Parameters:
    ///   - incarnation: what other nodes know it by. It must be another after each start, and have
    ///     no line feed.
    ///   - seed: 64 random bits, of which epochs are made: two starts never have the same.
    package init(_ options: EngineOptions, incarnation: String, seed: UInt64) {
        precondition((1...1_000).contains(options.keep), "a call gives back at most 1,000 entries")
        precondition(!incarnation.isEmpty && !incarnation.utf8.contains(0x0A))
        self.options = options
        self.incarnation = incarnation
        heart = Heart(
            nodes: RoomNames.nodes(prefix: options.prefix),
            channel: RoomNames.probe(of: incarnation, prefix: options.prefix))
        random = EngineRandom(seed)
        readWindow = options.syncLimit
        logByteLimit = options.logByteLimit
    }

    /// What has happened next; nil if everything has been taken.
    package mutating func takeEvent() -> EngineEvent? { events.popFirst() }

    /// Whether Redis answers, so that joins and publishes have a chance.
    package var isUp: Bool { stage == .up }

    // MARK: The connection

    /// A connection was made, and its greeting is over.
    package mutating func connected(at now: UInt64) {
        if stage != .down { disconnected(at: now) }
        stage = .opened
        // What was not heard while there was no connection was no silence.
        for node in peers.keys { peers[node]?.changedAt = now }
    }

    /// The connection has ended: what was not answered never will be, and may have been done.
    package mutating func disconnected(at now: UInt64) {
        guard stage != .down else { return }
        stage = .down
        flights = Queue()
        if readCount > 0 { readWindow = max(1, readWindow / 8) }
        readCount = 0
        putEntryCount = 0
        refillEntryCount = 0
        presenceCount = 0
        for index in rooms.indices where rooms[index].isOpen {
            rooms[index].putCount = 0
            rooms[index].presence.isUnderWay = false
        }
        stopRooms()
        heart.stop()
        // A connection that has come to nothing was none.
        if state == .up || state == .slow || timers.downSince == nil { timers.downSince = now }
        if state != .away { state = .down }
    }

    /// No room is live: their pushes are dropped, and what was sent is sent again.
    mutating func stopRooms() {
        ready = []
        suspects = []
        waitingToRead = Queue()
        waitingToRefill = Queue()
        waitingForPresence = Queue()
        for index in rooms.indices where rooms[index].isOpen {
            rooms[index].stage = .idle
            rooms[index].hasRefilled = false
            rooms[index].readsAgain = false
            rooms[index].isReady = false
            rooms[index].markAllUnsent()
            rooms[index].presence.isDirty = false
            rooms[index].presence.dead = []
        }
    }

    /// The connection is of no use.
    mutating func leave(_ trouble: EngineTrouble) {
        guard stage != .down, stage != .leaving else { return }
        stage = .leaving
        stopRooms()
        events.append(.reconnect(trouble))
    }

    /// Redis has refused a subscription of this node, with this error.
    package mutating func subscriptionRefused(_ error: String) { leave(.refused(error)) }
}

/// SplitMix64: a seed of 64 random bits makes numbers that no other seed is likely to make.
struct EngineRandom: Sendable {
    private var state: UInt64

    init(_ seed: UInt64) { state = seed }

    /// 62 bits, and not 0.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return max((mixed ^ (mixed >> 31)) >> 2, 1)
    }
}
