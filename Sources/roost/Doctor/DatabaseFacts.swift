// UNSAFE: stat(2), statvfs(3) and getpwuid_r(3) fill locals, which live until they have been read.
//
// The files of a database and their file system, as anybody sees them who may look.
import ChatDatabase
import Glibc

/// What is there of a database. A value that could not be read is nil.
struct DatabaseFacts: Equatable {
    /// A folder or a file.
    struct Entry: Equatable {
        var path: String
        /// The user that it belongs to.
        var owner: UInt32
        /// The permissions, as chmod(1) takes them.
        var mode: UInt32
        var isRegular = true
        var byteCount = 0
    }

    /// The path of the database.
    var path: String
    /// The folder of the database.
    var folder: Entry?
    /// The database and the files beside it, as far as they are there.
    var files: [Entry] = []
    /// The user of the server's process.
    var server: UInt32?
    /// What is free on the file system for other users than root, and its size.
    var freeByteCount: Int?
    var fileSystemByteCount: Int?
    var isFileSystemReadOnly = false
    /// Whether this user may not look into the folder.
    var isHidden = false
    /// Why this program cannot use the file, whoever asks it to.
    var problem: DatabaseError?
}

extension DatabaseFacts {
    /// Looks at the database at `path`, which the server of `process` has or will have.
    init(path: String, process: Int32?) {
        self.path = path
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        self.folder = Self.entry(folder)
        isHidden = self.folder == nil && errno == EACCES
        for suffix in ["", "-wal", "-shm", ".lock"] {
            if let file = Self.entry(path + suffix) {
                files.append(file)
            } else if errno == EACCES {
                isHidden = true
            }
        }
        server = process.flatMap { Self.entry("/proc/\($0)")?.owner }
        var status = statvfs()
        if unsafe statvfs(folder, &status) == 0 {
            let block = UInt64(status.f_frsize)
            freeByteCount = Int(clamping: UInt64(status.f_bavail) &* block)
            fileSystemByteCount = Int(clamping: UInt64(status.f_blocks) &* block)
            isFileSystemReadOnly = status.f_flag & UInt(ST_RDONLY) != 0
        }
        if files.first?.path == path, files[0].isRegular {
            problem = FileHead.problem(ofFile: path)
        }
    }

    /// What is at this path, behind links; nil if there is nothing, and errno says why.
    private static func entry(_ path: String) -> Entry? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return Entry(
            path: path, owner: status.st_uid, mode: UInt32(status.st_mode) & 0o7777,
            isRegular: status.st_mode & S_IFMT == S_IFREG, byteCount: Int(status.st_size))
    }
}

extension SystemUser {
    /// The name of the user with this number; the number if it has none.
    static func name(ofUser number: UInt32) -> String {
        var entry = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 65_536)
        let status = unsafe getpwuid_r(number, &entry, &buffer, buffer.count, &found)
        guard status == 0, unsafe found != nil, let name = unsafe entry.pw_name else {
            return "\(number)"
        }
        return unsafe String(cString: name)
    }
}
