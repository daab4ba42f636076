// The chat's database as the doctor finds it: what a running server says of it, and what its files
// show.
import ChatDatabase
import ChatRooms
import CommandLineOptions

/// What can be found out about the database of a server.
struct DatabaseHealth {
    /// In the order in which they are printed.
    let findings: [Finding]

    /// Looks at the database of the server that has answered with `status`. Without an answer, the
    /// target says which database is meant.
    init(_ target: ControlTarget, status: JSONTree?, process: Int32?) {
        let isServing = status.map { $0["state"]?.string != "not_serving" } ?? false
        if isServing, let status {
            let said = Self.findings(status: status)
            guard let path = status["database"]?["path"]?.string else {
                findings = said
                return
            }
            let facts = DatabaseFacts(path: path, process: process)
            let limit = status["database"]?["limit_bytes"]?.int
            findings = said + Self.problems(facts, limit: limit.flatMap { $0 > 0 ? $0 : nil })
            return
        }
        guard let place = Place(target) else {
            findings = [.unknown("no server says which database it has")]
            return
        }
        guard let path = place.path else {
            findings = [Self.memoryOnly]
            return
        }
        let facts = DatabaseFacts(path: path, process: process)
        findings = Self.findings(facts, isUsual: place.isUsual, limit: place.byteLimit)
    }

    private static let memoryOnly = Finding.good(
        "there is none: what is said is kept in memory only, and a restart loses it (history = "
            + "memory)")

    /// What a running server says of its database.
    static func findings(status: JSONTree) -> [Finding] {
        guard let database = status["database"] else { return [memoryOnly] }
        func count(_ name: String) -> Int { database[name]?.int ?? 0 }
        let path = database["path"]?.string ?? "?"
        let state = database["state"]?.string ?? "?"
        var size = Figures.bytes(count("used_bytes"))
        if count("limit_bytes") > 0 {
            size += " of at most \(Figures.bytes(count("limit_bytes")))"
        }
        let messages =
            Figures.count(count("messages")) + (count("messages") == 1 ? " message" : " messages")
        let since = database["oldest_ms"]?.int.map { milliseconds in
            let time = Timestamp(monotonic: 0, wall: Int64(milliseconds)).wallText
            return " since \(LocalTime.text(time).prefix(16))"
        }
        let figures = "\(messages)\(since ?? ""), \(size)"
        var findings = [Finding.good("the database \(path) works: \(figures)")]
        if state != "works" {
            let problem = database["problem"]?.string ?? "see journalctl -u roost -p warning"
            findings = [.mend("the database keeps nothing just now (\(state)): \(problem)")]
        } else if let problem = database["problem"]?.string {
            findings = [.mend("the database works slowly: \(problem)")]
        }
        if count("commits") > 0 {
            let (typical, last) = ("typical_commit_seconds", "last_commit_seconds")
            func time(_ name: String) -> String {
                Figures.milliseconds(.seconds(database[name]?.double ?? 0))
            }
            findings.append(
                .good(
                    "\(Figures.count(count("commits"))) commits, half of them within "
                        + "\(time(typical)), the last took \(time(last))"))
        }
        let failures = count("write_failures") + count("read_failures")
        if failures > 0 {
            let last = database["last_failure"]?.string.map { ", the last: \($0)" } ?? ""
            findings.append(
                .good(
                    "\(Figures.count(failures)) attempt\(failures == 1 ? "" : "s") to write or "
                        + "read it failed since the start\(last)"))
        }
        return findings
    }

    /// What the files show of a database that no server speaks of. `isUsual` is true where the
    /// server makes the folder itself.
    static func findings(
        _ facts: DatabaseFacts, isUsual: Bool, limit: Int?
    ) -> [Finding] {
        if facts.isHidden {
            return [.unknown("only root and the server may look at \(facts.path)")]
        }
        if facts.folder == nil, !isUsual {
            return [.mend("\(DatabaseError(.noPlace, facts.path))")]
        }
        let problems = problems(facts, limit: limit)
        guard problems.isEmpty else { return problems }
        guard let file = facts.files.first, file.path == facts.path else {
            return [.good("the server makes the database \(facts.path) when it starts")]
        }
        return [.good("the database \(facts.path) is there: \(Figures.bytes(file.byteCount))")]
    }

    private static func problems(_ facts: DatabaseFacts, limit: Int?) -> [Finding] {
        DatabaseDiagnosis(facts, byteLimit: limit).problems.map { .mend($0) }
    }
}

extension DatabaseHealth {
    /// Where a server that does not say so has its database, by the file of its unit.
    struct Place {
        /// nil for a server that keeps all in memory.
        let path: String?
        /// Whether nobody has chosen the path.
        let isUsual: Bool
        let byteLimit: Int?

        /// nil if that cannot be known.
        init?(_ target: ControlTarget) {
            guard target.control == nil else { return nil }
            let file = target.instance.map { "/etc/roost/\($0).conf" } ?? Settings.standardPath
            let history = (try? Settings.serve(config: file, given: []))?.command.history
            byteLimit = history?.historySize?.value
            isUsual = history?.history == nil
            if history?.history == "memory" {
                path = nil
            } else if let given = history?.history {
                path = given
            } else if let instance = target.instance {
                path = "/var/lib/roost-\(instance)/roost.db"
            } else {
                path = history == nil ? DatabasePlace.standard() : DatabasePlace.packaged
            }
        }
    }
}
