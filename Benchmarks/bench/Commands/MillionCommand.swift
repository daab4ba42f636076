// `bench million`: more connections than one process can hold, at several server processes.
import ArgumentParser
import Foundation

struct MillionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "million",
        abstract:
            "A million connections at many server processes on one port, each reached by a broadcast.",
        discussion: """
            Needs root for a network namespace of its own, in which nothing else is disturbed \
            (--here does without), and about 10 GiB for a million. The limit on open files decides \
            how many processes it takes on each side.
            """)

    @Option(name: [.customShort("c"), .long], help: "Connections.")
    var connections = 1_000_000

    @Option(help: "Seconds for which all connections stay open before the broadcast.")
    var hold = 5.0

    @Option(help: "Server processes; default: as few as can hold the connections.")
    var servers: Int?

    @Option(help: "Start this command instead, with {port} for the port that all processes share.")
    var server: String?

    @Flag(help: "Stay in this network namespace.")
    var here = false

    @Flag(help: "Measure a debug build as it is, instead of going on as a release build.")
    var asBuilt = false

    @OptionGroup var load: LoadOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        // Before entering the namespace, where building may be impossible.
        if !asBuilt { try Products.goOnAsRelease() }
        if !here {
            Self.goToNamespace()
            throw ValidationError("`unshare` cannot be started; --here stays in this namespace.")
        }
        var target = try TargetOptions.parse([])
        target.noPin = true
        target.asBuilt = true
        target.server = server
        let each = Machine.connectionsPerProcess
        // The kernel spreads them by a hash, so some servers get more than their share.
        target.servers = servers ?? (connections + connections / 25) / each + 1
        var runner = try JobRunner(target, load, output)
        _ = try runner.run(try job())
        try runner.finish()
    }

    private func job() throws -> Job {
        var plan = LoadPlan(kind: .reach)
        plan.totalConnections = connections
        plan.connectingAtOnce = 1024
        plan.openingPatience = 60
        plan.drainSeconds = 5
        return Job(
            load: "million", title: "\(Words.count(connections)) connections, each reached",
            unit: "connections reached", plan: plan, warmup: hold,
            // With this many connections each round of broadcasts takes long.
            seconds: max(load.seconds, 6 + Double(connections) / 20_000),
            serverCommand: try .broadcast(rooms: 1, "--no-limits"), measuresMemory: true)
    }

    /// Goes on in a network namespace that has nothing but a loopback interface.
    private static func goToNamespace() {
        let inside = #"ip link set lo up && exec "$0" "$@" --here"#
        Launch.become(
            ["unshare", "--net", "--", "sh", "-c", inside, Products.ownPath]
                + CommandLine.arguments.dropFirst())
    }
}
