// What SQLite says when something fails, and which of an operator's kinds of trouble it is.
import CSQLite
import ChatRooms
import Glibc

/// A failed call of SQLite.
struct SQLiteFailure {
    /// The extended result code: https://sqlite.org/rescode.html.
    var code: Int32
    /// SQLite's sentence.
    var message: String
    /// errno(3) of the system call behind it; 0 if there was none.
    var systemError: Int32 = 0

    /// The low byte: the kind of failure, without its details.
    var primaryCode: Int32 { code & 0xFF }

    /// Whether a write, a sync or a truncation has failed.
    static func isWrite(_ code: Int32) -> Bool {
        // SQLITE_IOERR_WRITE, _FSYNC, _DIR_FSYNC and _TRUNCATE: macros that Swift does not import.
        code & 0xFF == SQLITE_IOERR && 3...6 ~= code >> 8
    }

    /// What an operator has to mend.
    var reason: StoreState.Reason {
        switch primaryCode {
        case SQLITE_FULL: .full
        case SQLITE_BUSY, SQLITE_LOCKED, SQLITE_PROTOCOL: .locked
        // The extended codes are macros that Swift does not import: 4 is …_DBMOVED.
        case SQLITE_READONLY: code == SQLITE_READONLY | 4 << 8 ? .replaced : .readOnly
        case SQLITE_PERM, SQLITE_AUTH: .readOnly
        // A constraint that does not hold: nothing here ever adds what would break one.
        case SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_FORMAT, SQLITE_CONSTRAINT, SQLITE_MISMATCH:
            .damaged
        default: reasonOfSystem
        }
    }

    private var reasonOfSystem: StoreState.Reason {
        switch systemError {
        case ENOSPC, EDQUOT: .full
        case EROFS, EACCES, EPERM: .readOnly
        default: .failing
        }
    }
}
