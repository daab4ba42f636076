// UNSAFE: a connection through SQLite's C interface. Its handle is open from `init` to `deinit`;
// statements hold the connection, so that none of them is left when it closes.
import CSQLite
import Glibc

/// One connection to a database file. It belongs to one thread.
@safe
final class Connection {
    enum Access {
        /// Creates nothing, and changes nothing but by a checkpoint.
        case reading
        case writing
    }

    let handle: OpaquePointer
    let path: String
    /// How many frames the write-ahead log had after the last commit of this connection.
    private(set) var logFrameCount = 0

    /// Opens the existing file at `path`; `vfs` names the file system that SQLite uses, nil is its
    /// own.
    init(_ path: String, _ access: Access, vfs: String? = nil) throws(DatabaseError) {
        _ = Self.library
        var opened: OpaquePointer?
        // No mutexes: one thread. A failed opening leaves a handle that holds the message.
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let status = unsafe sqlite3_open_v2(path, &opened, flags, vfs)
        guard let handle = unsafe opened else {
            throw DatabaseError(SQLiteFailure(code: SQLITE_NOMEM, message: "out of memory"), path)
        }
        guard status == SQLITE_OK else {
            let failure = unsafe Self.failure(of: handle, status)
            unsafe sqlite3_close_v2(handle)
            throw DatabaseError(failure, path)
        }
        unsafe self.handle = handle
        self.path = path
        unsafe csqlite_configure(handle, SQLITE_DBCONFIG_DEFENSIVE, 1)
        unsafe csqlite_configure(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        // Another program may hold a lock for a moment. What takes longer is a state of the store.
        unsafe sqlite3_busy_timeout(handle, 100)
        // It replaces SQLite's own checkpoint within each commit.
        unsafe sqlite3_wal_hook(
            handle,
            { context, _, _, frameCount in
                let connection = unsafe Unmanaged<Connection>.fromOpaque(context!)
                unsafe connection.takeUnretainedValue().logFrameCount = Int(frameCount)
                return SQLITE_OK
            }, Unmanaged.passUnretained(self).toOpaque())
        if access == .reading { try run("PRAGMA query_only = 1") }
    }

    deinit { unsafe sqlite3_close_v2(handle) }

    /// Once in a process.
    private static let library = csqlite_begin()

    /// Runs statements that return nothing of interest.
    func run(_ sql: String) throws(DatabaseError) {
        try check(unsafe sqlite3_exec(handle, sql, nil, nil, nil))
    }

    /// The first column of the first row; nil if there is none, or it is null.
    func integer(_ sql: String) throws(DatabaseError) -> Int64? {
        try Statement(sql, on: self).value()
    }

    /// The first column of the first row as text; nil if there is no row.
    func text(_ sql: String) throws(DatabaseError) -> String? {
        let statement = try Statement(sql, on: self)
        defer { statement.reset() }
        return try statement.step() ? statement.string(0) : nil
    }

    /// Closing leaves the write-ahead log where it is, for whoever opens the file next.
    func keepLogAtClose() {
        unsafe csqlite_configure(handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    }

    /// How many rows the last statement has inserted, changed or deleted.
    var changeCount: Int { Int(unsafe sqlite3_changes64(handle)) }

    /// How many rows have been changed since the opening, those of virtual tables included.
    var totalChangeCount: Int { Int(unsafe sqlite3_total_changes64(handle)) }

    /// Whether the system's SQLite has FTS5, for the index of words.
    static var hasFullText: Bool { unsafe sqlite3_compileoption_used("ENABLE_FTS5") != 0 }

    /// Whether a transaction has begun and not ended.
    var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

    /// Whether the file is no longer the one at its path: it was renamed, replaced or removed.
    var hasMoved: Bool {
        var moved: Int32 = 0
        let status = unsafe sqlite3_file_control(handle, "main", SQLITE_FCNTL_HAS_MOVED, &moved)
        return status == SQLITE_OK && moved != 0
    }

    /// How much of the log a checkpoint waits for.
    enum Checkpoint {
        /// Moves what nobody reads; waits for nobody.
        case passive
        /// Moves everything and empties the file of the log.
        case truncating
    }

    /// Moves what is in the log into the file. Returns how many frames are left to be moved.
    @discardableResult
    func checkpoint(_ kind: Checkpoint) throws(DatabaseError) -> Int {
        let mode =
            kind == .passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE
        var (logged, moved) = (Int32(0), Int32(0))
        try check(unsafe sqlite3_wal_checkpoint_v2(handle, "main", mode, &logged, &moved))
        logFrameCount = Int(max(0, logged - moved))
        return logFrameCount
    }

    /// Frees the pages of the file that are in memory.
    func releaseCache() { _ = unsafe sqlite3_db_release_memory(handle) }

    /// Copies all pages into an empty file, some at a time.
    func copy(
        to target: Connection, pagesAtOnce: Int32, _ progress: (Int, Int) -> Void
    ) throws(DatabaseError) {
        guard let copying = unsafe sqlite3_backup_init(target.handle, "main", handle, "main") else {
            throw DatabaseError(
                unsafe Self.failure(of: target.handle, sqlite3_errcode(target.handle)), target.path)
        }
        var status = SQLITE_OK
        while status == SQLITE_OK || status == SQLITE_BUSY || status == SQLITE_LOCKED {
            status = unsafe sqlite3_backup_step(copying, pagesAtOnce)
            let all = Int(unsafe sqlite3_backup_pagecount(copying))
            progress((all - Int(unsafe sqlite3_backup_remaining(copying))) * 4096, all * 4096)
        }
        // It ends the transaction of the target, which waits for the disk.
        try target.check(unsafe sqlite3_backup_finish(copying))
    }

    /// Throws what a result code says, with SQLite's sentence for it.
    func check(_ status: Int32) throws(DatabaseError) {
        guard status == SQLITE_OK else {
            throw DatabaseError(unsafe Self.failure(of: handle, status), path)
        }
    }

    private static func failure(of handle: OpaquePointer, _ status: Int32) -> SQLiteFailure {
        // SQLite does not note what the system said to a write of a commit; it is in errno still.
        let system = errno
        let message = unsafe String(cString: sqlite3_errmsg(handle))
        let noted = unsafe sqlite3_system_errno(handle)
        let isWrite = noted == 0 && SQLiteFailure.isWrite(status)
        return SQLiteFailure(
            code: status, message: message, systemError: isWrite ? system : noted)
    }
}
