// The program: the command `roost` and its subcommands.
import ArgumentParser
import CommandLineOptions

@main
struct Roost: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "roost",
        abstract: "A chat server: start it, open the page, talk.", version: Version.current,
        subcommands: [
            Serve.self, Status.self, Who.self, Rooms.self, Why.self, Publish.self, Kick.self,
            BanCommand.self, UnbanCommand.self, MuteCommand.self, UnmuteCommand.self,
            BansCommand.self, ModCommand.self, TokenCommand.self, AccountCommand.self,
            HookCommand.self, Reload.self, CheckHandOver.self, Stop.self, CheckConfig.self,
            Doctor.self, HistoryCommand.self,
        ], defaultSubcommand: Serve.self)

    /// As ArgumentParser's own, but for a server with a bad command line, which keeps its sockets.
    static func main() {
        var command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch {
            do {
                try Serve.standBy(error)
                return
            } catch {
                exit(withError: error)
            }
        }
        do {
            try command.run()
        } catch {
            exit(withError: error)
        }
    }
}
