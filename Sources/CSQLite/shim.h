// The system's SQLite, and what of it Swift cannot import: a macro and a variadic function.
#include <sqlite3.h>

/// SQLite copies the bytes before this returns.
static inline int csqlite_bind_text(
    sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_text64(
        statement, index, bytes ? bytes : "", count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/// SQLite copies the bytes before this returns.
static inline int csqlite_bind_blob(
    sqlite3_stmt *statement, int index, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_blob64(statement, index, bytes ? bytes : "", count, SQLITE_TRANSIENT);
}

/// Sets a switch of a connection, one of SQLITE_DBCONFIG_….
static inline int csqlite_configure(sqlite3 *connection, int what, int isOn) {
    return sqlite3_db_config(connection, what, isOn, (int *)0);
}
