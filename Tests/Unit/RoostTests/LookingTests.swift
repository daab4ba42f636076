// What `roost who`, `rooms` and `why` print, and how they ask.
import Testing

@testable import roost

@Suite struct LookingTests {
    private func rows(_ member: String, _ json: String, by: @escaping (JSONTree, JSONTree) -> Bool)
        throws -> TopRows
    {
        var rows = TopRows(.rows(100), by: by)
        for row in try #require(JSONTree(json)?[member]?.elements) { rows.add(row) }
        return rows
    }

    private static let connections = """
        {"connections":[
        {"connection":9,"address":"192.0.2.9","connected_seconds":2,"rooms":[],
         "unsent_bytes":0,"blocked":false,"messages":0},
        {"connection":7,"user":"bob","address":"192.0.2.8","connected_seconds":5,
         "rooms":["ops","d","a","b","c","e"],"unsent_bytes":12288,"blocked":true,
         "messages":1234},
        {"connection":5,"user":"ann","address":"192.0.2.7","connected_seconds":59,
         "rooms":["lobby"],"unsent_bytes":0,"blocked":false,"messages":2}]}
        """

    @Test func `Connections, by name`() throws {
        let rows = try rows("connections", Self.connections, by: Who.precedes)
        #expect(
            Who.text(rows) == """
                NAME  CONNECTION  ADDRESS    FOR         UNSENT   SENT  ROOMS
                ann            5  192.0.2.7  59 s           0 B      2  lobby
                bob            7  192.0.2.8  5 s   12 KB, stuck  1,234  a, b, c, d, e and 1 more
                -              9  192.0.2.9  2 s            0 B      0

                """)
        #expect(JSONTree(Who.json("connections", rows))?["count"]?.int == 3)
    }

    @Test func `The slowest first`() throws {
        let rows = try rows("connections", Self.connections, by: Who.isSlower)
        #expect(rows.first.map { $0["connection"]!.int! } == [7, 5, 9])
    }

    @Test func `Nobody, and no rooms`() {
        #expect(Who.text(TopRows(.all, by: Who.precedes)) == "Nobody.\n")
        #expect(Rooms.text(TopRows(.all, by: Rooms.precedes)) == "There are no rooms.\n")
    }

    @Test func `Rooms, the largest first`() throws {
        let json = """
            {"rooms":[{"room":"b","count":0,"offset":1,"idle_seconds":90},
            {"room":"lobby","count":1204,"offset":42,"idle_seconds":0.3},
            {"room":"a","count":0,"offset":0,"idle_seconds":90}]}
            """
        #expect(
            Rooms.text(try rows("rooms", json, by: Rooms.precedes)) == """
                ROOM   USERS  NEWEST  SILENT FOR
                lobby  1,204      42  0 s
                a          0       0  1 min 30 s
                b          0       1  1 min 30 s

                """)
    }

    @Test func `Why, for a person`() throws {
        let answer = try #require(
            JSONTree(
                """
                {"connections":2,"ends":[{"at":"2026-11-28T19:00:00.000Z","connection":7,
                "user":"ann",
                "address":"192.0.2.7","port":4000,"lasted_seconds":3.2,"messages":12,
                "cause":"server_closed","code":4003,"text":"the server closed it: \\u001b[2J"}],
                "kept":1,"kept_since":"2026-11-28T18:00:00.000Z",
                "refusals":[{"address":"192.0.2.7","cause":"too_many_from_address","count":1234,
                "first_at":"2026-11-28T18:10:00.000Z","last_at":"2026-11-28T18:59:00.000Z",
                "text":"Too many."},{"address":"192.0.2.7","cause":"request","status":403,"count":1,
                "first_at":"A","last_at":"B","text":""}],
                "refused_logins":[{"at":"C","user":"ann","connection":8,"code":"name_taken",
                "text":"Taken."}]}
                """))
        let text = Why.text(answer, name: "ann") { "T\($0.prefix(19).suffix(8))" }
        #expect(text.contains("ann has 2 connections now: roost who ann\n"))
        #expect(
            text.contains(
                "7  ann   192.0.2.7  3 s      12  4003  the server closed it: <U+001B>[2J")
        )
        #expect(
            text.contains(
                "T18:59:00  192.0.2.7  1,234  T18:10:00  too many from address: Too many."))
        #expect(text.contains("request (HTTP 403)\n"))
        #expect(text.contains("8  ann   name_taken: Taken."))
        let nothing = try #require(
            JSONTree(#"{"ends":[],"kept":0,"kept_since":"x","refusals":[],"refused_logins":[]}"#))
        #expect(
            Why.text(nothing, name: nil) { $0 }
                == "No such connection has ended: 0 ends are known, since x.\n")
    }

    @Test(
        arguments: [
            ([("a", nil), ("b", nil)], ""),
            ([("user", "a b&c=d"), ("x", nil)], "?user=a%20b%26c%3Dd"),
            ([("u", "é"), ("after", "7")], "?u=%C3%A9&after=7"),
        ] as [([(String, String?)], String)])
    func `Queries`(values: [(String, String?)], query: String) {
        #expect(ControlTarget.query(values) == query)
    }

    @Test(arguments: [
        ("2026-11-28T19:44:27.123Z", true), ("not a time", false), ("", false),
        ("2026-11-28T19:44:27", false),
    ])
    func `A time is that of the terminal`(text: String, isTime: Bool) {
        let local = LocalTime.text(text)
        #expect((local == text) == !isTime)
        if isTime { #expect(local.wholeMatch(of: /2026-11-2[789] \d\d:[0-5]4:27/) != nil) }
    }

    @Test(arguments: [
        ("shop", true), ("a.b_c-d:1", true), ("x\\x2dy", true), ("", false), ("a/b", false),
        ("..", false), (".a", false), ("-a", false), ("a b", false), ("é", false), ("a\n", false),
        (String(repeating: "a", count: 201), false),
    ])
    func `Names of instances stay in their folder`(name: String, isGood: Bool) {
        #expect(ControlSocket.isInstanceName(name) == isGood)
        let parsed = try? Who.parse(["--instance", name])
        #expect((parsed != nil) == isGood)
    }

    @Test func `A server is named once`() {
        #expect(throws: (any Error).self) {
            try Status.parse(["--instance", "a", "--control", "/x"])
        }
        #expect(throws: (any Error).self) { try Kick.parse(["--room", "lobby"]) }
        #expect(throws: (any Error).self) { try Why.parse(["--limit", "1001"]) }
    }
}
