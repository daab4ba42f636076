// What the server reports to its service manager and its operator: readiness, watchdog, status and
// statistics; and its exit when idle.
import LinuxReactor
import Logging
import SystemdSupport
import WebSocketServer

/// Keeps systemd and the journal informed. The handler calls it from its callbacks; nothing here
/// blocks.
struct Service: ~Copyable {
    /// The log of connections and other events.
    var events: EventLog
    private let log: ServiceLog
    private var notifier: Notifier
    private let watchdogInterval: Duration?
    private var isReady = false
    /// Whether the server stops for a restart, or leaves its connections to the next process.
    private(set) var isRestart = false {
        didSet { end.isRestart = isRestart }
    }
    /// What the process learns of that.
    private let end: ServerEnd
    private var hasToldOfManager = false

    private var second: LoadMeter?
    private var minute: LoadMeter?
    private var nextStatus = Instant(nanoseconds: 0)
    private var nextStatistics = Instant(nanoseconds: 0)
    private var longestLag = Duration.zero
    private var lastStatus = "no connections"

    /// Why the server does not serve its clients; nil if it does.
    private var fault: String?
    private var faultSince: Instant?

    /// The server ends after this time without connections and requests; nil: never.
    private var idleExit: Duration?
    private var idleSince: Instant?
    /// Requests of clients, and WebSockets, since the start. Requests of operators and of programs
    /// that collect metrics do not count: a server that is only watched is idle.
    private var activityCount: UInt64 = 0
    private var activityWhenIdle: UInt64 = 0

    /// The loop's lag is logged from this value on.
    private static let slowLoop = Duration.seconds(1)
    private static let statisticsInterval = Duration.seconds(60)
    /// How much longer a stop may take, reported to systemd again and again while it lasts: the
    /// closes are spread over 5 s, and peers that have not replied within a further 5 s are reset.
    private static let drainTime = Duration.seconds(10)

    init(
        _ log: ServiceLog, _ events: EventLog, idleExit: Duration? = nil, fault: String? = nil,
        notifier: consuming Notifier = Notifier(), watchdogInterval: Duration? = Watchdog.interval,
        end: ServerEnd = ServerEnd()
    ) {
        self.end = end
        self.log = log
        self.events = events
        self.idleExit = idleExit
        self.fault = fault
        self.notifier = notifier
        self.watchdogInterval = watchdogInterval
    }

    /// Log records that were lost, since the log's reader had no room.
    var droppedRecordCount: UInt64 { log.droppedCount }

    // MARK: The loop

    /// Call this about once a second. `roomCount` and `userCount` are the chat's; `waiterCount` is
    /// the number of requests that wait for a message, and of event streams.
    mutating func tick(
        roomCount: Int, userCount: Int, waiterCount: Int = 0, _ io: inout ServerContext
    ) {
        log.heartbeat()
        if fault != nil { return tellFault(io) }
        if io.now >= nextStatus {
            nextStatus = io.now + .milliseconds(999)
            tellStatus(roomCount, io)
        }
        if io.now >= nextStatistics { logStatistics(roomCount, userCount, io) }
        endIfIdle(waiterCount, &io)
    }

    /// A loop probe has come back: the loop runs. Reports readiness the first time, and feeds the
    /// watchdog.
    mutating func loopProbe(_ io: borrowing ServerContext) {
        longestLag = max(longestLag, io.loopLag)
        if io.loopLag >= Self.slowLoop {
            events.log(
                .loopSlow, "The event loop was late by \(Self.milliseconds(io.loopLag)) ms.",
                ["loop-lag-us": .string("\(io.loopLag.wholeNanoseconds / 1000)")])
        }
        if !isReady {
            isReady = true
            notifier.ready(status: readyStatus)
        }
        if watchdogInterval != nil { notifier.watchdog() }
        tellOfManager()
    }

    private var readyStatus: String {
        fault.map { "Not serving: \($0)" } ?? "Serving: \(lastStatus)"
    }

    /// A server that does not serve says so in the journal once a minute, as long as it lasts.
    private mutating func tellFault(_ io: borrowing ServerContext) {
        guard !io.isStopping else { return }
        guard let faultSince else {
            (faultSince, nextStatistics) = (io.now, io.now + Self.statisticsInterval)
            return
        }
        guard let fault, io.now >= nextStatistics else { return }
        nextStatistics = io.now + Self.statisticsInterval
        let minutes = Int(io.now.since(faultSince).wholeMilliseconds / 60_000)
        events.log(
            .notServing,
            "Not serving for \(Self.count(minutes, "minute")): \(fault) Correct it, then: "
                + "systemctl reload roost",
            [
                "minutes": .string("\(minutes)"),
                "refused": .string("\(activityCount)"),
            ])
    }

    private mutating func tellStatus(_ roomCount: Int, _ io: borrowing ServerContext) {
        if second == nil { second = LoadMeter(io.statistics, at: io.now) }
        let load = second!.look(io.statistics, at: io.now)
        let lag = Self.milliseconds(io.loopLag)
        lastStatus =
            "\(Self.count(io.connectionCount, "connection")), \(Self.count(roomCount, "room")), "
            + "\(load.rate(load.messages)) messages/s, loop lag \(lag) ms"
        guard isReady, notifier.isWanted else { return }
        if io.isStopping {
            notifier.extendTimeout(by: Self.drainTime)
            notifier.status("Stopping: \(Self.count(io.connectionCount, "connection")) left")
        } else {
            notifier.status("Serving: \(lastStatus)")
        }
    }

    /// Logs the statistics once a minute; at debug level if the server was idle and is empty.
    private mutating func logStatistics(
        _ roomCount: Int, _ userCount: Int, _ io: borrowing ServerContext
    ) {
        nextStatistics = io.now + Self.statisticsInterval
        guard minute != nil else {
            minute = LoadMeter(io.statistics, at: io.now)
            return
        }
        let load = minute!.look(io.statistics, at: io.now)
        let turn = io.turnLengths.longest
        let now: Logger.Metadata = [
            "connections": .string("\(io.connectionCount)"), "rooms": .string("\(roomCount)"),
            "users": .string("\(userCount)"),
            "loop-lag-us": .string("\(longestLag.wholeNanoseconds / 1000)"),
            "turn-us": .string("\(turn.wholeNanoseconds / 1000)"),
            "turn-cpu-us": .string(
                "\(io.turnLengths.longestCPUTime.wholeNanoseconds / 1000)"),
            "watchdog-percent": .string("\(watchdogPercent(turn))"),
            "memory-bytes": .string("\(io.memoryByteCount)"),
            "records-lost": .string("\(log.droppedCount)"),
        ]
        events.log(
            .statistics,
            "\(Self.count(io.connectionCount, "connection")) of "
                + "\(Self.count(userCount, "user")) in \(Self.count(roomCount, "room")); in the "
                + "last minute \(load.opened) opened, \(load.closed) closed, \(load.refused) "
                + "refused, \(load.messages) messages received, \(load.sends) sends; "
                + "longest loop lag \(Self.milliseconds(longestLag)) ms, longest turn "
                + "\(Self.milliseconds(turn)) ms",
            load.fields.merging(now) { $1 },
            level: load.isEmpty && io.connectionCount == 0 ? .debug : nil)
        longestLag = .zero
    }

    /// How much of the time after which systemd restarts the server the longest turn has taken; 0
    /// without a watchdog.
    private func watchdogPercent(_ turn: Duration) -> Int {
        guard let watchdogInterval, watchdogInterval > .zero else { return 0 }
        return Int(turn.wholeNanoseconds * 100 / watchdogInterval.wholeNanoseconds)
    }

    // MARK: Stopping

    /// Stops the server for a restart: all clients get close code 1012 at once. Called again, it
    /// ends at once.
    mutating func restart(_ io: inout ServerContext) {
        if !io.isStopping { isRestart = true }
        io.stop(grace: io.isStopping ? .zero : nil, restarting: true)
    }

    /// A stop begins.
    mutating func stopping(_ io: borrowing ServerContext) {
        // A stop that comes during a restart is a stop.
        isRestart = io.isStoppingForRestart
        let who = Self.count(io.connectionCount, "connection")
        notifier.stopping(status: "Stopping: \(who) left")
        if isRestart {
            events.log(.restarting, "Restarting: closing \(who) with 1012, to reconnect at once.")
        } else {
            events.log(.stopping, "Stopping: closing \(who) with 1001, to reconnect later.")
        }
    }

    /// A client has asked for something, or opens a WebSocket.
    mutating func clientIsActive() { activityCount &+= 1 }

    /// Stops the server if there was no connection and no request for `idleExit`.
    private mutating func endIfIdle(_ waiterCount: Int, _ io: inout ServerContext) {
        guard let idleExit, !io.isStopping else { return }
        let isEmpty = io.connectionCount == 0 && waiterCount == 0
        guard isEmpty, activityCount == activityWhenIdle, let since = idleSince else {
            activityWhenIdle = activityCount
            idleSince = isEmpty ? io.now : nil
            return
        }
        guard io.now.since(since) >= idleExit else { return }
        events.log(
            .idleExit,
            "No connection for \(idleExit.wholeMilliseconds / 1000) s: ending. The next connection "
                + "starts the service again.")
        io.stop(grace: .zero)
    }

    // MARK: Reloading

    mutating func reloading() { notifier.reloading() }

    /// The end of a reload, successful or not: the service goes on.
    mutating func reloaded() { notifier.ready(status: readyStatus) }

    /// A reload has not mended what keeps the server from serving.
    mutating func change(fault: String) {
        self.fault = fault
        notifier.ready(status: readyStatus)
    }

    /// Applies reloaded settings.
    mutating func change(idleExit: Duration?, level: Logger.Level) {
        if idleExit != self.idleExit { idleSince = nil }
        self.idleExit = idleExit
        events.level = level
    }

    // MARK: Words

    /// Logs once that messages to the manager do not arrive; the service runs without it.
    private mutating func tellOfManager() {
        guard !hasToldOfManager, let failure = notifier.failure else { return }
        hasToldOfManager = true
        events.log(
            .managerUnreachable,
            "\(failure) The server goes on, but systemd will think it has not started, or hangs.")
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// "0.3", "12".
    private static func milliseconds(_ duration: Duration) -> String {
        let tenths = duration.wholeNanoseconds / 100_000
        return tenths >= 100 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }
}
