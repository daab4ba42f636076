// UNSAFE: mkdir(2) reads a string during the call.
//
// The flags about what is kept of messages, and where.
import ArgumentParser
import ChatDatabase
import ChatRooms
import CommandLineOptions
import Glibc

/// Where messages and names are kept, and for how long.
struct HistoryOptions: ParsableArguments {
    /// How surely a message is kept when it is acknowledged.
    enum Acknowledgement: String, ExpressibleByArgument, CaseIterable {
        case durable, fast
    }

    @Option(
        help: """
            The database of messages, names and sessions: a file, or 'memory' to keep them in \
            memory only. Default: $STATE_DIRECTORY/roost.db, which systemd sets, else \
            ~/.local/share/roost/roost.db.
            """)
    var history: String?

    @Option(
        help: """
            When a message is pushed and acknowledged: 'durable', when it is on the disk; or \
            'fast', at once, and a crash may lose what was said within the last moments.
            """)
    var ack = Acknowledgement.durable

    @Option(
        help: """
            The most bytes of the database: beyond it the oldest messages go. Default: 2G, or a \
            tenth of the file system if that is less.
            """)
    var historySize: ByteCount?

    @Option(help: "How long messages are kept, such as 90d. Default: for ever.")
    var historyAge: TimeSpan?

    @Option(help: "The most messages kept of one room, or 'off'. Default: off.")
    var historyMessages: Limit?

    @Option(
        help: """
            The most bytes of messages that one address may have kept in a day; more is refused. \
            Default: 64M. Loopback is exempt.
            """)
    var historyPerAddress: ByteCount?

    func validate() throws {
        if let historySize, historySize.value < 1 << 20 {
            throw ValidationError("--history-size must be at least 1M.")
        }
        if history == "" { throw ValidationError("--history takes a file, or 'memory'.") }
    }

    /// The database's path; nil for memory alone.
    var path: String? { history == "memory" ? nil : history ?? DatabasePlace.own() }

    /// How the database keeps what it is given.
    var options: DatabaseOptions {
        var options = DatabaseOptions()
        options.acknowledgement = ack == .fast ? .early : .durable
        options.retention.byteCount = historySize?.value
        options.retention.countPerRoom = historyMessages?.value
        options.retention.age = historyAge.map { Int64(clamping: $0.duration.wholeMilliseconds) }
        return options
    }

    /// What opens the database; nil if messages are kept in memory only.
    var keeper: StoreKeeper? { path.map { StoreKeeper(path: $0, options: options) } }

    /// Makes the folder of the database, if the place is the usual one.
    func makeFolder() {
        if history == nil, let path { Self.makeFolder(of: path) }
    }

    /// Makes the folders of a path, for this user alone. What fails here fails again when the file
    /// is opened, which says why.
    private static func makeFolder(of path: String) {
        var folder = ""
        for part in path.split(separator: "/").dropLast() {
            folder += "/\(part)"
            _ = unsafe mkdir(folder, 0o700)
        }
    }
}
