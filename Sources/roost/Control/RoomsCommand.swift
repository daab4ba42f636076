// `roost rooms`: which rooms there are.
import ArgumentParser

struct Rooms: ControlCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the rooms: how many users, how many messages, how long silent.",
        discussion: """
            roost rooms
            roost rooms --limit all --json
            """)

    @Option(help: "How many rows to show; 'all' for all of them.")
    var limit = RowLimit.rows(100)

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var target: ControlTarget

    func carryOut() throws {
        var rows = TopRows(limit, by: Self.precedes)
        let request = { (after: String?) in
            PartRequest(target: "/rooms" + ControlTarget.query([("after", after)]))
        }
        try target.forEachPart(request) { part in
            for row in part["rooms"]?.elements ?? [] { rows.add(row) }
        }
        print(json ? Who.json("rooms", rows) : Self.text(rows), terminator: json ? "\n" : "")
    }

    /// The largest first, of equal ones the least silent, then by name.
    static func precedes(_ one: JSONTree, _ other: JSONTree) -> Bool {
        let counts = (one["count"]?.int ?? 0, other["count"]?.int ?? 0)
        if counts.0 != counts.1 { return counts.0 > counts.1 }
        let idle = (one["idle_seconds"]?.double ?? 0, other["idle_seconds"]?.double ?? 0)
        if idle.0 != idle.1 { return idle.0 < idle.1 }
        return (one["room"]?.string ?? "") < (other["room"]?.string ?? "")
    }

    static func text(_ rows: TopRows) -> String {
        guard rows.count > 0 else { return "There are no rooms.\n" }
        var table = TextTable([
            .init(title: "ROOM"), .init(title: "USERS", isNumber: true),
            .init(title: "NEWEST", isNumber: true), .init(title: "SILENT FOR"),
        ])
        for row in rows.first {
            table.add([
                row["room"]?.string ?? "", Figures.count(row["count"]?.int ?? 0),
                Figures.count(row["offset"]?.int ?? 0),
                Figures.duration(.seconds(row["idle_seconds"]?.double ?? 0)),
            ])
        }
        return table.text + (rows.rest.map { $0 + "\n" } ?? "")
    }
}
