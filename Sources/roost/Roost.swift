// The program: the command `roost` and its subcommands.
import ArgumentParser

@main
struct Roost: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roost",
        abstract: "A chat server: start it, open the page, talk.",
        subcommands: [
            Serve.self, Status.self, Who.self, Rooms.self, Why.self, Publish.self, Kick.self,
            Reload.self, Stop.self, CheckConfig.self, Doctor.self,
        ], defaultSubcommand: Serve.self)
}
