// UNSAFE: system calls on paths: what the commands do to whole files, so that each is there as a
// whole after a crash. Every pointer is a string's, during the call.
import Glibc

/// Steps with files that no connection has open.
enum FileSteps {
    /// Makes an empty file that only its owner may read. Root gives it to the owner of its folder,
    /// who is the server's user.
    static func create(_ path: String) throws(DatabaseError) {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw DatabaseError(system: errno, path) }
        give(file, path)
        close(file)
    }

    /// What root makes belongs to the owner of the folder.
    static func give(_ file: Int32, _ path: String) {
        var status = stat()
        guard geteuid() == 0, unsafe stat(folder(of: path), &status) == 0 else { return }
        fchown(file, status.st_uid, status.st_gid)
    }

    /// Renames within a folder, and waits until that is on the disk.
    static func rename(_ path: String, _ target: String) throws(DatabaseError) {
        guard unsafe Glibc.rename(path, target) == 0 else {
            throw DatabaseError(system: errno, target)
        }
        let folder = unsafe open(folder(of: target), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// Gives the file a second name, so that it is still there when the first one is another
    /// file's. Where a file system has no second names, the file gets the new one.
    static func keep(_ path: String, as aside: String) throws(DatabaseError) {
        if unsafe link(path, aside) != 0 { try rename(path, aside) }
    }

    static func remove(_ path: String) { unsafe unlink(path) }

    /// Whether there is nothing in the file, or no file.
    static func isEmpty(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) != 0 || status.st_size == 0
    }

    /// Moves what is in the log of a database into its file, if both are sound.
    static func closeLog(of path: String) {
        guard let connection = try? Connection(path, .writing) else { return }
        _ = try? connection.checkpoint(.truncating)
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
