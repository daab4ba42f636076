// The interface of the server for its handler: its state, lent to each callback.
import LinuxReactor
import Logging
import RedisClient
import WebSocketCore

/// The server's state, as a handler uses it: send, publish, subscribe, close, answer.
///
/// Each callback gets it as `inout` and cannot keep it. Nothing that a callback does reaches the
/// network or calls the handler before the callback has returned. IDs of connections and topics
/// that no longer exist are accepted everywhere and do nothing.
///
/// It is a struct of parts, and each part belongs to a room; ARCHITECTURE says who may change what.
public struct ServerContext: ~Copyable {
    /// Makes the type address-only: it is never copied to be borrowed.
    let pinned = Pinned()
    var inbound: Inbound
    var connections: ConnectionTable
    var output = OutputBuffers()
    var topics = TopicTable()
    var deflate = CompressionTable()
    var encryption = EncryptionTable()
    var http = HTTPTable()
    var outgoing = OutgoingTable()
    var settings: ActiveSettings
    var telemetry: Telemetry
    /// What this turn has cost so far.
    var meter = WorkMeter()
    /// Whether the handler wants ``OperationsHandler/onWork(_:)-(ServerContext)`` in the next turn.
    var wantsWork = false
    /// See ``redis``.
    var redisConnection: RedisConnection
    /// What else the handler is to be called about without an event.
    var pendingCalls: PendingCalls = []
    /// Subscribers that have come to half of a topic's limit, until the handler hears of it.
    var laggards: [(id: ConnectionID, topic: Topic)] = []
    var timers: TimerTable
    var tasks: TaskTable
    /// What is done so that connections survive a crash.
    var recovery = RecoveryTable()
    /// Work that was done outside of the callbacks of the connections for which it was done: their
    /// addresses are charged at the end of the turn.
    var chargedLater: [(id: ConnectionID, work: Int)] = []
    var clock: TurnClock
    /// Bytes that the handler holds for peers, such as history: part of
    /// ``Limits/memoryByteCount``. Set it whenever it has changed much, at each tick for example.
    public var applicationByteCount = 0
    var random = RandomPool()
    var shutdown = Shutdown()
    /// What other threads ask of the loop; nil in a simulation.
    var requests: LoopRequests?

    init(
        _ settings: ActiveSettings, _ clock: TurnClock, _ tasks: consuming TaskTable,
        logger: Logger, redis: RedisURL? = nil, redisTLS: ClientTLS? = nil
    ) {
        redisConnection = RedisConnection(
            link: RedisLink(redis, redisTLS, at: clock.now), now: clock.now)
        if redis != nil { pendingCalls = .redis }
        self.settings = settings
        self.tasks = tasks
        timers = TimerTable(now: clock.now)
        self.clock = clock
        inbound = Inbound(settings.limits)
        connections = ConnectionTable(now: clock.now)
        telemetry = Telemetry(logger: logger)
    }

    // MARK: The server

    /// The limits in force in this turn; ``update(limits:origin:hosts:)`` changes them.
    public var limits: Limits { settings.limits }

    /// The most connections: ``Limits/connectionCount``, or what RLIMIT_NOFILE allows.
    public var connectionLimit: Int { settings.connectionLimit }

    /// The logger of the server and the application.
    public var logger: Logger {
        get { telemetry.logger }
        set { telemetry.logger = newValue }
    }

    /// The monotonic time at which this turn began: the same in all callbacks of a turn.
    public var now: Instant { clock.now }

    /// The calendar time at which this turn began: the same in all callbacks of a turn.
    public var wallClock: WallTime { clock.wall }

    /// Counters since the server's start. To read a single counter, write
    /// `io.statistics.sendCount`: a copy of all of them costs more.
    public var statistics: Statistics {
        _read { yield telemetry.statistics }
    }

    /// How long turns take, in time and in work.
    public var turnLengths: TurnLengths {
        _read { yield telemetry.turns }
    }

    /// The memory of what peers make the server hold, at the end of the last turn: output, input,
    /// broadcasts, bodies, and ``applicationByteCount``.
    public var memoryByteCount: Int { telemetry.memoryByteCount }

    /// The most of it: ``Limits/memoryByteCount``, or its default here.
    public var memoryLimit: Int { settings.memoryLimit }

    /// Whether the server is stopping: it accepts no more connections, and closes the open ones.
    public var isStopping: Bool { shutdown.isUnderWay }

    /// Whether that stop is a restart, so that connections end with 1012.
    package var isStoppingForRestart: Bool { isStopping && shutdown.cause == .restarting }

    /// How long an event waited for the loop lately: the lag that the last loop probe measured, see
    /// ``OperationsHandler/onLoopProbe(_:)-(ServerContext)``.
    public var loopLag: Duration { telemetry.loopLag }
}
