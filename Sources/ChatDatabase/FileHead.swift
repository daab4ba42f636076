// UNSAFE: open(2) and pread(2) into a local array, within its count.
//
// What the first bytes of a file say, without SQLite: a look changes nothing, not even the files
// beside it.
import Glibc

/// The head of a database's file (sqlite.org/fileformat.html).
public enum FileHead {
    private static let byteCount = 100
    private static let magic = Array("SQLite format 3\0".utf8)

    /// Why this program cannot use the file: it is no database of roost's, or a newer version's.
    /// nil if nothing speaks against it, and if there is no file or it cannot be read. What is in
    /// the log only is not looked at: there a new database has its number, too.
    ///
    /// For a process that does not have the database open: closing the file would drop SQLite's
    /// locks on it (fcntl(2)).
    public static func problem(ofFile path: String) -> DatabaseError? {
        guard let head = bytes(path), !head.isEmpty else { return nil }
        guard head.count == byteCount, head.starts(with: magic) else {
            return DatabaseError(.foreign, path)
        }
        let id = number(head, at: 68)
        if id == 0, !FileSteps.isEmpty(path + "-wal") { return nil }
        guard id == Schema.applicationID else { return DatabaseError(.foreign, path) }
        let version = Int(number(head, at: 60))
        return version > Schema.current.version
            ? DatabaseError(.newer(version: version), path) : nil
    }

    private static func bytes(_ path: String) -> [UInt8]? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: byteCount)
        let count = unsafe pread(file, &bytes, byteCount, 0)
        return count < 0 ? nil : Array(bytes[..<count])
    }

    /// Four bytes, the most significant first.
    private static func number(_ bytes: [UInt8], at index: Int) -> Int64 {
        bytes[index..<index + 4].reduce(0) { $0 << 8 | Int64($1) }
    }
}
