// What a check has found, and how a test says so.
import Testing

/// Something untidy: where it is, what is wrong, and what to do about it.
struct Finding: CustomStringConvertible, Equatable {
    let path: String
    var line = 1
    let flaw: String
    let remedy: String

    var description: String { "\(path):\(line): \(flaw). \(remedy)" }
}

/// What a check has to say: findings fail its test; hints say which row of a table is out of date.
struct Outcome {
    var findings: [Finding] = []
    var hints: [String] = []

    /// Makes each finding an issue of the test that is running. It points at the untidy line.
    func report() {
        for finding in findings {
            let file = Tree.root.appendingPathComponent(finding.path).path
            Issue.record(
                "\(finding.description)",
                sourceLocation: SourceLocation(
                    fileID: "roost/\(finding.path)", filePath: file, line: finding.line, column: 1))
        }
        for hint in hints { print("tidy: \(hint)") }
    }
}

/// Findings of one kind, held against the number that a table allows. All are shown if there is one
/// too many, for nothing says which of them is new.
func ratchet(_ what: String, _ found: [Finding], allowed: Int, table: String) -> Outcome {
    if found.count > allowed { return Outcome(findings: found) }
    if found.count < allowed {
        return Outcome(
            hints: ["\(what): \(found.count), no longer \(allowed). Lower it in \(table)."])
    }
    return Outcome()
}

extension Outcome {
    static func + (one: Outcome, other: Outcome) -> Outcome {
        Outcome(findings: one.findings + other.findings, hints: one.hints + other.hints)
    }
}
