// What FTS5 is asked for: an expression of quoted words, which holds for every text that is
// searched for, and for some others.
import ChatRooms

/// Makes the expression.
enum SearchMatch {
    /// The most words that the index is asked for: the longest ones, which are rare.
    private static let wordLimit = 8

    /// The expression for a search. Phrases are only words to it. Words have no punctuation, and
    /// stand in quotation marks: so nothing in them means anything to FTS5.
    static func expression(_ request: SearchRequest) -> String {
        var terms: [(word: [UInt8], isPrefix: Bool)] = []
        for phrase in request.query.phrases {
            for (index, word) in phrase.words.enumerated() {
                let isPrefix = phrase.isPrefix && index == phrase.words.count - 1
                let known = isPrefix ? beginning(of: word) : word.prefix(SearchIndex.wordByteLimit)
                if !terms.contains(where: { $0.word == Array(known) && $0.isPrefix == isPrefix }) {
                    terms.append((Array(known), isPrefix))
                }
            }
        }
        terms.sort { $0.word.count > $1.word.count }
        let rooms = request.rooms.map { quoted(SearchIndex.word(ofRoom: $0.number)) }
        return
            (["(" + rooms.joined(separator: " OR ") + ")"]
            + terms.prefix(wordLimit).map { quoted($0.word) + ($0.isPrefix ? " *" : "") })
            .joined(separator: " AND ")
    }

    /// The first characters, for which there is an index of their own: the texts with one of them
    /// are found like those with a word, however many words begin so.
    private static func beginning(of word: [UInt8]) -> ArraySlice<UInt8> {
        var count = 0
        let end = word.firstIndex { byte in
            if byte & 0xC0 != 0x80 { count += 1 }
            return count > SearchQuery.prefixScalarCount
        }
        return word[..<(end ?? word.endIndex)]
    }

    private static func quoted(_ word: [UInt8]) -> String {
        "\"" + String(decoding: word, as: UTF8.self) + "\""
    }
}
