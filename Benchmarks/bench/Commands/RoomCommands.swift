// `bench fanout`, `bench chat` and `bench slow`: each message goes to the whole room.
import ArgumentParser
import CommandLineOptions

/// How connections are spread over rooms, and how many of them talk.
struct RoomOptions: ParsableArguments {
    @Option(help: "Rooms; connection i is in room i mod N.")
    var rooms = 1

    @Option(help: "How many of each room talk.")
    var speakers = 1

    @Option(name: .customLong("protocol"), help: "raw: any broadcast server. chat: `roost serve`.")
    var wire = WireProtocol.raw

    func validate() throws {
        guard rooms > 0, speakers > 0 else {
            throw ValidationError("--rooms and --speakers must be at least 1.")
        }
    }

    func apply(to plan: inout LoadPlan) {
        plan.rooms = rooms
        plan.speakersPerRoom = speakers
        plan.wire = wire
        if wire == .chat {
            plan.template = MessageTemplate.chat
            plan.subprotocols = ["roost.v1"]
        }
    }

    /// With `Limits.benchmark`.
    var serverCommand: ServerProcess.Command {
        get throws {
            wire == .chat
                ? try .chat("--no-limits") : try .broadcast(rooms: rooms, "--no-limits")
        }
    }
}

extension WireProtocol: ExpressibleByArgument {}

struct FanoutCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fanout", abstract: "Each message goes to everyone in the room.")

    @Option(name: [.customShort("c"), .long], help: "Connections.")
    var connections = 1000

    @OptionGroup var room: RoomOptions
    @OptionGroup var message: MessageOptions
    @OptionGroup var load: LoadOptions
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard connections >= room.rooms * room.speakers else {
            throw ValidationError("There are fewer connections than speakers.")
        }
    }

    func run() throws {
        var runner = try JobRunner(target, load, output)
        _ = try runner.run(Self.job(connections, room, message, load))
        try runner.finish()
    }

    static func job(
        _ connections: Int, _ room: RoomOptions, _ message: MessageOptions, _ load: LoadOptions
    ) throws -> Job {
        var plan = LoadPlan(kind: .rooms)
        message.apply(to: &plan)
        room.apply(to: &plan)
        plan.totalConnections = connections
        let place =
            room.rooms == 1
            ? "to \(Words.count(connections)) in a room"
            : "\(Words.count(connections)) in \(Words.count(room.rooms)) rooms"
        let who =
            room.rooms * room.speakers == connections
            ? "all talk" : Words.plural(room.speakers, "speaker") + (room.rooms > 1 ? " each" : "")
        let how = room.wire == .chat ? ", chat" : ""
        return Job(
            load: "fanout", title: "\(message.words), \(place), \(who)\(how)", unit: "deliveries",
            plan: plan, warmup: load.warmup, seconds: load.seconds,
            serverCommand: try room.serverCommand,
            opensInOrder: room.wire == .raw && room.rooms > 1)
    }
}

struct ChatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "People in rooms, who log in, talk now and then, and read everything.")

    @Option(name: [.customShort("u"), .long], help: "People.")
    var users = 1000

    @Option(help: "Rooms that they are spread over.")
    var rooms = 20

    @Option(help: "Seconds after which each says something again.")
    var every = 10.0

    @Option(name: [.customShort("s"), .long], help: "Bytes of what they say: at least 20.")
    var size = ByteCount(argument: "64")!

    @OptionGroup var load: LoadOptions
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard users > 0, rooms > 0, rooms <= users, every > 0 else {
            throw ValidationError(
                "--users, --rooms and --every must be above 0, and no room may be empty.")
        }
        guard (Stamp.byteCount...4000).contains(size.value) else {
            throw ValidationError("A text of the chat has 20 to 4,000 bytes here.")
        }
    }

    func run() throws {
        var runner = try JobRunner(target, load, output)
        _ = try runner.run(Self.job(users, rooms: rooms, every: every, size: size.value, load))
        try runner.finish()
    }

    static func job(
        _ users: Int, rooms: Int, every: Double, size: Int, _ load: LoadOptions
    ) throws -> Job {
        var plan = LoadPlan(kind: .rooms)
        plan.wire = .chat
        plan.template = MessageTemplate.chat
        plan.subprotocols = ["roost.v1"]
        plan.totalConnections = users
        plan.rooms = rooms
        plan.speakersPerRoom = (users + rooms - 1) / rooms
        plan.size = size
        plan.rate = Double(users) / every
        return Job(
            load: "chat",
            title: "\(Words.count(users)) people in \(Words.plural(rooms, "room")), each says "
                + "\(Words.bytes(size)) every \(Words.seconds(every))",
            unit: "deliveries", plan: plan, warmup: load.warmup, seconds: load.seconds,
            serverCommand: try .chat("--rate-limit", "off"))
    }
}

struct SlowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slow",
        abstract: "Readers beside connections that never read, and the same readers alone.")

    @Option(name: [.customShort("c"), .long], help: "Connections that read.")
    var connections = 20

    @Option(help: "Connections that join and never read.")
    var neverRead = 100

    @Option(name: [.customShort("s"), .long], help: "Bytes of a message.")
    var size = ByteCount(argument: "1K")!

    @Option(name: [.customShort("d"), .long], help: "Unanswered messages of the speaker.")
    var depth = 16

    @OptionGroup var load: LoadOptions
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard connections > 0, neverRead > 0, depth > 0, size.value >= Stamp.byteCount else {
            throw ValidationError(
                "--connections, --never-read and --depth must be above 0, and --size at least 20.")
        }
    }

    func run() throws {
        var runner = try JobRunner(target, load, output)
        let alone = try runner.run(try job(neverRead: 0))
        let beside = try runner.run(try job(neverRead: neverRead))
        print(Self.verdict(alone, beside))
        try runner.finish()
    }

    private func job(neverRead: Int) throws -> Job {
        return try Self.job(
            connections, neverRead: neverRead, size: size.value, depth: depth, load)
    }

    static func job(
        _ connections: Int, neverRead: Int, size: Int, depth: Int, _ load: LoadOptions
    ) throws -> Job {
        var plan = LoadPlan(kind: .rooms)
        plan.totalConnections = connections
        plan.neverReadCount = neverRead
        plan.size = size
        plan.depth = depth
        let beside = neverRead == 0 ? "alone" : "beside \(Words.count(neverRead)) who never read"
        return Job(
            load: "slow",
            title: "\(Words.bytes(size)) to \(Words.count(connections)) readers \(beside), "
                + "\(depth) outstanding",
            unit: "deliveries", plan: plan, warmup: load.warmup, seconds: load.seconds,
            // The default limits, because they decide what happens to slow consumers.
            serverCommand: try .broadcast())
    }

    /// How much the connections that never read cost the others.
    static func verdict(_ alone: Report, _ beside: Report) -> String {
        func middle(_ report: Report) -> Double {
            Statistics.median(report.runs.map { $0.perServerSecond ?? $0.perSecond })
        }
        guard middle(alone) > 0 else { return "" }
        return "  Beside connections that never read, the others get "
            + "\(Words.percent(middle(beside) / middle(alone))) of what they get alone.\n"
    }
}
