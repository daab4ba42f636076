// `roost who`: who is connected.
import ArgumentParser

struct Who: ControlCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show who is connected: names, addresses, rooms, and who reads too slowly.",
        discussion: """
            roost who
            roost who ann
            roost who --room lobby --slow --limit 10
            roost who --address 192.0.2.0/24 --json

            UNSENT is what the server has for a client and its socket has not taken; 'stuck' means \
            that the socket is full. SENT counts the messages that the client has sent.
            """)

    @Argument(help: "Only this user.")
    var name: String?

    @Option(help: "Only connections in this room.")
    var room: String?

    @Option(help: "Only this address, or this range of addresses.")
    var address: String?

    @Option(help: "How many rows to show; 'all' for all of them.")
    var limit = RowLimit.rows(100)

    @Flag(help: "Those with the most unsent bytes first, instead of by name.")
    var slow = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var target: ControlTarget

    func carryOut() throws {
        var rows = slow ? TopRows(limit, by: Self.isSlower) : TopRows(limit, by: Self.precedes)
        let request = { (after: String?) -> PartRequest in
            let query = ControlTarget.query([
                ("user", name), ("room", room), ("address", address), ("after", after),
            ])
            return PartRequest(target: "/connections" + query)
        }
        try target.forEachPart(request) { part in
            for row in part["connections"]?.elements ?? [] { rows.add(row) }
        }
        print(
            json ? Self.json("connections", rows) : Self.text(rows),
            terminator: json ? "\n" : "")
    }

    /// By name, then by age; connections that have not logged in come last.
    static func precedes(_ one: JSONTree, _ other: JSONTree) -> Bool {
        let names = (one["user"]?.string, other["user"]?.string)
        let (left, right) = (names.0 ?? "", names.1 ?? "")
        if left != right { return !left.isEmpty && (right.isEmpty || left < right) }
        return (one["connection"]?.int ?? 0) < (other["connection"]?.int ?? 0)
    }

    static func isSlower(_ one: JSONTree, _ other: JSONTree) -> Bool {
        let counts = (one["unsent_bytes"]?.int ?? 0, other["unsent_bytes"]?.int ?? 0)
        return counts.0 == counts.1 ? precedes(one, other) : counts.0 > counts.1
    }

    /// The rows that are shown, and the number of all of them.
    static func json(_ name: String, _ rows: TopRows) -> String {
        JSONTree.object([
            JSONTree.Member(name: name, value: .array(rows.first)),
            JSONTree.Member(name: "count", value: .number("\(rows.count)")),
        ]).text
    }

    static func text(_ rows: TopRows) -> String {
        guard rows.count > 0 else { return "Nobody.\n" }
        var table = TextTable([
            .init(title: "NAME"), .init(title: "CONNECTION", isNumber: true),
            .init(title: "ADDRESS"), .init(title: "FOR"), .init(title: "UNSENT", isNumber: true),
            .init(title: "SENT", isNumber: true), .init(title: "ROOMS"),
        ])
        for row in rows.first {
            let unsent = Figures.bytes(row["unsent_bytes"]?.int ?? 0)
            let rooms = row["rooms"]?.elements.compactMap(\.string) ?? []
            table.add([
                row["user"]?.string ?? "-", row["connection"]?.scalarText ?? "",
                row["address"]?.string ?? "",
                Figures.duration(.seconds(row["connected_seconds"]?.double ?? 0)),
                row["blocked"]?.isTrue == true ? "\(unsent), stuck" : unsent,
                Figures.count(row["messages"]?.int ?? 0), Self.some(rooms),
            ])
        }
        return table.text + (rows.rest.map { $0 + "\n" } ?? "")
    }

    /// The first of many names.
    private static func some(_ names: [String]) -> String {
        let shown = names.sorted().prefix(5).joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
    }
}
