// What a handler can do: the server's state, lent for the time of one call.
import LinuxReactor
import Logging
import WebSocketCore

/// The server's state as a handler meets it: send, publish, subscribe, close, answer.
///
/// It is lent to each callback as `inout` and cannot be kept. Nothing it does reaches the network
/// before the callback has returned, and nothing it does calls the handler back. Names of
/// connections and topics that are gone are accepted everywhere and do nothing.
///
/// It is a struct of parts, each with a room that owns it; ARCHITECTURE says who may change what.
public struct ServerContext: ~Copyable {
    /// Makes it address-only: it is never copied to be borrowed.
    let pinned = Pinned()
    var inbound: Inbound
    var connections: ConnectionTable
    var output = OutputBuffers()
    var topics = TopicTable()
    var deflate = CompressionTable()
    var http = HTTPTable()
    var outgoing = OutgoingTable()
    var settings: ActiveSettings
    var telemetry: Telemetry
    var clock: TurnClock
    var random = RandomPool()
    var shutdown = Shutdown()

    init(_ settings: ActiveSettings, _ clock: TurnClock, logger: Logger) {
        self.settings = settings
        self.clock = clock
        inbound = Inbound(settings.limits)
        connections = ConnectionTable(now: clock.now)
        telemetry = Telemetry(logger: logger)
    }

    // MARK: Of the server

    /// What peers may do now; changed by ``update(limits:origin:)``.
    public var limits: Limits { settings.limits }

    /// How many connections there may be: ``Limits/connectionCount``, or what RLIMIT_NOFILE allows.
    public var connectionLimit: Int { settings.connectionLimit }

    /// For what the application has to say about itself.
    public var logger: Logger {
        get { telemetry.logger }
        set { telemetry.logger = newValue }
    }

    /// The monotonic time at which this turn began; the same in all callbacks of a turn.
    public var now: Instant { clock.now }

    /// The calendar's time at which this turn began; the same in all callbacks of a turn.
    public var wallClock: WallTime { clock.wall }

    /// Counters since the server's start. To read one, write `io.statistics.sendCount`: a copy of all of
    /// them costs more.
    public var statistics: Statistics {
        _read { yield telemetry.statistics }
    }

    /// Whether the server is on its way to its end: it accepts nobody, and closes open connections.
    public var isStopping: Bool { shutdown.isUnderWay }

    /// How long something that had become ready lately waited until it was served: the time of the
    /// last loop probe, see ``WebSocketHandler/onLoopProbe(_:)-(ServerContext)``.
    public var loopLag: Duration { telemetry.loopLag }
}
