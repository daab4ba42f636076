// `roost why`: why connections have ended, and why somebody cannot get in.
import ArgumentParser

struct Why: ControlCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show why connections ended, and why somebody cannot get in.",
        discussion: """
            roost why ann
            roost why --address 192.0.2.7
            roost why --connection 4711
            roost why --limit 100

            The server remembers the last 10,000 ends of connections, 1,000 refused logins, and \
            refused addresses with their reasons, until it restarts; the journal has less of a \
            busy hour and more of the past: journalctl -u roost ROOST_USER=ann
            """)

    @Argument(help: "The user; everybody if left out.")
    var name: String?

    @Option(help: "The connection with this number.")
    var connection: UInt64?

    @Option(help: "This address, or this range of addresses.")
    var address: String?

    @Option(help: "How many of the newest to show, at most 1000.")
    var limit = 20

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var target: ControlTarget

    func validate() throws {
        guard EndQuery.limits.contains(limit) else {
            throw ValidationError("--limit must be a number, 1 to 1000.")
        }
    }

    func carryOut() throws {
        let query = ControlTarget.query([
            ("user", name), ("connection", connection.map { String($0) }), ("address", address),
            ("limit", String(limit)),
        ])
        let body = try target.ask("GET", "/ends" + query)
        if json { return print(body.trimmed) }
        guard let answer = JSONTree(body) else {
            throw ControlError(sentence: "The server's answer could not be read.")
        }
        print(Self.text(answer, name: name, time: LocalTime.text), terminator: "")
    }

    /// The answer for a person; `time` words a point in time.
    static func text(
        _ answer: JSONTree, name: String?, time: (String) -> String
    ) -> String {
        var parts: [String] = []
        if let name, let count = answer["connections"]?.int, count > 0 {
            let connections = count == 1 ? "a connection" : "\(Figures.count(count)) connections"
            parts.append("\(name.shown) has \(connections) now: roost who \(name.shown)\n")
        }
        parts.append(ends(answer, time))
        if let logins = answer["refused_logins"]?.elements, !logins.isEmpty {
            parts.append("Refused logins\n" + Self.logins(logins, time))
        }
        if let refusals = answer["refusals"]?.elements, !refusals.isEmpty {
            parts.append("Refused connections\n" + Self.refusals(refusals, time))
        }
        return parts.joined(separator: "\n")
    }

    private static func ends(_ answer: JSONTree, _ time: (String) -> String) -> String {
        let kept = Figures.count(answer["kept"]?.int ?? 0)
        let since = time(answer["kept_since"]?.string ?? "")
        guard let ends = answer["ends"]?.elements, !ends.isEmpty else {
            return "No such connection has ended: \(kept) ends are known, since \(since).\n"
        }
        var table = TextTable([
            .init(title: "ENDED"), .init(title: "CONNECTION", isNumber: true),
            .init(title: "NAME"), .init(title: "ADDRESS"), .init(title: "AFTER"),
            .init(title: "SENT", isNumber: true), .init(title: "CODE", isNumber: true),
            .init(title: "WHY"),
        ])
        for end in ends {
            table.add([
                time(end["at"]?.string ?? ""), end["connection"]?.scalarText ?? "",
                end["user"]?.string ?? "-", end["address"]?.string ?? "",
                Figures.duration(.seconds(end["lasted_seconds"]?.double ?? 0)),
                Figures.count(end["messages"]?.int ?? 0), end["code"]?.scalarText ?? "",
                end["text"]?.string ?? "",
            ])
        }
        return table.text
    }

    private static func logins(_ logins: [JSONTree], _ time: (String) -> String) -> String {
        var table = TextTable([
            .init(title: "AT"), .init(title: "CONNECTION", isNumber: true), .init(title: "NAME"),
            .init(title: "WHY"),
        ])
        for login in logins {
            table.add([
                time(login["at"]?.string ?? ""), login["connection"]?.scalarText ?? "",
                login["user"]?.string ?? "",
                "\(login["code"]?.string ?? ""): \(login["text"]?.string ?? "")",
            ])
        }
        return table.text
    }

    private static func refusals(_ refusals: [JSONTree], _ time: (String) -> String) -> String {
        var table = TextTable([
            .init(title: "LAST"), .init(title: "ADDRESS"), .init(title: "TIMES", isNumber: true),
            .init(title: "SINCE"), .init(title: "WHY"),
        ])
        for refusal in refusals {
            let status = refusal["status"]?.scalarText.map { " (HTTP \($0))" } ?? ""
            let text = refusal["text"]?.string ?? ""
            table.add([
                time(refusal["last_at"]?.string ?? ""), refusal["address"]?.string ?? "",
                Figures.count(refusal["count"]?.int ?? 0),
                time(refusal["first_at"]?.string ?? ""),
                (refusal["cause"]?.string ?? "").replacing("_", with: " ") + status
                    + (text.isEmpty ? "" : ": \(text)"),
            ])
        }
        return table.text
    }
}
