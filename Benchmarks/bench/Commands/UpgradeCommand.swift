// `bench upgrade`: a server is flooded while its program starts anew in its place, again and again.
import ArgumentParser
import CommandLineOptions

struct UpgradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade",
        abstract: "The server's program starts anew in its place while clients talk.",
        discussion: """
            For servers that another program can take over at a signal: those of this package, and \
            any on its library with `reexecSignals`. Reports how long nobody was served, less the \
            start of the bare program, and what the clients noticed: nothing may be lost, doubled \
            or out of order. Measuring ends after the last one.
            """)

    @Option(name: [.customShort("c"), .long], help: "Connections that talk.")
    var connections = 1000

    @Option(help: "Connections besides that say nothing, where nothing is said.")
    var idle = 0

    @Option(
        help: """
            Rooms that those who talk are spread over; default: 50. With --idle on a raw server \
            there are none, and each message comes back to its sender.
            """)
    var rooms: Int?

    @Option(name: [.customShort("n"), .long], help: "How often the program starts anew.")
    var times = 20

    @Option(help: "Seconds from when the new program serves to the next signal.")
    var interval = 0.5

    @Option(help: "The signal that the server obeys.")
    var signal = UpgradePlan.Signal.user1

    @Option(help: "Seconds within which the new program must serve.")
    var patience = 40.0

    @Option(help: "With --url: the file that the server's log goes to, for the server's own pause.")
    var log: String?

    @Option(help: "Messages a second of all who talk together, sent when due.")
    var rate = 1000.0

    @Option(name: [.customShort("s"), .long], help: "Bytes of a message: at least 20.")
    var size = ByteCount(argument: "64")!

    @Option(name: .customLong("protocol"), help: "raw: echo or broadcast. chat: `roost serve`.")
    var wire = WireProtocol.raw

    @OptionGroup var load: LoadOptions
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard connections > 0, idle >= 0, rate > 0, (Stamp.byteCount...4000).contains(size.value)
        else {
            throw ValidationError(
                "--connections and --rate must be above 0, --idle at least 0, --size 20 to 4000.")
        }
        guard (1...connections).contains(rooms ?? 1) else {
            throw ValidationError("--rooms is 1 to the number of --connections.")
        }
        guard rooms == nil || idle == 0 || wire == .chat else {
            throw ValidationError(
                "A raw server has everybody in its rooms: --rooms is not for --idle connections, "
                    + "but with --protocol chat.")
        }
        guard (1...10_000).contains(times), (0.05...60).contains(interval),
            (1...600).contains(patience)
        else {
            throw ValidationError(
                "--times is 1 to 10000, --interval 0.05 to 60, --patience 1 to 600.")
        }
        guard target.url.isEmpty || (target.url.count == 1 && target.pid.count == 1) else {
            throw ValidationError("The signal goes to one process: name it with --pid.")
        }
        guard log == nil || !target.url.isEmpty else {
            throw ValidationError("--log is for --url: the log of a server of its own bench knows.")
        }
        guard target.servers == 1 else {
            throw ValidationError("One process is upgraded: not with --servers.")
        }
    }

    func run() throws {
        var runner = try JobRunner(target, load, output)
        _ = try runner.run(try job())
        try runner.finish()
    }

    /// Whether each message comes back to its sender alone.
    private var isEcho: Bool { wire == .raw && idle > 0 }

    private func job() throws -> Job {
        var plan = LoadPlan(kind: .rooms)
        plan.wire = wire
        if wire == .chat {
            plan.template = MessageTemplate.chat
            plan.subprotocols = ["roost.v1"]
        }
        plan.totalConnections = connections + idle
        plan.idleCount = idle
        // A room for each is the same as an echo.
        plan.rooms = isEcho ? connections : rooms ?? min(50, connections)
        plan.speakersPerRoom = (connections + plan.rooms - 1) / plan.rooms
        plan.size = size.value
        plan.rate = rate
        plan.watchesOrder = true
        let upgrades = UpgradePlan(
            times: times, interval: interval, patience: patience, signal: signal, logPath: log)
        return Job(
            load: "upgrade", title: title(plan), unit: "deliveries", plan: plan,
            warmup: load.warmup, seconds: upgrades.seconds, serverCommand: try server(plan.rooms),
            opensInOrder: wire == .raw && !isEcho && plan.rooms > 1, upgrades: upgrades)
    }

    private func server(_ rooms: Int) throws -> ServerProcess.Command {
        if wire == .chat { return try .chat("--no-limits") }
        return isEcho ? try .echo() : try .broadcast(rooms: rooms, "--no-limits")
    }

    private func title(_ plan: LoadPlan) -> String {
        let place =
            isEcho ? "to themselves" : "in \(Words.plural(plan.rooms, "room"))"
        let others = idle > 0 ? ", beside \(Words.count(idle)) idle" : ""
        return "\(Words.count(connections)) say \(Words.bytes(size.value)) "
            + "\(Words.rate(rate)) times a second \(place)\(others); \(Words.plural(times, "upgrade"))"
    }
}
