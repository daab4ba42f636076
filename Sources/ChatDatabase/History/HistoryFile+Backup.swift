// Copies of a database: made beside a server, and put in its place without one.
import ChatRooms

extension HistoryFile {
    /// Copies the database into a new file, as it is at one moment; a server goes on meanwhile. The
    /// copy is on the disk when this returns.
    ///
    /// - Parameters:
    ///   - target: the new file's path. It has the mode 0600, and the owner of its folder if root
    ///     makes it.
    ///   - progress: gets the bytes copied so far, and all of them, about four times in a megabyte.
    public func backup(
        to target: String, progress: (_ copied: Int, _ all: Int) -> Void = { _, _ in }
    ) throws(DatabaseError) {
        let partial = target + ".partial"
        FileSteps.remove(partial)
        guard FileFacts.identity(target) == nil else { throw DatabaseError(.exists, target) }
        try FileSteps.create(partial)
        do throws(DatabaseError) {
            let copy = try Connection(partial, .writing)
            // Of one moment: without it, each commit of a server would start the copy anew.
            try inOneState { () throws(DatabaseError) in
                _ = try connection.integer("SELECT one FROM meta")
                try connection.copy(to: copy, pagesAtOnce: 64, progress)
            }
            // So that it is one file, which can also be read where nothing can be written.
            try copy.run("PRAGMA journal_mode = DELETE")
        } catch {
            FileSteps.remove(partial)
            throw error
        }
        try FileSteps.rename(partial, target)
    }

    /// Puts a copy of this database at the path of another one, which no server has open. What was
    /// there is kept under the name that is returned; nil if there was nothing.
    ///
    /// It throws if this database is not sound; what was there is then as it was.
    public func restore(to path: String) throws -> String? {
        let lock = try LockFile(forDatabase: path)
        defer { lock.release() }
        let flaws = try flaws()
        guard flaws.isEmpty else { throw FlawedBackup(path: self.path, flaws: flaws) }
        let new = path + ".new"
        FileSteps.remove(new)
        try backup(to: new)
        // 20261129T083000: of no file that is there yet.
        let now = Timestamp(monotonic: 0, wall: Clock.wallMilliseconds).wallText
        let aside = path + ".before-" + now.prefix(19).filter { $0 != "-" && $0 != ":" }
        guard FileFacts.identity(aside) == nil else { throw DatabaseError(.exists, aside) }
        let hadOne = !FileSteps.isEmpty(path)
        if hadOne {
            // Its log goes with it: beside the new file, it would be taken for that one's.
            FileSteps.closeLog(of: path)
            if FileFacts.identity(path + "-wal") != nil {
                try FileSteps.rename(path + "-wal", aside + "-wal")
            }
            // At every moment there is a database: of an empty path, a server would make a new one.
            try FileSteps.keep(path, as: aside)
        }
        FileSteps.remove(path + "-wal")
        FileSteps.remove(path + "-shm")
        try FileSteps.rename(new, path)
        return hadOne ? aside : nil
    }
}

/// Why a backup is not restored.
public struct FlawedBackup: Error, CustomStringConvertible {
    public var path: String
    /// What ``HistoryFile/flaws(isQuick:)`` has found.
    public var flaws: [String]

    public var description: String {
        "The backup \(path) is not sound, and was not restored:\n" + flaws.joined(separator: "\n")
    }
}
