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

    var path: String { given ?? DatabasePlace.standard }
}

/// Where the database of this machine is, if nobody says.
enum DatabasePlace {
    /// That of the packaged service.
    static let packaged = "/var/lib/roost/roost.db"

    /// The server's own, where systemd or nobody says; the packaged service's where it is there.
    static var standard: String {
        let isPackaged =
            SystemUser.environment("STATE_DIRECTORY") == nil
            && (try? TextFile.permissions(packaged)) != nil
        return isPackaged ? packaged : HistoryOptions.standardPath
    }
}
