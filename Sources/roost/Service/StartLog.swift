// What is logged before the event loop starts and after it has ended.
import CommandLineOptions
import Logging
import SystemdSupport
import WebSocketServer

/// The log of a server's start and end, and the loggers for everything in between.
struct StartLog {
    let log: ServiceLog
    let events: EventLog
    /// For the library, which writes its own sentences.
    let logger: Logger

    init(_ destination: LogDestination, level: Logger.Level) {
        let log = ServiceLog(
            destination: destination, identifier: "roost", fieldPrefix: "ROOST",
            messageIDs: ServerEvent.messageIDs)
        self.log = log
        logger = Logger(label: "roost") { _ in JournalLogHandler(log, level: level) }
        events = EventLog(logger: logger)
    }

    /// The server listens. Not logged to a terminal, where the addresses were printed already.
    func began<Handler: WebSocketHandler & ~Copyable>(_ server: borrowing Server<Handler>) {
        guard log.destination != .text else { return }
        let places = server.addresses.map {
            $0.family == .local ? "a local socket" : "\($0)"
        }
        events.log(
            .started,
            "Serving on \(places.joined(separator: ", ")); room for \(server.connectionLimit) "
                + "connections; version \(Version.current).",
            [
                "listen": .array(places.map { .string($0) }),
                "version": .string(Version.current),
                "connection-limit": .string("\(server.connectionLimit)"),
            ])
    }

    /// How many connections fit, and which limit allows no more.
    func capacity(_ note: CapacityNote) {
        events.log(
            .capacity, note.text,
            [
                "limit": .string(note.limit),
                "connection-limit": .string("\(note.connections)"),
            ])
    }

    /// Settings without effect, named by `sentence`.
    func ignored(_ sentence: String) { events.log(.settingIgnored, sentence) }

    /// The server answers to any name, since nobody has said which are its own.
    func anyHost() {
        events.log(
            .anyHost,
            """
            Requests for any host name are served. Name the server's own with --host-name, as in \
            'host-name = chat.example.org': then no page that uses a name of its own for this \
            server's address (DNS rebinding) can read along.
            """)
    }

    /// All connections have closed.
    func ended() {
        log.heartbeat(isFinal: true)
        if log.destination != .text { events.log(.stopped, "Stopped: no connection is left.") }
    }

    /// The server could not start: one record for each reason.
    func fail(_ sentences: [String]) {
        for sentence in sentences { events.log(.startFailed, sentence) }
    }
}
