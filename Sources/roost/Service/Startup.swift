// The start of the server, as often as it takes: reading the configuration and opening everything.
import ChatDatabase
import ChatRooms
import CommandLineOptions
import Glibc
import SystemdSupport
import WebSocketServer

/// Why the server could not start.
struct StartFailure: Error {
    /// What a person has to mend, one sentence for each mistake.
    let sentences: [String]
    /// The error behind it, for a program that ends with it.
    let cause: any Error

    init(_ cause: any Error) {
        self.cause = cause
        sentences = (cause as? ConfigurationError)?.sentences ?? ["\(cause)"]
    }

    /// Whether it may go away by itself, as a busy address or a file of tokens that is not mounted
    /// yet. An error in the configuration, or its absence, does not, and what its operator writes
    /// meanwhile holds only when a reload says so.
    var isPassing: Bool { !(cause is ConfigurationError) }

    /// All sentences in one line.
    var line: String { sentences.joined(separator: " ") }
}

/// What a server is made of: the command line, and what systemd has passed. Both stay the same for
/// the whole life of the process; the configuration file may change.
struct Startup {
    /// The command line's settings.
    let command: Serve
    let passed: [ListenSockets.Passed]
    /// Where connections wait during a restart; nil without systemd.
    let store: ServiceStore?
    /// Why the command line cannot be read: only another process can have another one.
    var commandLineFailure: StartFailure?

    /// Takes what systemd has passed: call it once.
    init(_ command: Serve) throws(SystemError) {
        self.command = command
        var passed = try ListenSockets.take()
        store = ServiceStore(takingFrom: &passed)
        self.passed = passed
    }

    /// A server that has opened its listeners.
    struct Ready {
        let server: Server<ChatHandler>
        let settings: Serve
        let log: StartLog
        let keeper: StoreKeeper?
        let passwords: PasswordWorker
        let tls: TLS?
        let end: ServerEnd
        /// Whether it goes on with the connections of the program before.
        let isTakingOver: Bool

        /// Serves until a stop, and returns how it has ended.
        func serve() -> ServerEnd {
            if !isTakingOver {
                announceStart()
                // Counted before any connection is there.
                _ = ProcessFigures.openDescriptorCount(connectionCount: 0)
            }
            server.run()
            // What has been said is kept before the process ends.
            keeper?.close()
            passwords.close()
            log.ended()
            return end
        }

        private func announceStart() {
            if log.log.destination != .journal {
                announce(server.listeners, scheme: "http", tls)
                settings.operation.announce(server.listeners)
            }
            log.began(server)
            log.capacity(
                CapacityNote(
                    connectionLimit: server.connectionLimit,
                    isChosen: settings.options.maxConnections != nil,
                    HostFacts(root: "/", process: getpid())))
        }
    }

    /// Whether a proxy in front begins each connection with a header, as far as that can be known:
    /// without it, a server in standby could answer nobody.
    var expectsProxyHeaders: Bool {
        guard let path = command.service.config else { return command.options.proxyProtocol }
        let read = try? Settings.serve(config: path, given: Settings.givenArguments).command
        return (read ?? command).options.proxyProtocol
    }

    /// The certificates, as far as they can be read: without them, a server in standby could tell
    /// nobody at a socket of TLS why it does not serve.
    var certificates: TLS? {
        let read = command.service.config.flatMap {
            try? Settings.serve(config: $0, given: Settings.givenArguments).command
        }
        return try? (read ?? command).options.tls.load(hostNames: [], again: true)
    }

    /// Reads the configuration and opens the listeners. May be tried again after a failure, which
    /// leaves the passed sockets open.
    func makeServer(again: Bool = false) throws(StartFailure) -> Ready {
        if let commandLineFailure { throw commandLineFailure }
        do {
            guard let path = command.service.config else { return try make(command, nil, again) }
            if again { try Settings.requireRegular(path) }
            let given = Settings.givenArguments
            let (settings, arguments) = try Settings.serveFromStart(config: path, given: given)
            return try make(settings, Reloader(path, given: given, current: arguments), again)
        } catch {
            throw StartFailure(error)
        }
    }

    private func make(_ settings: Serve, _ reloader: Reloader?, _ again: Bool) throws -> Ready {
        // Once the server is made, nobody knows that any more.
        let purpose = StartPurpose.current
        let isGoingOn = store?.hasKept == true
        let start = settings.startLog()
        var configuration = settings.options.configuration(port: settings.port, passed: passed)
        configuration.limits = settings.options.chatServerLimits
        configuration.hosts = settings.hostRules
        configuration.logger = start.logger
        configuration.signals = [.user1, .user2]
        configuration.programVersion = Version.running
        // The rooms of several servers are not carried over: connections come back by themselves.
        configuration.descriptorStore = settings.node.url == nil || isGoingOn ? store : nil
        let tls = try settings.options.tls.load(
            hostNames: settings.options.hostName, again: again)
        configuration.tls = tls
        if reloader != nil || tls != nil {
            configuration.signals.append(.hangUp)
        } else {
            // There is nothing to read again: the terminal has gone.
            configuration.stopSignals.append(.hangUp)
        }
        configuration.tickInterval = Self.tickInterval
        let access = try settings.access(again: again)
        // A program that takes over, or checks whether it can, has the sockets of the one before.
        let isNew = purpose == .serve
        let note = isNew ? settings.operation.addListeners(to: &configuration, access) : nil
        let end = ServerEnd()
        let service = Service(
            start.log, start.events,
            idleExit: isNew ? settings.idleExit(configuration, start) : nil, end: end)
        let engine = settings.node.url
        let keeper = engine == nil ? settings.history.keeper : nil
        if isNew, engine == nil { settings.history.makeFolder() }
        configuration.redis = engine
        // The chat goes on with the database of the process before, if there is a chat to go on.
        let kept = isNew && !isGoingOn ? try keeper?.open() : nil
        let passwords = PasswordWorker()
        var handler = ChatHandler(
            limits: settings.chatLimits, epochSeed: UInt64.random(in: .min ... .max),
            access: access, service: service, reloader: reloader,
            isActivatedBySocket: configuration.passedSockets.contains {
                ListenerKind(name: $0.name).servesClients
            }, kept: kept, keeper: keeper,
            engine: engine.map { EngineLink($0, settings.node.node) }, passwords: passwords)
        handler.moderatorNames = settings.chat.moderator
        handler.encryption = settings.encryption(tls)
        handler.isNewProcess = isNew
        handler.idleExit = settings.service.idleExit?.duration
        let mail = handler.mail
        let server: Server<ChatHandler>
        do {
            server = try Server(handler, configuration)
        } catch {
            keeper?.close()
            // The chat that was left cannot go on, and its connections have ended: another begins.
            guard isGoingOn, store?.hasKept == false else { throw error }
            start.events.log(.keptLost, "\(error)")
            return try make(settings, reloader, again)
        }
        keeper?.mail.deliver(to: server.mailbox)
        mail.connect(server.mailbox)
        let mailbox = server.mailbox
        passwords.connect { mailbox.post(.password($0)) }
        mailbox.post(.listening(server.listeners))
        if isNew { report(settings, configuration, server, note, start) }
        return Ready(
            server: server, settings: settings, log: start, keeper: keeper, passwords: passwords,
            tls: tls, end: end, isTakingOver: !isNew)
    }

    /// Logs what has no effect, or none that was meant.
    private func report(
        _ settings: Serve, _ configuration: ServerConfiguration, _ server: Server<ChatHandler>,
        _ note: String?, _ start: StartLog
    ) {
        if let note { start.events.log(.noControlSocket, note) }
        if let sentence = settings.ignored(configuration) { start.ignored(sentence) }
        if settings.options.hostPolicy == .automatic,
            HostPolicy.automatic.resolved(server.listeners, configuration.trustedProxies) == .any
        {
            start.anyHost()
        }
    }

    /// The watchdog is fed with the ticks, so they must come at least twice in its interval.
    static var tickInterval: Duration {
        Watchdog.interval.map { min(.seconds(1), $0 / 3) } ?? .seconds(1)
    }
}
