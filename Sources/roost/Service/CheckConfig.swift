// `roost check-config`: reports the errors of a configuration file before it is used.
import ArgumentParser
import CommandLineOptions
import SystemdSupport

struct CheckConfig: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a configuration file, and report each error with its line.")

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

    /// Reports the errors as journal records, which the catalog explains, if standard error goes to
    /// the journal; otherwise as plain lines.
    private static func complain(_ error: ConfigurationError) {
        let destination = LogDestination.find()
        if destination == .journal {
            StartLog(destination, level: .info).fail(error.sentences)
        } else {
            for sentence in error.sentences { ErrorStream().write(sentence) }
        }
    }

    /// EX_CONFIG of sysexits(3).
    static let status: Int32 = 78
}
