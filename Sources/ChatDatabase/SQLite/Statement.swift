// UNSAFE: prepared statements through SQLite's C interface. A column's bytes are SQLite's, and are
// valid until the next step: they are copied, or lent for as long as a closure runs.
import CSQLite
import Storage

/// A prepared statement. It belongs to its connection's thread, and keeps the connection open.
@safe
final class Statement {
    private let connection: Connection
    private let handle: OpaquePointer

    /// Prepares one statement, which is kept for many uses.
    init(_ sql: String, on connection: Connection) throws(DatabaseError) {
        var prepared: OpaquePointer?
        let status = unsafe sqlite3_prepare_v3(
            connection.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &prepared, nil)
        try connection.check(status)
        guard let handle = unsafe prepared else {
            preconditionFailure("an empty statement")
        }
        self.connection = connection
        unsafe self.handle = handle
    }

    deinit { unsafe sqlite3_finalize(handle) }

    // MARK: Parameters, from 1 on

    func bind(_ index: Int32, _ value: Int64) { unsafe sqlite3_bind_int64(handle, index, value) }

    func bind(_ index: Int32, _ value: Int) { bind(index, Int64(value)) }

    func bindNull(_ index: Int32) { unsafe sqlite3_bind_null(handle, index) }

    /// Binds a copy of the bytes, which are UTF-8.
    func bind(_ index: Int32, text: Span<UInt8>) {
        unsafe text.withUnsafeBufferPointer { bytes in
            _ = unsafe csqlite_bind_text(handle, index, bytes.baseAddress, UInt64(bytes.count))
        }
    }

    func bind(_ index: Int32, _ text: String) {
        var text = text
        text.withUTF8 { bytes in
            _ = unsafe csqlite_bind_text(handle, index, bytes.baseAddress, UInt64(bytes.count))
        }
    }

    func bind(_ index: Int32, blob: [UInt8]) {
        unsafe blob.withUnsafeBufferPointer { bytes in
            _ = unsafe csqlite_bind_blob(handle, index, bytes.baseAddress, UInt64(bytes.count))
        }
    }

    // MARK: Running

    /// Goes on to the next row; false if there is none, and the statement can begin again.
    func step() throws(DatabaseError) -> Bool {
        switch unsafe sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE:
            reset()
            return false
        case let status:
            // The sentence is the connection's until something else is done with it.
            defer { reset() }
            try connection.check(status)
            return false
        }
    }

    /// Runs a statement whose rows, if it has any, are of no interest.
    func run() throws(DatabaseError) {
        while try step() {}
    }

    /// The first column of the first row; nil if there is none, or it is null.
    func value() throws(DatabaseError) -> Int64? {
        defer { reset() }
        return try step() && !isNull(0) ? integer(0) : nil
    }

    /// Begins again, with the same parameters. A statement that was left before its last row keeps
    /// its transaction open until then.
    func reset() { unsafe sqlite3_reset(handle) }

    // MARK: The row's columns, from 0 on

    func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

    func isNull(_ column: Int32) -> Bool {
        unsafe sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    /// The column's text; empty if it is null.
    func string(_ column: Int32) -> String {
        String(copying: bytes(column))
    }

    /// A copy of the bytes of a text or blob; none if it is null.
    func array(_ column: Int32) -> [UInt8] {
        let bytes = bytes(column)
        return [UInt8](copying: bytes)
    }

    /// The bytes of a text or blob, until the next step; none if it is null.
    @_lifetime(borrow self)
    func bytes(_ column: Int32) -> Span<UInt8> {
        // The order is SQLite's: the bytes first, and then their count.
        let start = unsafe sqlite3_column_blob(handle, column)
        let count = Int(unsafe sqlite3_column_bytes(handle, column))
        guard let start = unsafe start, count > 0 else { return Span() }
        let bytes = unsafe UnsafeBufferPointer(
            start: start.assumingMemoryBound(to: UInt8.self), count: count)
        return unsafe _overrideLifetime(Span(_unsafeElements: bytes), borrowing: self)
    }
}
