// `bench`: floods a WebSocket server with clients, and reports how much load it can take.
import ArgumentParser
import CommandLineOptions

@main
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Flood a WebSocket server with clients, and measure how much load it can take.",
        discussion: """
            Alone it starts the servers of this package and takes a tour of two minutes. \
            Benchmarks/README.md says how to read the figures.
            """,
        version: Version.current,
        subcommands: [
            SuiteCommand.self, EchoCommand.self, FanoutCommand.self, ChatCommand.self,
            IdleCommand.self,
            ChurnCommand.self, SlowCommand.self, ResumeCommand.self, UpgradeCommand.self,
            PollingCommand.self, MillionCommand.self,
            CompareCommand.self, PeersCommand.self, ChartCommand.self, WorkerCommand.self,
            Launch.self,
        ],
        defaultSubcommand: SuiteCommand.self)
}
