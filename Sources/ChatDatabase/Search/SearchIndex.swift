// The index of words, as the writer keeps it: texts come into it behind the commits, and leave it
// with what is deleted.
import ChatRooms

/// The table `words`, of SQLite's FTS5: which texts have a word. It has no positions in a text, and
/// no texts: a reader looks at each row that it finds. Each text has its room as a word too, so
/// that a search in a small room does not go through what was said in all others.
///
/// Texts with a `seq` up to ``indexedSeq()`` are in it.
final class SearchIndex {
    private let connection: Connection
    private let adding: Statement
    private let removing: Statement
    private let state: Statement
    private let moving: Statement
    private let countingRemoved: Statement
    private let pulling: Statement
    private let rows: Statement

    private var words = SearchWords()

    /// A longer word is known by its beginning, in bytes.
    static let wordByteLimit = 64

    /// The kinds of entries that have a text to be found.
    static let kinds = [EntryKind.message, .edited]
    static let kindsInSQL = kinds.map { "\($0.rawValue)" }.joined(separator: ",")

    /// What makes the index, for ``Schema``.
    ///
    /// - `words` splits at blanks only in effect: it gets words that ``SearchWords`` has made. It
    ///   merges when ``SearchMerging`` says so, never within a commit.
    /// - `search` has one row. `indexed` is the newest text's `seq` that is in `words`; `removed`
    ///   counts steps that have taken texts out of it, and `erased` how many of these the last
    ///   rewriting of the whole index has known.
    static let tables =
        """
        CREATE VIRTUAL TABLE words USING fts5(
            text, content = '', columnsize = 0, detail = none,
            prefix = '\(SearchQuery.prefixScalarCount)', tokenize = 'ascii');
        INSERT INTO words(words, rank) VALUES ('automerge', 0);
        INSERT INTO words(words, rank) VALUES ('crisismerge', 1000);
        CREATE TABLE search(
            one INTEGER PRIMARY KEY CHECK (one = 1), rules INTEGER NOT NULL,
            indexed INTEGER NOT NULL, removed INTEGER NOT NULL, erased INTEGER NOT NULL) STRICT;
        INSERT INTO search VALUES (1, \(SearchWords.rules), 0, 0, 0);
        """

    /// Prepares the statements.
    init(_ connection: Connection) throws(DatabaseError) {
        func prepare(_ sql: String) throws(DatabaseError) -> Statement {
            try Statement(sql, on: connection)
        }
        self.connection = connection
        adding = try prepare("INSERT INTO words(rowid, text) VALUES (?1, ?2)")
        removing = try prepare("INSERT INTO words(words, rowid, text) VALUES ('delete', ?1, ?2)")
        state = try prepare("SELECT indexed FROM search")
        moving = try prepare("UPDATE search SET indexed = ?1")
        countingRemoved = try prepare("UPDATE search SET removed = removed + 1")
        pulling = try prepare(
            """
            UPDATE search SET indexed = min(indexed, (SELECT coalesce(max(seq), 0) FROM entries))
            """)
        rows = try prepare(Self.query)
    }

    /// Texts that are not in the index yet: a test looks at how SQLite finds them.
    static let query =
        "SELECT seq, room, kind, body FROM entries WHERE seq > ?1 ORDER BY seq LIMIT ?2"

    /// Up to which `seq` texts are in the index.
    func indexedSeq() throws(DatabaseError) -> Int64 { try state.value() ?? 0 }

    /// Takes the next `count` entries in, within a transaction. Returns whether there are more.
    func addRows(_ count: Int) throws(DatabaseError) -> Bool {
        let rows = rows
        var last = try indexedSeq()
        rows.bind(1, last)
        rows.bind(2, count)
        var rowCount = 0
        while try rows.step() {
            last = rows.integer(0)
            rowCount += 1
            guard Self.kinds.contains(rows.kind(2)) else { continue }
            let body = rows.bytes(3)
            try run(adding, last, ofRoom: rows.integer(1), body)
        }
        guard rowCount > 0 else { return false }
        moving.bind(1, last)
        try moving.run()
        return rowCount == count
    }

    /// Takes a text out that is deleted in the same transaction, if it is in the index.
    func remove(
        _ seq: Int64, ofRoom room: Int64, _ kind: EntryKind, _ body: Span<UInt8>,
        indexed: Int64
    ) throws(DatabaseError) {
        guard seq <= indexed, Self.kinds.contains(kind) else { return }
        try run(removing, seq, ofRoom: room, body)
    }

    /// To be called once in a transaction that has removed texts. A `seq` comes again once the
    /// newest rows are gone.
    func noteRemoved() throws(DatabaseError) {
        try countingRemoved.run()
        try pulling.run()
    }

    private func run(
        _ statement: Statement, _ seq: Int64, ofRoom room: Int64, _ body: Span<UInt8>
    ) throws(DatabaseError) {
        guard !body.isEmpty else { return }
        words.read(body)
        guard !words.ranges.isEmpty else { return }
        var text = Self.word(ofRoom: room)
        text.reserveCapacity(words.bytes.count + words.ranges.count + 24)
        for range in words.ranges {
            text.append(0x20)
            text += words.bytes[range].prefix(Self.wordByteLimit)
        }
        statement.bind(1, seq)
        statement.bind(2, text: text.span)
        try statement.run()
    }

    /// The word by which the texts of a room are found. No text has it.
    static func word(ofRoom number: Int64) -> [UInt8] { Array("§\(number)".utf8) }

    /// Begins again from nothing if other rules have made the words.
    static func renew(
        _ connection: Connection, rules: Int64 = SearchWords.rules
    ) throws(DatabaseError) {
        guard try connection.integer("SELECT rules FROM search") != rules else { return }
        try empty(connection, rules: rules)
    }

    /// Empties the index: it is made anew, as after an update with other rules. It keeps nothing
    /// that is not in the texts, so that is also done when it may be what is damaged.
    static func empty(
        _ connection: Connection, rules: Int64 = SearchWords.rules
    ) throws(DatabaseError) {
        try connection.run("BEGIN IMMEDIATE")
        try connection.run("INSERT INTO words(words) VALUES ('delete-all')")
        try connection.run("UPDATE search SET rules = \(rules), indexed = 0")
        try connection.run("COMMIT")
    }
}
