// UNSAFE: system calls on a file of its own beside the database, and on the path of the database:
// open(2), flock(2), read(2) and write(2) with local buffers. No file of SQLite's is opened here
// while SQLite may have it: closing any descriptor of it would drop SQLite's locks (fcntl(2)).
import Glibc
import Synchronization

/// The right to be the only process that uses a database. It is given up when this goes away.
final class LockFile: Sendable {
    private let held: Mutex<Int32?>

    /// Takes the lock, and makes the database's file if there is none: its mode is 0600, and SQLite
    /// gives the files beside it the same. Throws if another process has the lock.
    init(forDatabase path: String) throws(DatabaseError) {
        var status = stat()
        if unsafe stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            throw DatabaseError(.noPlace, path)
        }
        let descriptor = try Self.open(path + ".lock", path)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let process = Self.number(in: descriptor)
            Glibc.close(descriptor)
            throw DatabaseError(.inUse(process: process), path)
        }
        ftruncate(descriptor, 0)
        let line = "\(getpid())\n"
        _ = unsafe pwrite(descriptor, line, line.utf8.count, 0)
        // With the lock, no server has it; and who makes it closes it before SQLite opens it.
        let database = unsafe Glibc.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if database >= 0 {
            Glibc.close(database)
        } else if errno != EEXIST {
            let number = errno
            Glibc.close(descriptor)
            throw DatabaseError(system: number, path)
        }
        held = Mutex(descriptor)
    }

    deinit { release() }

    /// Gives the lock up. The file stays: removing it could remove a lock that somebody has just
    /// taken.
    func release() {
        held.withLock { descriptor in
            if let descriptor { Glibc.close(descriptor) }
            descriptor = nil
        }
    }

    private static func open(
        _ lockPath: String, _ path: String
    ) throws(DatabaseError) -> Int32 {
        let descriptor = unsafe Glibc.open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DatabaseError(system: errno, path) }
        return descriptor
    }

    private static func number(in descriptor: Int32) -> Int {
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = unsafe pread(descriptor, &buffer, buffer.count, 0)
        let digits = buffer.prefix(max(0, count)).prefix { (0x30...0x39).contains($0) }
        return Int(String(decoding: digits, as: UTF8.self)) ?? 0
    }
}

/// What the database has to know of files.
enum FileFacts {
    /// Which file it is, whatever its name: device and inode.
    struct Identity: Equatable {
        var device: UInt
        var inode: UInt
    }

    /// The identity of the file at `path`; nil if there is none.
    static func identity(_ path: String) -> Identity? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
    }

    /// How many bytes the file system of `path` has; nil if that is not known.
    static func fileSystemByteCount(_ path: String) -> Int? {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return nil }
        return Int(clamping: UInt64(status.f_blocks) &* UInt64(status.f_frsize))
    }
}
