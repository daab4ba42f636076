// Text from elsewhere on a terminal, tables, and lists of which only the first rows are shown.
import Testing

@testable import roost

@Suite struct TerminalTests {
    @Test(arguments: [
        ("ann", "ann"), ("Straße 1", "Straße 1"), ("日本 हिन्दी עברית", "日本 हिन्दी עברית"),
        ("\u{1B}[2J", "<U+001B>[2J"), ("a\nb\tc\r", "a<U+000A>b\tc<U+000D>"),
        ("\u{9B}31m", "<U+009B>31m"), ("\u{7F}", "<U+007F>"), ("a\u{202E}b", "a<U+202E>b"),
        ("\u{200B}\u{2066}", "\u{200B}<U+2066>"), ("\u{2028}", "<U+2028>"),
        ("\u{0}", "<U+0000>"), ("e\u{301}", "e\u{301}"), ("\r\n", "<U+000D><U+000A>"),
    ])
    func `What a terminal would obey or hide is shown`(text: String, shown: String) {
        #expect(text.shown == shown)
    }

    @Test(arguments: [("", 0), ("ann", 3), ("日本", 4), ("e\u{301}", 1), ("ｆ", 2)])
    func `Columns`(text: String, count: Int) { #expect(text.columnCount == count) }

    @Test func `Columns are aligned, and nothing from a cell leaves it`() {
        var table = TextTable([
            .init(title: "NAME"), .init(title: "N", isNumber: true), .init(title: "LAST"),
        ])
        table.add(["ann", "1,000", "x"])
        table.add(["日本", "7", ""])
        table.add(["a\nb", "7", "\u{1B}]0;title\u{7}"])
        #expect(
            table.text == """
                NAME            N  LAST
                ann         1,000  x
                日本            7
                a<U+000A>b      7  <U+001B>]0;title<U+0007>

                """)
    }

    private func row(_ number: Int) -> JSONTree {
        .object([.init(name: "n", value: .number("\(number)"))])
    }

    @Test(arguments: [RowLimit.rows(1), .rows(10), .rows(5000), .all])
    func `The first rows of a list, in order, whatever the order they came in`(limit: RowLimit) {
        var rows = TopRows(limit) { $0["n"]!.int! < $1["n"]!.int! }
        for number in 0..<4000 { rows.add(row(number * 1234 % 4001)) }
        let all = (0..<4000).map { $0 * 1234 % 4001 }.sorted()
        #expect(rows.count == 4000)
        #expect(rows.first.map { $0["n"]!.int! } == Array(all.prefix(limit.count)))
        let rest = 4000 - min(limit.count, 4000)
        #expect((rows.rest == nil) == (rest == 0))
        if rest > 0 { #expect(rows.rest?.hasPrefix("… and \(Figures.count(rest)) more") == true) }
    }

    @Test(arguments: [("all", RowLimit.all), ("1", .rows(1)), ("0", nil), ("-1", nil), ("x", nil)])
    func `How many rows`(argument: String, limit: RowLimit?) {
        #expect(RowLimit(argument: argument) == limit)
    }
}
