// `bench echo`: every message comes back.
import ArgumentParser

struct EchoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "echo", abstract: "Every message comes back to its sender.")

    @Option(name: [.customShort("c"), .long], help: "Connections.")
    var connections = 100

    @OptionGroup var message: MessageOptions
    @OptionGroup var load: LoadOptions
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func run() throws {
        var runner = try JobRunner(target, load, output)
        _ = try runner.run(Self.job(connections, message, load))
        try runner.finish()
    }

    static func job(_ connections: Int, _ message: MessageOptions, _ load: LoadOptions) throws
        -> Job
    {
        var plan = LoadPlan(kind: .echo)
        message.apply(to: &plan)
        plan.totalConnections = connections
        return Job(
            load: "echo", title: "\(message.words), \(Words.plural(connections, "connection"))",
            unit: "messages", plan: plan, warmup: load.warmup, seconds: load.seconds,
            serverCommand: try .echo())
    }
}
