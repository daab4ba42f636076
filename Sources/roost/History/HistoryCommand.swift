// `roost history`: the chat's database beside the server: taken along, brought back, looked at.
import ArgumentParser
import ChatDatabase
import CommandLineOptions

struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Export, import, check, back up and restore what was said.",
        discussion: """
            "backup" and "restore" copy everything that the server keeps, with users and \
            sessions. "export" and "import" handle messages only, as lines of JSON. \
            "export", "check" and "backup" work while the server runs; "import" and "restore" want \
            it stopped.
            """,
        subcommands: [
            HistoryExport.self, HistoryImportCommand.self, HistoryCheck.self, HistoryBackup.self,
            HistoryRestore.self,
        ])
}

/// Which database a command is for.
struct DatabaseOption: ParsableArguments {
    @Option(
        name: .customLong("database"),
        help: """
            The database's file. Default: roost.db in $STATE_DIRECTORY, else \
            \(DatabasePlace.packaged) if there is one, else ~/.local/share/roost/roost.db.
            """)
    var given: String?

    var path: String { given ?? DatabasePlace.standard() }
}

/// Where the database of this machine is, if nobody says.
enum DatabasePlace {
    /// That of the packaged service.
    static let packaged = "/var/lib/roost/roost.db"

    /// The path for the environment of this process.
    static func standard(
        _ environment: (String) -> String? = SystemUser.environment,
        isThere: (String) -> Bool = { (try? TextFile.permissions($0)) != nil }
    ) -> String {
        if environment("STATE_DIRECTORY") == nil, isThere(packaged) { return packaged }
        return own(environment)
    }

    /// Where a server of this environment has its own.
    static func own(_ environment: (String) -> String? = SystemUser.environment) -> String {
        if let folders = environment("STATE_DIRECTORY") {
            return folders.prefix { $0 != ":" } + "/roost.db"
        }
        let home = environment("XDG_DATA_HOME") ?? (environment("HOME") ?? "") + "/.local/share"
        return home + "/roost/roost.db"
    }
}
