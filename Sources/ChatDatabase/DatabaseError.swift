// Why a database cannot be used, in a sentence for the operator: what happened, where, what to do.
import ChatRooms
import Glibc

/// Why a database could not be opened, or why it stores nothing just now.
public struct DatabaseError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The kinds of trouble, each with a remedy of its own.
    public enum Kind: Sendable, Equatable {
        /// The store works again by itself once this is mended.
        case failing(StoreState.Reason)
        /// There is no folder for the file, or the file's name is that of something else.
        case noPlace
        /// A server has it open; the number is its process, 0 if that is not known.
        case inUse(process: Int)
        /// It was written by a newer version of roost.
        case newer(version: Int)
        /// It was written by an older version, and no server has opened it since.
        case older
        /// It is a database of some other program.
        case foreign
        /// A file is where a new one should be.
        case exists
        /// The system has no more threads.
        case noThread
        /// The system's SQLite was built without full-text search.
        case noFullText
    }

    public var kind: Kind
    /// The path of the database.
    public var path: String
    /// What SQLite or the system says; empty if that adds nothing.
    public var detail: String

    /// An error from its parts.
    public init(_ kind: Kind, _ path: String, detail: String = "") {
        self.kind = kind
        self.path = path
        self.detail = detail
    }

    init(_ failure: SQLiteFailure, _ path: String) {
        var detail = "SQLite: \(failure.message) (\(failure.code))"
        if failure.systemError != 0, let text = unsafe strerror(failure.systemError) {
            detail += unsafe ", \(String(cString: text))"
        }
        self.init(.failing(failure.reason), path, detail: detail)
    }

    /// An error of a system call that concerns the database's file.
    init(system number: Int32, _ path: String) {
        let text = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
        let kind: Kind =
            switch number {
            case ENOENT, ENOTDIR, EISDIR: .noPlace
            case ENOSPC, EDQUOT: .failing(.full)
            case EROFS, EACCES, EPERM: .failing(.readOnly)
            default: .failing(.failing)
            }
        self.init(kind, path, detail: text)
    }

    /// The reason in the words of a store.
    public var reason: StoreState.Reason {
        switch kind {
        case .failing(let reason): reason
        case .inUse: .locked
        case .foreign, .newer: .replaced
        case .noPlace, .noThread, .noFullText, .older, .exists: .failing
        }
    }

    /// Whether the connection is as good as before once its transaction is rolled back. After any
    /// other failure a new one is opened, which reads everything anew.
    var leavesConnectionUsable: Bool { reason == .full || reason == .locked }

    /// What happened, where, and what to do.
    public var description: String {
        detail.isEmpty ? sentence : "\(sentence) [\(detail)]"
    }

    private var sentence: String {
        switch kind {
        case .failing(let reason): Self.sentence(reason, path)
        case .noPlace:
            """
            The database \(path) can't be opened: its folder does not exist, or this is no file. \
            Make the folder, or name another file.
            """
        case .inUse(let process):
            """
            The database \(path) is in use\(process > 0 ? " by process \(process)" : ""). Only one \
            server can have it: stop that one, or name another file.
            """
        case .newer(let version):
            """
            The database \(path) was written by a newer version of roost (schema \(version), known \
            here: \(Schema.current.version)). Install that version, or restore a backup that is \
            older.
            """
        case .foreign:
            """
            The file \(path) is a database, but not one of roost. Nothing in it was changed: name \
            another file.
            """
        case .older:
            """
            The database \(path) was written by an older version of roost. Start the server once: \
            it brings the database to this version.
            """
        case .exists:
            "There is a file \(path) already. Nothing was changed: name another one, or remove it."
        case .noFullText:
            """
            The database \(path) can't be opened: this system's SQLite has no full-text search \
            (FTS5), which Debian, Ubuntu, Fedora and Alpine have. Install their libsqlite3.
            """
        case .noThread:
            "The system gives no thread for the database \(path): raise TasksMax= or ulimit -u."
        }
    }

    private static func sentence(_ reason: StoreState.Reason, _ path: String) -> String {
        switch reason {
        case .full:
            """
            No space is left for the database \(path). Make space on its file system: it goes on \
            by itself.
            """
        case .readOnly:
            """
            The database \(path) can't be written. The file, its folder and its file system have \
            to be writable for the server's user: then it goes on by itself.
            """
        case .locked:
            """
            Another program has locked the database \(path). It goes on by itself when that \
            program ends its transaction (find it with fuser).
            """
        case .damaged:
            """
            The database \(path) is damaged. Look at it with "roost history check", stop the \
            server and restore a backup with "roost history restore".
            """
        case .slow:
            """
            The disk of the database \(path) takes very long. It goes on by itself; look for \
            what else uses that disk.
            """
        case .replaced:
            """
            The database \(path) was removed or replaced while it was in use. Put it back, or \
            restart the server, which then uses the file that is there.
            """
        case .failing:
            """
            The disk of the database \(path) reports an error. The server goes on trying; look \
            into the kernel's journal (journalctl -k).
            """
        }
    }
}
