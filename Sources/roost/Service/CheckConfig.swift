// `roost check-config`: says what is wrong with a configuration file, before it is needed.
import ArgumentParser
import CommandLineOptions
import SystemdSupport

struct CheckConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a configuration file, and say what is wrong in which line.")

    @Argument(help: "The file.")
    var file = Settings.standardPath

    func run() throws {
        do throws(ConfigurationError) {
            let count = try Settings.check(file)
            print("\(file) is good: \(count) setting\(count == 1 ? "" : "s").")
        } catch {
            Self.complain(error)
            throw ExitCode(Self.status)
        }
    }

    /// As records with an explanation where the journal listens, else as plain lines.
    private static func complain(_ error: ConfigurationError) {
        let destination = LogDestination.find()
        if destination == .journal {
            StartLog(destination, level: .info).fail(error.sentences)
        } else {
            for sentence in error.sentences { ErrorStream().write(sentence) }
        }
    }

    /// EX_CONFIG of sysexits(3): the unit does not restart a server that ended with it.
    static let status: Int32 = 78
}
