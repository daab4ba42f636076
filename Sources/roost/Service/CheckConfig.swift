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
            print(Self.praise(file, settingCount: count))
        } catch {
            Self.complain(error)
            throw ExitCode(Self.status)
        }
    }

    static func praise(_ file: String, settingCount: Int) -> String {
        switch settingCount {
        case 0: "\(file) is good, but sets nothing: it has only comments and empty lines."
        case 1: "\(file) is good: 1 setting."
        default: "\(file) is good: \(settingCount) settings."
        }
    }

    /// Reports the errors as journal records, which the catalog explains, if standard error goes to
    /// the journal; otherwise as plain lines.
    private static func complain(_ error: ConfigurationError) {
        let destination = LogDestination.find()
        if destination == .journal {
            StartLog(destination, level: .info).fail(error.sentences)
        } else {
            for sentence in error.sentences { ErrorStream().write(TerminalText.line(sentence)) }
        }
    }

    /// EX_CONFIG of sysexits(3).
    static let status: Int32 = 78
}
