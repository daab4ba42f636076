// `bench idle`, `bench churn` and `bench resume`: what connections cost by themselves.
import ArgumentParser
import CommandLineOptions

struct IdleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "idle", abstract: "Connections that say nothing: what memory each costs.")

    @Option(name: [.customShort("c"), .long], help: "Connections.")
    var connections = 10_000

    @Option(help: "Sent by each connection when it is open (repeatable).")
    var join: [String] = []

    @OptionGroup var load: LoadOptions
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        var runner = try JobRunner(target, load, output)
        _ = try runner.run(Self.job(connections, join: join, load))
        try runner.finish()
    }

    static func job(_ connections: Int, join: [String] = [], _ load: LoadOptions) throws -> Job {
        var plan = LoadPlan(kind: .idle)
        plan.totalConnections = connections
        plan.join = join
        return Job(
            load: "idle", title: "\(Words.plural(connections, "connection")) that say nothing",
            unit: "connections", plan: plan, warmup: min(load.warmup, 1),
            seconds: min(load.seconds, 5), serverCommand: try .echo(), measuresMemory: true)
    }
}

struct ChurnCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "churn",
        abstract: "Connect, send one message, read its echo, close: again and again.")

    @Option(name: [.customShort("c"), .long], help: "Cycles under way at a time.")
    var connections = 64

    @Option(name: [.customShort("s"), .long], help: "Bytes of the message.")
    var size = ByteCount(argument: "32")!

    @Option(help: "Cycles a second in all, begun when due (an open loop).")
    var rate: Double?

    @Flag(
        help: """
            With wss: each connection resumes the TLS session of an earlier one, by a ticket, and \
            only the first shake hands in full.
            """)
    var resume = false

    @OptionGroup var load: LoadOptions
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard connections > 0, size.value >= Stamp.byteCount, rate ?? 1 > 0 else {
            throw ValidationError(
                "--connections and --rate must be above 0, and --size at least 20.")
        }
        guard !resume || target.isEncrypted else {
            throw ValidationError("--resume is about TLS sessions: with --tls or --url wss://…")
        }
    }

    func run() throws {
        var runner = try JobRunner(target, load, output)
        _ = try runner.run(
            Self.job(connections, size: size.value, rate: rate, resumes: resume, load))
        try runner.finish()
    }

    static func job(
        _ connections: Int, size: Int = 32, rate: Double? = nil, resumes: Bool = false,
        _ load: LoadOptions
    ) throws -> Job {
        var plan = LoadPlan(kind: .churn)
        plan.totalConnections = connections
        plan.size = size
        plan.rate = rate
        plan.resumesSessions = resumes
        let pace = rate.map { "\(Words.rate($0)) a second" } ?? "one after the other"
        return Job(
            load: "churn",
            title: "connect, \(Words.bytes(size)) there and back, close: "
                + "\(Words.count(connections)) at a time, \(pace)"
                + (resumes ? ", resuming TLS sessions" : ""),
            unit: "cycles", plan: plan, warmup: load.warmup, seconds: load.seconds,
            serverCommand: try .echo())
    }
}

struct ResumeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "All clients lose the network at once and come back at once, missing no message.",
        discussion: """
            For the chat of `roost serve`. The latency is that of bystanders, who stay, while the \
            others come back.
            """)

    @Option(name: [.customShort("c"), .long], help: "Clients that lose the network.")
    var clients = 15_000

    @Option(help: "Clients that stay.")
    var bystanders = 100

    @Option(help: "Rooms that the clients are spread over (at most 60).")
    var rooms = 15

    @Option(help: "Messages a second to the bystanders, and as many to the clients' rooms.")
    var rate = 100.0

    @Option(help: "Seconds without a network.")
    var away = 1.0

    @Option(help: "Seconds within which all come back.")
    var within = 1.0

    @OptionGroup var load: LoadOptions
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        // One of them talks, in all rooms, and a connection may be in 64.
        guard clients > 0, bystanders > 1, (1...60).contains(rooms), rate > 0, away > 0, within > 0
        else {
            throw ValidationError(
                "There must be clients, two bystanders, 1 to 60 rooms, a rate and some time.")
        }
    }

    func run() throws {
        var runner = try JobRunner(target, load, output)
        _ = try runner.run(
            Self.job(
                clients, bystanders: bystanders, rooms: rooms, rate: rate, away: away,
                within: within))
        try runner.finish()
    }

    static func job(
        _ clients: Int, bystanders: Int, rooms: Int, rate: Double, away: Double, within: Double
    ) throws -> Job {
        var plan = LoadPlan(kind: .resume)
        plan.wire = .chat
        plan.subprotocols = ["roost.v1"]
        plan.totalConnections = clients + bystanders
        plan.bystanders = bystanders
        plan.rooms = rooms
        plan.rate = rate
        plan.size = 64
        plan.cutAfter = 1
        plan.cutFor = away
        plan.backWithin = within
        plan.drainSeconds = 20
        return Job(
            load: "resume",
            title: "\(Words.count(clients)) clients lose the network for \(Words.fixed(away, 1)) s "
                + "and are back within \(Words.fixed(within, 1)) s",
            unit: "clients", plan: plan,
            // What is measured begins when the first comes back.
            warmup: plan.cutAfter + away, seconds: within + 3,
            serverCommand: try .chat("--rate-limit", "off"))
    }
}
