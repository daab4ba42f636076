// `roost bans` and `roost mod`: who is banned or muted, and who moderates.
import ArgumentParser

struct BansCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "bans", abstract: "Show who is banned or muted, until when and why.",
        discussion: """
            roost bans
            roost bans --limit all --json
            """)

    @Option(help: "How many rows to show; 'all' for all of them.")
    var limit = RowLimit.rows(100)

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var target: ControlTarget

    func carryOut() throws {
        // The newest first.
        var rows = TopRows(limit) { one, other in
            (one["since"]?.string ?? "") > (other["since"]?.string ?? "")
        }
        let request = { (after: String?) in
            PartRequest(target: "/bans" + ControlTarget.query([("after", after)]))
        }
        try target.forEachPart(request) { part in
            for row in part["bans"]?.elements ?? [] { rows.add(row) }
        }
        print(json ? Who.json("bans", rows) : Self.text(rows), terminator: json ? "\n" : "")
    }

    static func text(_ rows: TopRows) -> String {
        guard rows.count > 0 else { return "Nobody is banned or muted.\n" }
        var table = TextTable([
            .init(title: "KIND"), .init(title: "USER"), .init(title: "ROOM"),
            .init(title: "UNTIL"), .init(title: "BY"), .init(title: "REASON"),
        ])
        for row in rows.first {
            table.add([
                row["kind"]?.string ?? "", row["user"]?.string ?? "", row["room"]?.string ?? "*",
                row["until"]?.string ?? "for good", row["by"]?.string ?? "operator",
                row["reason"]?.string ?? "",
            ])
        }
        return table.text + (rows.rest.map { $0 + "\n" } ?? "")
    }
}

struct ModCommand: ControlCommand {
    static let configuration = CommandConfiguration(
        commandName: "mod", abstract: "Make an account a moderator; without a name, show all.",
        discussion: """
            roost mod
            sudo roost mod ann
            sudo roost mod ann --remove

            Moderators may kick, ban and mute others, on the page too, but no moderator. It lasts \
            until it is removed. 'roost serve --moderator NAME' does the same for one server's run.
            """)

    @Argument(help: "The account.")
    var name: String?

    @Flag(help: "The account moderates no more.")
    var remove = false

    @OptionGroup var target: ControlTarget

    func validate() throws {
        if remove, name == nil { throw ValidationError("Say who moderates no more.") }
    }

    func carryOut() throws {
        guard let name else { return try list() }
        var body = JSONText()
        body.add("user", name)
        body.add("moderator", !remove)
        _ = try target.ask("POST", "/mod", body: body.text)
        print(remove ? "\(name.shown) is no moderator any more." : "\(name.shown) is a moderator.")
    }

    private func list() throws {
        var names: [String] = []
        let request = { (after: String?) in
            PartRequest(target: "/accounts" + ControlTarget.query([("after", after)]))
        }
        try target.forEachPart(request) { part in
            for row in part["accounts"]?.elements ?? [] where row["moderator"]?.isTrue == true {
                names.append(row["user"]?.string ?? "")
            }
        }
        print(
            names.isEmpty
                ? "There are no moderators." : names.sorted().map(\.shown).joined(separator: "\n"))
    }
}
