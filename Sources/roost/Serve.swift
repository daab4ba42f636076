// `roost serve`: opens its listeners, prints their addresses, and serves until a signal or command
// stops it.
import ArgumentParser
import ChatRooms
import CommandLineOptions
import Glibc
import Logging
import SystemdSupport
import WebSocketServer

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the chat and its page until SIGTERM or SIGINT.")

    private static let defaultPort: UInt16 = 8080

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = Serve.defaultPort

    @OptionGroup var options: ServerOptions

    @OptionGroup(title: "Operation") var operation: ControlOptions

    @OptionGroup(title: "Service") var service: ServiceOptions

    func run() throws {
        let pause = CrashPause()
        pause.begin()
        try startAndServe()
        pause.end()
    }

    private func startAndServe() throws {
        guard let path = service.config else { return try serve(nil) }
        let given = Settings.givenArguments
        do {
            let (command, arguments) = try Settings.serve(config: path, given: given)
            try command.serve(Reloader(path, given: given, current: arguments))
        } catch let error as ConfigurationError {
            startLog().fail(error.sentences)
            throw ExitCode(CheckConfig.status)
        }
    }

    private func serve(_ reloader: Reloader?) throws {
        let start = startLog()
        do {
            let server = try makeServer(reloader, start)
            if start.log.destination != .journal {
                announce(server.addresses, scheme: "http")
                operation.announce(server.listeners)
            }
            start.began(server)
            start.capacity(
                CapacityNote(
                    connectionLimit: server.connectionLimit,
                    isChosen: options.maxConnections != nil,
                    HostFacts(root: "/", process: getpid())))
            server.run()
            start.ended()
        } catch  where start.log.destination == .journal {
            start.fail(["\(error)"])
            throw ExitCode.failure
        }
    }

    private func makeServer(
        _ reloader: Reloader?, _ start: StartLog
    ) throws -> Server<ChatHandler> {
        var configuration = try options.configuration(port: port)
        configuration.limits = options.chatServerLimits
        configuration.logger = start.logger
        configuration.signals = [.user2] + (reloader == nil ? [] : [.hangUp])
        // The watchdog is fed with the ticks, so they must come at least twice in its interval.
        if let interval = Watchdog.interval {
            configuration.tickInterval = min(.seconds(1), interval / 3)
        }
        let access = try operation.access()
        if let note = operation.addListeners(to: &configuration, access) {
            start.events.log(.noControlSocket, note)
        }
        let service = Service(
            start.log, start.events, idleExit: idleExit(configuration, start))
        let handler = ChatHandler(
            limits: chatLimits, epochSeed: UInt64.random(in: .min ... .max), access: access,
            service: service, reloader: reloader)
        let server = try Server(handler, configuration)
        if let sentence = ignored(configuration) { start.ignored(sentence) }
        return server
    }

    private func startLog() -> StartLog {
        StartLog(service.log ?? .find(), level: service.logLevel.level)
    }

    /// The idle time after which the server ends. Nil unless systemd has opened all listeners: only
    /// then does the next connection start the server again.
    private func idleExit(_ configuration: ServerConfiguration, _ start: StartLog) -> Duration? {
        guard let span = service.idleExit else { return nil }
        let ownAddresses = configuration.addresses + (configuration.addressesByKind[.proxy] ?? [])
        if ownAddresses.isEmpty { return span.duration }
        start.ignored(
            "--idle-exit needs sockets from systemd, which starts the server again: "
                + "it has no effect here.")
        return nil
    }

    /// A server with sockets from systemd opens no others. Returns a sentence that names the
    /// settings without effect; nil if there are none.
    private func ignored(_ configuration: ServerConfiguration) -> String? {
        let doors = configuration.passedSockets.map { ListenerKind(name: $0.name) }
        var names: [String] = []
        if doors.contains(where: { !$0.isInternal }) {
            if port != Self.defaultPort { names.append("port") }
            if options.host != ServerOptions.defaultHost { names.append("host") }
        }
        if doors.contains(.control), let control = operation.control, control != "off" {
            names.append("control")
        }
        guard let last = names.last else { return nil }
        let list =
            names.count == 1 ? last : names.dropLast().joined(separator: ", ") + " and " + last
        return
            "systemd opened the sockets: \(list) \(names.count == 1 ? "has" : "have") no effect. "
            + "Change Roost's addresses in its units (roost.socket)."
    }

    var chatLimits: ChatLimits {
        var limits = ChatLimits()
        if options.noLimits { limits.commandsPerSecond = 0 }
        if let rate = options.rateLimit { limits.commandsPerSecond = rate.value ?? 0 }
        return limits
    }
}
