// A database as the commands of `roost history` see it: beside a server, or without one.
import ChatRooms

/// A database that commands read, while a server has it or not.
public final class HistoryFile {
    let connection: Connection
    /// The path of the file.
    public let path: String

    /// Opens the existing database at `path`. Nothing in it is changed. Throws a sentence if it is
    /// missing, of another program, or of another version.
    public init(_ path: String) throws(DatabaseError) {
        guard FileFacts.identity(path) != nil else { throw DatabaseError(.noPlace, path) }
        self.path = path
        connection = try OpenedFile.reading(path, DatabaseOptions())
        guard try Schema.isOurs(connection) == true else { throw DatabaseError(.foreign, path) }
        let version = try Schema.version(of: connection)
        guard version <= Schema.current.version else {
            throw DatabaseError(.newer(version: version), path)
        }
        guard version == Schema.current.version else { throw DatabaseError(.older, path) }
    }

    /// Everything that `body` reads is of one moment.
    func inOneState<Result>(
        _ body: () throws(DatabaseError) -> Result
    ) throws(DatabaseError) -> Result {
        try connection.run("BEGIN")
        defer { try? connection.run("COMMIT") }
        return try body()
    }

    /// The names of all rooms by their numbers.
    func roomNames() throws(DatabaseError) -> [Int64: String] {
        var names: [Int64: String] = [:]
        let rooms = try Statement("SELECT number, name FROM rooms", on: connection)
        while try rooms.step() { names[rooms.integer(0)] = rooms.string(1) }
        return names
    }
}
