// `roost history check`, `backup` and `restore`: whole databases.
import ArgumentParser
import ChatDatabase
import CommandLineOptions
import SystemdSupport

struct HistoryCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Look for damage: in the file, and between messages, rooms and users.",
        discussion: """
            The exit status is 0 if all is well, and 1 if not; each flaw is a sentence. It reads \
            everything: with ten million messages it takes a minute or two. The server goes on \
            meanwhile.
            """)

    @Flag(help: "Look at the file's structure only.")
    var quick = false

    @OptionGroup var database: DatabaseOption

    func run() throws {
        let path = database.path
        let flaws = try HistoryFile(path).flaws(isQuick: quick)
        if flaws.isEmpty { return print("The database \(path) is sound.") }
        for flaw in flaws { print(flaw.shown) }
        ErrorStream().write(
            """
            The database \(path) is damaged. Stop the server, and restore a backup: \
            roost history restore FILE
            """)
        throw ExitCode(1)
    }
}

struct HistoryBackup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the database into a new file, while the server runs.",
        discussion: """
            roost history backup /var/backups/roost-$(date +%F).db

            The copy has everything: messages, rooms, users, passwords' hashes and sessions' \
            proofs. Keep it as safe as the database.
            """)

    @Argument(help: "The file to make. It must not exist.")
    var file: String

    @OptionGroup var database: DatabaseOption

    func run() throws {
        try HistoryFile(database.path).backup(to: file)
        print("The database \(database.path) is copied into \(file).")
    }
}

struct HistoryRestore: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore",
        abstract: "Put a backup in the place of a stopped server's database.",
        discussion: """
            sudo roost stop
            sudo roost history restore /var/backups/roost-2026-11-29.db
            sudo systemctl start roost.socket

            The backup is checked first. The database that was there is kept beside the new one. \
            Clients notice that something is missing, and load what there is anew.
            """)

    @Argument(help: "The backup.")
    var file: String

    @OptionGroup var database: DatabaseOption

    func run() throws {
        let path = database.path
        let aside = try HistoryFile(file).restore(to: path)
        print("The backup \(file) is now the database \(path).")
        if let aside { print("What was there before is kept: \(aside)") }
    }
}
