// What a handler can do: the server's state, lent for the time of one call.
import LinuxReactor
import Logging
import WebSocketCore

/// The way out of a handler: send, publish, subscribe, close, answer.
///
/// It is lent to each callback as `inout` and cannot be kept. Nothing it does reaches the network
/// before the callback has returned, and nothing it does calls the handler back. Names of
/// connections and topics that are gone are accepted everywhere and do nothing.
public struct ServerContext: ~Copyable {
    var inbound: Inbound
    var connections: ConnectionTable
    var output = OutputBuffers()
    var exchanges = SlotTable<HTTPExchange>()
    var dials = SlotTable<Dial>()
    var topics = TopicTable()
    var compressions = SlotTable<Compression>()

    // What is to be done before the turn ends.
    var dialing: [ConnectionID] = []

    /// The decompressor of all connections.
    var inflater = Inflater()
    /// The request that the handler is about to be given.
    var pendingRequest = PendingRequest()
    /// The answer to the handshake in progress.
    var upgradeAnswer: Result<UpgradeReply, HandshakeRejection>?

    /// The compressors of all connections and topics.
    var deflaters = DeflaterPool()

    // Memory that is passed around instead of being allocated again.

    /// What peers may do now; changed by ``change(limits:origin:)``.
    public internal(set) var limits: Limits
    var timeouts: Timeouts
    /// Limits and rules that are to hold from the next turn on.
    var pendingSettings: (limits: Limits, origin: OriginPolicy)?
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
    /// last round trip, see ``WebSocketHandler/onLoopProbe(_:)-(ServerContext)``.
    public internal(set) var loopLag = Duration.zero
    /// Connections that were refused in this turn, until the handler has been told.
    var refused: [RefusedConnection] = []
    /// The calendar's time as the Date field of HTTP, made once a second.
    private var date = (second: UInt64.max, text: "")
    private(set) var random: RandomPool

    init(limits: Limits, logger: Logger, now: Instant, wallClock: WallTime) {
        self.limits = limits
        timeouts = Timeouts(limits)
        inbound = Inbound(limits)
        connections = ConnectionTable(now: now)
        self.logger = logger
        self.now = now
        self.wallClock = wallClock
        random = RandomPool()
    }

    /// Lets other limits hold from now on.
    mutating func apply(_ limits: Limits) {
        self.limits = limits
        timeouts = Timeouts(limits)
        inbound.take(limits)
    }

    // MARK: Connections

    /// How many WebSockets are open to the handler: `onOpen` has been called, `onClose` has not.
    public var connectionCount: Int { connections.openCount }

    /// Whether the connection is open: messages to it are delivered if it keeps up.
    public func isOpen(_ id: ConnectionID) -> Bool {
        connections.slot(of: id).map { connections.slots[$0].isOpen } ?? false
    }

    /// The connection that has this slot now: what an array of the handler's own, indexed by
    /// ``ConnectionID/slot``, is turned back with. Nil if none is open there.
    public func connection(inSlot slot: UInt32) -> ConnectionID? {
        guard Int(slot) < connections.slots.endIndex, connections.slots[slot].isOpen else { return nil }
        return connections.id(of: slot)
    }

    /// Who is at the other end, as the kernel sees it; or, behind a proxy that is trusted, as that
    /// said. Nil if the connection is gone.
    public func peer(of id: ConnectionID) -> NetworkAddress? {
        connections.slot(of: id).map { connections.slots[$0].peer }
    }

    /// Bytes that wait for this connection's socket, broadcasts that stand in a topic's log not
    /// counted; 0 if it is gone. What this callback has sent is among them.
    public func bufferedByteCount(of id: ConnectionID) -> Int {
        guard let slot = connections.slot(of: id) else { return 0 }
        let answered = slot == inbound.reading.slot ? output.replyBuffer.count : 0
        return connections.slots[slot].delivery.outbox.bytes.count + answered
    }

    /// Calls `body` with every open connection, in no particular order: Ratchet's `foreach` over
    /// all clients. To send the same to all of them, a topic costs less: see
    /// ``publish(text:to:except:)``.
    public mutating func forEachConnection(_ body: (ConnectionID, inout ServerContext) -> Void) {
        for slot in 0..<UInt32(connections.slots.endIndex) where connections.slots[slot].isOpen {
            guard connections.slots[slot].flags.contains(.announced) else { continue }
            body(connections.id(of: slot), &self)
        }
    }

    /// The open connections, in no particular order. Making the list takes time and memory in
    /// proportion to the table.
    public var openConnections: [ConnectionID] {
        (0..<UInt32(connections.slots.endIndex)).filter {
            connections.slots[$0].isOpen && connections.slots[$0].flags.contains(.announced)
        }.map { connections.id(of: $0) }
    }

    /// Stops reading from a connection until ``resumeReading(_:)``: while a command is being answered by
    /// another thread, later ones wait. What has been received already is kept, at most
    /// 128 KiB; the peer is slowed down by TCP. Holding twice is the same as once.
    ///
    /// For as long as it is held nothing is heard from the peer, and its silence is not held against
    /// it. A reset is noticed; what the peer sent before it and was not read is lost then.
    public mutating func pauseReading(_ id: ConnectionID) {
        guard let slot = connections.slot(of: id), connections.slots[slot].isOpen else { return }
        pauseReading(slot, .handler)
    }

    /// Goes on reading from a connection that was held. What it had sent meanwhile is delivered
    /// first, from the next turn on. Does nothing if it is not held.
    public mutating func resumeReading(_ id: ConnectionID) {
        guard let slot = connections.slot(of: id) else { return }
        resumeReading(slot, .handler)
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
        pendingSettings = (limits, origin)
    }

    // MARK: RandomPool

    /// So many unpredictable bytes of the kernel: for tokens and session names.
    public mutating func randomBytes(_ count: Int) -> [UInt8] { random.take(count) }

    mutating func refillRandom<K: Kernel & ~Copyable>(_ kernel: inout K) {
        random.refill(&kernel)
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

extension ServerContext {
    mutating func pauseReading(_ slot: UInt32, _ reason: Connection.ReadPauses) {
        leaveFastPath(slot)
        connections.slots[slot].readPauses.insert(reason)
        connections.queue(slot)
    }

    mutating func resumeReading(_ slot: UInt32, _ reason: Connection.ReadPauses) {
        guard connections.slots[slot].readPauses.contains(reason) else { return }
        connections.slots[slot].readPauses.remove(reason)
        guard connections.slots[slot].readPauses.isEmpty else { return }
        connections.queue(slot)
        if !connections.slots[slot].pendingInput.isEmpty { connections.resume(slot) }
    }

    /// Sets the connection's one deadline, in nanoseconds from this turn's beginning.
    mutating func schedule(_ slot: UInt32, in nanoseconds: UInt64) {
        connections.wheel.schedule(slot, at: now.advanced(by: nanoseconds))
    }

    /// The transport is gone or is to go: the slot is freed at the end of the turn.
    mutating func die(_ slot: UInt32, resetting: Bool) {
        guard connections.slots[slot].phase != .dead else { return }
        leaveFastPath(slot)
        connections.slots[slot].phase = .dead
        connections.slots[slot].session = .closed
        if resetting { connections.slots[slot].flags.insert(.resets) }
        connections.scheduleReap(slot)
    }
}
