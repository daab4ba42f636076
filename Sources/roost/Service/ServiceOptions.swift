// The flags of a server that runs as a service.
import ArgumentParser
import CommandLineOptions
import Logging
import SystemdSupport

/// Where the configuration is, where the log goes, and when to end by itself.
struct ServiceOptions: ParsableArguments {
    @Option(
        help: """
            A file of lines 'key = value', where keys are the names of these flags. Flags on the \
            command line override it. It is read again on SIGHUP.
            """)
    var config: String?

    @Option(
        help: """
            End after this time without connections and requests (10min, 1h). For a server that \
            systemd starts again at the next connection; its rooms are forgotten then.
            """)
    var idleExit: TimeSpan?

    @Option(
        help: """
            Where the log goes: 'journal', 'prefixed' (standard error with <N>) or 'text'. Default: \
            the journal if there is one, text on a terminal, otherwise prefixed.
            """)
    var log: LogDestination?

    @Option(
        help: """
            The folder to which an ACME client writes its challenges, its webroot: what is in \
            DIR/.well-known/acme-challenge is served to the certificate authority.
            """)
    var acmeDirectory: String?

    @Option(help: "The lowest level that is logged.")
    var logLevel = LogLevel.info
}

extension LogDestination: ExpressibleByArgument {}

/// The lowest level that is logged, of the levels that the server uses.
enum LogLevel: String, ExpressibleByArgument, CaseIterable {
    case debug, info, notice, warning, error

    /// The logger's level.
    var level: Logger.Level {
        switch self {
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        }
    }
}
