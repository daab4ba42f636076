// `roost serve`: opens its listeners, prints their addresses, and serves until a signal or command
// stops it.
import ArgumentParser
import ChatRooms
import CommandLineOptions
import SystemdSupport
import WebSocketServer

struct Serve: ParsableCommand {
    /// ArgumentParser would make it of the type's, each time it is asked.
    static let name = "serve"

    static let configuration = CommandConfiguration(
        commandName: name, abstract: "Serve the chat and its page until SIGTERM or SIGINT.")

    static let defaultPort: UInt16 = 8080

    @Option(help: "The port to listen on; 0 takes a free one.")
    var port = Serve.defaultPort

    @OptionGroup var options: ServerOptions

    @OptionGroup(title: "Chat") var chat: ChatOptions

    @OptionGroup(title: "People who may come in") var auth: AuthOptions

    @OptionGroup(title: "History") var history: HistoryOptions

    @OptionGroup(title: "Several servers") var node: NodeOptions

    @OptionGroup(title: "Operation") var operation: ControlOptions

    @OptionGroup(title: "Service") var service: ServiceOptions

    func validate() throws { try node.check(history, auth) }

    func run() throws {
        let pause = CrashPause()
        switch StartPurpose.current {
        case .serve: pause.begin()
        case .takeOver: pause.mark()
        // The server that is checked runs: what happens here has no effect outside.
        case .check: return try serve()
        }
        // An error is no crash.
        defer { pause.end() }
        try serve()
    }

    private func serve() throws {
        let startup: Startup
        do {
            startup = try Startup(self)
        } catch {
            throw report(StartFailure(error))
        }
        let end: ServerEnd
        do throws(StartFailure) {
            end = try startup.makeServer().serve()
        } catch {
            // With its sockets gone the next connection would start it again at once, until
            // systemd's limit closes the port: it stays up, and serves as soon as the reason is
            // mended.
            guard !startup.passed.isEmpty else { throw report(error) }
            return try standBy(error, startup)
        }
        try end.finish()
    }

    /// Keeps the sockets of systemd although the command line cannot be read. Throws the error if
    /// there are none, or if the command line is not a server's.
    static func standBy(_ error: any Error) throws {
        let isServer = CommandLine.arguments.dropFirst().first.map {
            $0 == Serve.name || $0.hasPrefix("-")
        }
        guard isServer == true, Roost.exitCode(for: error) == .validationFailure,
            let command = try? Serve.parse([]), var startup = try? Startup(command),
            !startup.passed.isEmpty
        else { throw error }
        let sentence = Roost.message(for: error).split(separator: "\n").first ?? "It is wrong."
        let failure = StartFailure(
            ConfigurationError(sentences: ["The unit's command line: \(sentence)"]))
        startup.commandLineFailure = failure
        try command.standBy(failure, startup)
    }

    private func standBy(_ failure: StartFailure, _ startup: Startup) throws {
        let end: ServerEnd
        do throws(StartFailure) {
            end = try Standby.run(failure, startup)
        } catch {
            throw report(error)
        }
        try end.finish()
    }

    /// Logs why the server cannot start, or leaves it to the error that it returns. The process
    /// ends with this error.
    private func report(_ failure: StartFailure) -> any Error {
        if StartPurpose.current == .check {
            // The last words, which the running server repeats.
            for sentence in failure.sentences { ErrorStream().write(TerminalText.line(sentence)) }
            return ExitCode.failure
        }
        let log = startLog()
        if failure.cause is ConfigurationError {
            log.fail(failure.sentences)
            return ExitCode(CheckConfig.status)
        }
        guard log.log.destination == .journal else { return failure.cause }
        log.fail(failure.sentences)
        return ExitCode.failure
    }

    func startLog() -> StartLog {
        StartPurpose.current == .check
            ? StartLog(.text, level: .error)
            : StartLog(service.log ?? .find(), level: service.logLevel.level)
    }

    /// The idle time after which the server ends. Nil unless systemd has opened all listeners: only
    /// then does the next connection start the server again.
    func idleExit(_ configuration: ServerConfiguration, _ start: StartLog) -> Duration? {
        guard let span = service.idleExit else { return nil }
        let ownAddresses =
            configuration.addresses
            + [.proxy, .redirect].flatMap {
                configuration.addressesByKind[$0] ?? []
            }
        if ownAddresses.isEmpty { return span.duration }
        start.ignored(
            "--idle-exit needs sockets from systemd, which starts the server again: "
                + "it has no effect here.")
        return nil
    }

    /// A server with sockets from systemd opens no others. Returns a sentence that names the
    /// settings without effect; nil if there are none.
    func ignored(_ configuration: ServerConfiguration) -> String? {
        let doors = configuration.passedSockets.map { ListenerKind(name: $0.name) }
        var names: [String] = []
        if doors.contains(where: { $0.servesClients }) {
            if port != Self.defaultPort { names.append("port") }
            if options.host != ServerOptions.defaultHost { names.append("host") }
        }
        if doors.contains(.redirect), options.tls.redirectHttp != nil {
            names.append("redirect-http")
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

    /// The rights that follow from the flags, and what checks tokens. Throws if a file of secrets
    /// cannot be read. With `again`, nothing is read that may make a server wait.
    func access(again: Bool = false) throws -> Access {
        var access = try operation.access(again: again)
        access.tokens = try auth.verifier(again: again)
        access.isReadingPublic = auth.publicRead == .on
        return access
    }

    var chatLimits: ChatLimits {
        var limits = ChatLimits()
        chat.apply(to: &limits)
        limits.requiresTokens = auth.auth != .none
        limits.pingInterval = options.chatServerLimits.pingInterval
        if options.noLimits {
            limits.commandsPerSecond = 0
            limits.roomsPerAddressLimit = nil
            limits.storedByteLimitPerAddressAndDay = nil
        }
        if let bytes = history.historyPerAddress {
            limits.storedByteLimitPerAddressAndDay = bytes.value
        }
        if let rate = options.rateLimit { limits.commandsPerSecond = rate.value ?? 0 }
        return limits
    }
}
