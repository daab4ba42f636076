// What is logged before the loop turns and after it has ended.
import Logging
import SystemdSupport
import WebSocketServer

/// The log of a server's beginning and end, and the loggers that all others are made of.
struct StartLog {
    let log: ServiceLog
    let events: EventLog

    init(_ destination: LogDestination, level: Logger.Level) {
        let log = ServiceLog(
            destination: destination, identifier: "roost", fieldPrefix: "ROOST",
            messageIDs: ServerEvent.messageIDs)
        self.log = log
        let logger = Logger(label: "roost") { _ in JournalLogHandler(log, level: level) }
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
