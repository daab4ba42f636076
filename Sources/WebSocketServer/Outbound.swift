// What a handler can do: the server's state, lent for the time of one call.
import LinuxReactor
import Logging
import Storage
import WebSocketCore

/// The way out of a handler: send, publish, subscribe, close, answer.
///
/// It is lent to each callback as `inout` and cannot be kept. Nothing it does reaches the network
/// before the callback has returned, and nothing it does calls the handler back. Names of
/// connections and topics that are gone are accepted everywhere and do nothing.
public struct Outbound: ~Copyable {
    var connections = SlotTable<Connection>()
    var exchanges = SlotTable<HTTPExchange>()
    var dials = SlotTable<Dial>()
    var topics = SlotTable<TopicState>()
    var lanes = SlotTable<TopicLane>()
    var subscriptions = SlotTable<Subscription>()
    var compressions = SlotTable<Compression>()
    var topicNames: [String: Topic] = [:]
    var topicGeneration: UInt32 = 0
    var wheel: TimerWheel
    /// Connections that are open to the handler, oldest first within the table's order.
    var openCount = 0
    var lastResourceId: UInt64 = 0

    // What is to be done before the turn ends.
    var queued: [UInt32] = []
    var queuedLanes: [UInt32] = []
    var finishing: [UInt32] = []
    var resuming: [UInt32] = []
    var dialing: [ConnectionID] = []

    /// What is being decoded.
    var reading = Reading()
    let receiveBuffer = ReceiveBuffer()
    /// What a connection that takes the short way was answered (``Reading/answerable``).
    var answers = ByteBuffer(minimumCapacity: 64 * 1024)
    /// A message that was put together or decompressed, until the handler is given it.
    var assembled = ByteBuffer()
    /// The decompressor of all connections.
    var inflater = Inflater()
    /// The request that the handler is about to be given.
    var pendingRequest = PendingRequest()
    /// The answer to the handshake in progress.
    var upgradeAnswer: Result<UpgradeReply, HandshakeRejection>?

    /// The compressors of all connections and topics.
    var deflaters = DeflaterPool()

    // Memory that is passed around instead of being allocated again.
    var spareOutput = ByteBuffer(minimumCapacity: 64 * 1024)
    var spareLog = ByteBuffer(minimumCapacity: 16 * 1024)

    /// What peers may do now; changed by ``change(limits:origin:)``.
    public internal(set) var limits: Limits
    var times: Times
    /// Limits and rules that are to hold from the next turn on.
    var newRules: (limits: Limits, origin: OriginPolicy)?
    private(set) var rules: DecoderRules
    /// For connections outward: what comes is not masked.
    private(set) var clientRules: DecoderRules
    private(set) var shortMessageByteLimit: Int
    /// For what the application has to say about itself.
    public var logger: Logger
    /// The monotonic time at which this turn began; the same in all callbacks of a turn.
    public internal(set) var now: Instant
    /// The calendar's time at which this turn began; the same in all callbacks of a turn.
    public internal(set) var wallClock: WallTime
    /// How many connections there may be: ``Limits/connectionCount``, or what RLIMIT_NOFILE allows.
    public internal(set) var connectionLimit = 0
    /// Counters since the server's start.
    public internal(set) var statistics = Statistics()
    /// Whether the server is on its way to its end: it accepts nobody, and closes whoever is there.
    public internal(set) var isStopping = false
    var stopRequest: StopRequest?
    /// How long something that had become ready lately waited until it was served: the time of the
    /// last round trip, see ``WebSocketHandler/onRoundTrip(_:)-(Outbound)``.
    public internal(set) var loopLag = Duration.zero
    /// Connections that were refused in this turn, until the handler has been told.
    var refused: [RefusedConnection] = []
    /// The calendar's time as the Date field of HTTP, made once a second.
    private var date = (second: UInt64.max, text: "")
    private(set) var chance: Chance
    /// Made with the first frame that is masked.
    var maskingKeys: MaskingKeys?

    init(limits: Limits, logger: Logger, now: Instant, wallClock: WallTime) {
        self.limits = limits
        times = Times(limits)
        rules = DecoderRules(.server, limits)
        clientRules = DecoderRules(.client, limits)
        shortMessageByteLimit = ShortMessage.limit(rules)
        self.logger = logger
        self.now = now
        self.wallClock = wallClock
        wheel = TimerWheel(now: now)
        chance = Chance()
    }

    /// Lets other limits hold from now on.
    mutating func takeOver(_ limits: Limits) {
        self.limits = limits
        times = Times(limits)
        rules = DecoderRules(.server, limits)
        clientRules = DecoderRules(.client, limits)
        shortMessageByteLimit = ShortMessage.limit(rules)
    }

    // MARK: Connections

    /// How many WebSockets are open to the handler: `onOpen` has been called, `onClose` has not.
    public var connectionCount: Int { openCount }

    /// Whether the connection is open: messages to it are delivered if it keeps up.
    public func isOpen(_ id: ConnectionID) -> Bool {
        slot(of: id).map { connections[$0].isOpen } ?? false
    }

    /// The connection that has this slot now: what an array of the handler's own, indexed by
    /// ``ConnectionID/slot``, is turned back with. Nil if none is open there.
    public func connection(inSlot slot: UInt32) -> ConnectionID? {
        guard Int(slot) < connections.bound, connections[slot].isOpen else { return nil }
        return id(of: slot)
    }

    /// Who is at the other end, as the kernel sees it; or, behind a proxy that is trusted, as that
    /// said. Nil if the connection is gone.
    public func peer(of id: ConnectionID) -> NetworkAddress? {
        slot(of: id).map { connections[$0].peer }
    }

    /// Bytes that wait for this connection's socket, broadcasts that stand in a topic's log not
    /// counted; 0 if it is gone. What this callback has sent is among them.
    public func bufferedByteCount(of id: ConnectionID) -> Int {
        guard let slot = slot(of: id) else { return 0 }
        let answered = slot == reading.slot ? answers.count : 0
        return connections[slot].outbox.bytes.count + answered
    }

    /// Calls `body` with every open connection, in no particular order: Ratchet's `foreach` over
    /// all clients. To send the same to all of them, a topic costs less: see
    /// ``publish(text:to:except:)``.
    public mutating func forEachConnection(_ body: (ConnectionID, inout Outbound) -> Void) {
        for slot in 0..<UInt32(connections.bound) where connections[slot].isOpen {
            guard connections[slot].flags.contains(.announced) else { continue }
            body(id(of: slot), &self)
        }
    }

    /// The open connections, in no particular order. Making the list takes time and memory in
    /// proportion to the table.
    public var openConnections: [ConnectionID] {
        (0..<UInt32(connections.bound)).filter {
            connections[$0].isOpen && connections[$0].flags.contains(.announced)
        }.map { id(of: $0) }
    }

    /// Stops reading from a connection until ``release(_:)``: while a command is being answered by
    /// another thread, later ones wait. What has been received already is kept, at most
    /// 128 KiB; the peer is slowed down by TCP. Holding twice is the same as once.
    ///
    /// For as long as it is held nothing is heard from the peer, and its silence is not held against
    /// it. A reset is noticed; what the peer sent before it and was not read is lost then.
    public mutating func hold(_ id: ConnectionID) {
        guard let slot = slot(of: id), connections[slot].isOpen else { return }
        hold(slot, .handler)
    }

    /// Goes on reading from a connection that was held. What it had sent meanwhile is delivered
    /// first, from the next turn on. Does nothing if it is not held.
    public mutating func release(_ id: ConnectionID) {
        guard let slot = slot(of: id) else { return }
        release(slot, .handler)
    }

    /// Stops the server in order: nobody new is accepted, open connections get a Close 1001, or 1012
    /// for a restart, and ``Server/run()`` returns when all have gone.
    ///
    /// The Closes are spread over `grace`, or over a millisecond for each connection if that is
    /// less, so that not everybody reconnects in the same instant. Who is still there
    /// ``Limits/closeDeadline`` after the last is reset.
    ///
    /// - Parameters:
    ///   - grace: over which time the Closes are spread at most. Asking again may shorten it.
    ///   - restarting: tells the peers that the server will be back at once (Close 1012), and counts
    ///     as ``CloseCause/restarting``. What was said first remains.
    public mutating func stop(grace: Duration = .seconds(5), restarting: Bool = false) {
        let earlier = stopRequest
        stopRequest = StopRequest(
            grace: min(grace, earlier?.grace ?? grace), isRestart: earlier?.isRestart ?? restarting)
    }

    // MARK: Rules

    /// Lets other limits and another Origin rule hold from the next turn on, for connections that are
    /// open too. Nobody is sent away who is there already, and topics keep the log limit that they
    /// were made with.
    public mutating func change(limits: Limits, origin: OriginPolicy) {
        newRules = (limits, origin)
    }

    // MARK: Chance

    /// So many unpredictable bytes of the kernel: for tokens and session names.
    public mutating func randomBytes(_ count: Int) -> [UInt8] { chance.take(count) }

    mutating func refillChance<K: Kernel & ~Copyable>(_ kernel: inout K) {
        chance.refill(&kernel)
    }

    /// The Date field of HTTP for this turn.
    var httpDate: String {
        mutating get {
            if date.second != wallClock.seconds {
                date = (
                    wallClock.seconds,
                    HTTPDate.format(secondsSince1970: Int(wallClock.seconds))
                )
            }
            return date.text
        }
    }
}

// MARK: - Slots and queues

extension Outbound {
    func id(of slot: UInt32) -> ConnectionID {
        ConnectionID(resourceId: connections[slot].resourceId, slot: slot)
    }

    /// The slot of a connection that is still there.
    func slot(of id: ConnectionID) -> UInt32? {
        guard Int(id.slot) < connections.bound,
            connections[id.slot].resourceId == id.resourceId, connections[id.slot].phase != .free
        else { return nil }
        return id.slot
    }

    /// Has the connection's output looked at, and what epoll watches it for, before the turn ends.
    mutating func queue(_ slot: UInt32) {
        guard !connections[slot].flags.contains(.queued) else { return }
        connections[slot].flags.insert(.queued)
        queued.append(slot)
    }

    /// Has the connection looked at when the turn ends: to tell the handler, or to free the slot.
    mutating func finish(_ slot: UInt32) {
        guard !connections[slot].flags.contains(.finishing) else { return }
        connections[slot].flags.insert(.finishing)
        finishing.append(slot)
    }

    mutating func hold(_ slot: UInt32, _ reason: Connection.Holds) {
        endShortWay(slot)
        connections[slot].holds.insert(reason)
        queue(slot)
    }

    mutating func release(_ slot: UInt32, _ reason: Connection.Holds) {
        guard connections[slot].holds.contains(reason) else { return }
        connections[slot].holds.remove(reason)
        guard connections[slot].holds.isEmpty else { return }
        queue(slot)
        if !connections[slot].leftover.isEmpty { resume(slot) }
    }

    /// Has the bytes that a connection has kept decoded, in the next reading of this turn or the
    /// next.
    mutating func resume(_ slot: UInt32) {
        guard !connections[slot].flags.contains(.resuming) else { return }
        connections[slot].flags.insert(.resuming)
        resuming.append(slot)
    }

    /// Sets the connection's one deadline, in nanoseconds from this turn's beginning.
    mutating func schedule(_ slot: UInt32, in nanoseconds: UInt64) {
        wheel.schedule(slot, at: now.advanced(by: nanoseconds))
    }

    /// Remembers why a connection ends, unless that is known already.
    mutating func setCause(_ slot: UInt32, _ cause: CloseCause) {
        if connections[slot].cause == nil { connections[slot].cause = cause }
    }

    /// The transport is gone or is to go: the slot is freed at the end of the turn.
    mutating func die(_ slot: UInt32, resetting: Bool) {
        guard connections[slot].phase != .dead else { return }
        endShortWay(slot)
        connections[slot].phase = .dead
        connections[slot].session = .closed
        if resetting { connections[slot].flags.insert(.resets) }
        finish(slot)
    }
}

extension DecoderRules {
    fileprivate init(_ role: Role, _ limits: Limits) {
        self.init(
            role: role, messageByteLimit: limits.messageByteCount,
            fragmentLimit: limits.fragmentCount)
    }
}
