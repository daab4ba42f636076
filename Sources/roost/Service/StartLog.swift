// What is logged before the loop turns and after it has ended.
import Logging
import SystemdSupport
import WebSocketServer

/// The log of a server's beginning and end, and the loggers that all others are made of.
struct StartLog {
    let log: ServiceLog
    let events: EventLog
    /// For the library, which has its own words.
    let logger: Logger

    init(_ destination: LogDestination, level: Logger.Level) {
        let log = ServiceLog(
            destination: destination, identifier: "roost", fieldPrefix: "ROOST",
            messageIDs: ServerEvent.messageIDs)
        self.log = log
        logger = Logger(label: "roost") { _ in JournalLogHandler(log, level: level) }
        events = EventLog(logger: logger)
    }

    /// It listens. A person at a terminal is told where by the announcement.
    func began<Handler: WebSocketHandler & ~Copyable>(_ server: borrowing Server<Handler>) {
        guard log.destination != .text else { return }
        let places = server.addresses.map {
            $0.family == .local ? "a local socket" : "\($0)"
        }
        events.log(
            .started,
            "Serving on \(places.joined(separator: ", ")); room for \(server.connectionLimit) "
                + "connections.",
            [
                "listen": .array(places.map { .string($0) }),
                "connection-limit": .string("\(server.connectionLimit)"),
            ])
    }

    /// How many connections may come, and why not more.
    func capacity(_ note: CapacityNote) {
        events.log(
            .capacity, note.text,
            [
                "limit": .string(note.limit),
                "connection-limit": .string("\(note.connections)"),
            ])
    }

    /// These settings have no effect.
    func ignored(_ sentence: String) { events.log(.settingIgnored, sentence) }

    /// Everybody has gone.
    func ended() {
        log.heartbeat(isFinal: true)
        if log.destination != .text { events.log(.stopped, "Stopped: everybody has gone.") }
    }

    /// It could not begin: each reason is an error of its own.
    func fail(_ sentences: [String]) {
        for sentence in sentences { events.log(.startFailed, sentence) }
    }
}
