// Whether the index of words fits the texts.
import ChatRooms

/// Compares the two.
enum SearchCheck {
    /// What is wrong with the index, in sentences. It reads all of it and all texts.
    ///
    /// FTS5 has a check of its own, which is a writing command and knows only tables that keep
    /// texts. So the index is read here, word by word, and compared with the words of the texts.
    static func flaws(_ connection: Connection) throws(DatabaseError) -> [String] {
        guard try connection.integer("SELECT rules FROM search") == SearchWords.rules else {
            return []
        }
        // A table of this connection's own: nothing is written to the file.
        let isReading = try connection.integer("PRAGMA query_only") == 1
        try connection.run(
            """
            PRAGMA query_only = 0;
            CREATE VIRTUAL TABLE IF NOT EXISTS temp.instances
            USING fts5vocab(main, words, instance)
            """)
        if isReading { try connection.run("PRAGMA query_only = 1") }
        var index: Sum?
        do throws(DatabaseError) {
            index = try sumOfIndex(connection)
        } catch {
            guard error.reason == .damaged else { throw error }
        }
        guard try index != sumOfTexts(connection) else { return [] }
        return [
            """
            The index of words does not fit the messages, which are all there: a search may miss \
            some. The server makes it anew after: sqlite3 FILE 'UPDATE search SET rules = 0'.
            """
        ]
    }

    /// How many pairs of a word and a text there are, and a sum of their hashes: the same in any
    /// order.
    private struct Sum: Equatable {
        var count = 0
        var hashes: UInt64 = 0

        mutating func add(_ word: some Sequence<UInt8>, _ seq: Int64) {
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(bitPattern: seq)
            for byte in word { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            hash = (hash ^ hash >> 31) &* 0x94D0_49BB_1331_11EB
            hashes &+= hash ^ hash >> 29
            count += 1
        }
    }

    private static func sumOfIndex(_ connection: Connection) throws(DatabaseError) -> Sum {
        var sum = Sum()
        let rows = try Statement("SELECT term, doc FROM temp.instances", on: connection)
        while try rows.step() { sum.add(rows.array(0), rows.integer(1)) }
        return sum
    }

    private static func sumOfTexts(_ connection: Connection) throws(DatabaseError) -> Sum {
        var sum = Sum()
        var words = SearchWords()
        let rows = try Statement(
            """
            SELECT seq, room, body FROM entries WHERE kind IN (\(SearchIndex.kindsInSQL))
            AND body <> '' AND seq <= (SELECT indexed FROM search)
            """, on: connection)
        while try rows.step() {
            words.read(rows.bytes(2))
            guard !words.ranges.isEmpty else { continue }
            let seq = rows.integer(0)
            sum.add(SearchIndex.word(ofRoom: rows.integer(1)), seq)
            var known = Set<ArraySlice<UInt8>>()
            for range in words.ranges {
                let word = words.bytes[range].prefix(SearchIndex.wordByteLimit)
                if known.insert(word).inserted { sum.add(word, seq) }
            }
        }
        return sum
    }
}
