// How a file is opened for writing, and what it must be: done once by a server, and again after an
// error of the device.
import ChatRooms

/// A file that is open for writing.
struct OpenedFile {
    let connection: Connection
    /// Which file it is, and the random number that this server has written into it.
    let identity: FileFacts.Identity?
    let boot: String

    /// Opens the file for a server that begins: makes the tables, or brings them to this version.
    /// Throws without a change if the file is not ours, or is newer, or if it is not the one with
    /// the number `boot`, where that is given: then it keeps its number.
    static func begin(
        _ path: String, _ options: DatabaseOptions, resuming boot: String? = nil
    ) throws(DatabaseError) -> OpenedFile {
        guard Connection.hasFullText else { throw DatabaseError(.noFullText, path) }
        let connection = try Connection(path, .writing, vfs: options.fileSystem)
        let isOurs = try Schema.isOurs(connection)
        guard isOurs != false else { throw DatabaseError(.foreign, path) }
        let version = try Schema.version(of: connection)
        guard version <= options.schema.version else {
            throw DatabaseError(.newer(version: version), path)
        }
        if isOurs == nil {
            // They count for an empty file only.
            try connection.run("PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL")
        }
        if let boot {
            guard isOurs == true, try self.boot(in: connection) == boot else {
                throw DatabaseError(.failing(.replaced), path)
            }
        }
        try configure(connection, options)
        try options.schema.migrate(connection)
        try NameKeys.renew(connection)
        try SearchIndex.renew(connection)
        if boot == nil { try connection.run("UPDATE meta SET boot = randomblob(16)") }
        return OpenedFile(
            connection: connection, identity: FileFacts.identity(path),
            boot: try self.boot(in: connection))
    }

    /// Opens the same file again. Throws if it is another one by now.
    func again(_ options: DatabaseOptions) throws(DatabaseError) -> OpenedFile {
        let path = connection.path
        guard FileFacts.identity(path) == identity else {
            throw DatabaseError(.failing(.replaced), path)
        }
        let connection = try Connection(path, .writing, vfs: options.fileSystem)
        guard try Schema.isOurs(connection) == true, try Self.boot(in: connection) == boot else {
            throw DatabaseError(.failing(.replaced), path)
        }
        try Self.configure(connection, options)
        return OpenedFile(connection: connection, identity: identity, boot: boot)
    }

    /// Opens the file for questions only. 8 MiB of cache hold what 40,000 messages are in: people
    /// who come back at once ask for about the same time, in different rooms.
    static func reading(
        _ path: String, _ options: DatabaseOptions
    ) throws(DatabaseError) -> Connection {
        let connection = try Connection(path, .reading, vfs: options.fileSystem)
        try connection.run("PRAGMA cache_size = -8192; PRAGMA cell_size_check = 1")
        return connection
    }

    private static func configure(
        _ connection: Connection, _ options: DatabaseOptions
    ) throws(DatabaseError) {
        let mode = try connection.text("PRAGMA journal_mode = WAL")
        guard mode == "wal" else {
            throw DatabaseError(
                .failing(.failing), connection.path,
                detail: "its file system gives no shared memory for a write-ahead log")
        }
        // What is deleted is overwritten, so that it can't be read from the file any more. 2 MiB
        // of cache hold the upper pages of the indexes of ten million entries. A log that a long
        // reader has made large becomes small again.
        try connection.run(
            """
            PRAGMA synchronous = \(synchronous(options)); PRAGMA secure_delete = 1;
            PRAGMA cache_size = -2048; PRAGMA cell_size_check = 1; PRAGMA temp_store = MEMORY;
            PRAGMA journal_size_limit = 8388608
            """)
    }

    /// How a commit waits: FULL until the log is on the disk; NORMAL until a checkpoint.
    static func synchronous(_ options: DatabaseOptions) -> String {
        guard options.waitsForDisk else { return "OFF" }
        return options.acknowledgement == .durable ? "FULL" : "NORMAL"
    }

    private static func boot(in connection: Connection) throws(DatabaseError) -> String {
        try connection.text("SELECT hex(boot) FROM meta") ?? ""
    }
}
