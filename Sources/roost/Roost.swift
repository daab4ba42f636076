// The program: the command `roost` and its subcommands.
import ArgumentParser
import CommandLineOptions
import LinuxReactor
import WebSocketServer

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
        do {
            // ArgumentParser takes 7 ms, in which a program that takes over serves nobody.
            if StartPurpose.current == .takeOver,
                let command = Serve(plain: Settings.givenArguments)
            {
                return takeOver(command)
            }
            var command: any ParsableCommand
            do {
                command = try parseAsRoot()
            } catch {
                return try Serve.standBy(error)
            }
            // What the program would do is tried where nothing can happen.
            if StartPurpose.current == .check, command is Serve,
                let plain = Serve(plain: Settings.givenArguments)
            {
                command = plain
            }
            try command.run()
        } catch {
            exit(withError: error)
        }
    }

    /// Ends the process if it cannot take over. To say an error as the parser does takes the parser
    /// its time, too: the sooner the process has ended, the sooner its clients come back.
    private static func takeOver(_ command: Serve) {
        do {
            try command.run()
        } catch let code as ExitCode {
            // It has said why, or it has served, and ends in order.
            exit(withError: code)
        } catch {
            LinuxKernel.exit(ExitCode.failure.rawValue, saying: "Error: \(error)\n")
        }
    }
}
