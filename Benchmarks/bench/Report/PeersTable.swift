// Several servers under the same loads, as one table of Markdown.

/// A row for each server, a column for each load.
struct PeersTable {
    let names: [String]
    let loads: [String]
    /// Empty for a server of this package.
    let versions: [String]
    /// By load, then by server; nil where nothing was measured.
    private var cells: [[Report?]]

    init(names: [String], loads: [String], versions: [String]) {
        self.names = names
        self.loads = loads
        self.versions = versions
        cells = Array(
            repeating: Array(repeating: nil, count: names.count), count: loads.count)
    }

    /// All values, by load.
    var reports: [Report] { cells.joined().compactMap(\.self) }

    /// Adds the value of one round to a cell.
    mutating func add(_ report: Report, row: Int, column: Int) {
        if cells[row][column] == nil {
            cells[row][column] = report
        } else {
            cells[row][column]?.runs += report.runs
        }
    }

    /// The table, its units, the versions, and how it was measured.
    func markdown(_ circumstances: String) -> String {
        var lines = [
            "| | \(loads.joined(separator: " | ")) |",
            "|---" + String(repeating: "|---:", count: loads.count) + "|",
        ]
        for (column, name) in names.enumerated() {
            let figures = cells.map { Self.figure($0[column]) }
            lines.append("| \(name) | \(figures.joined(separator: " | ")) |")
        }
        let known = zip(names, versions).filter { !$1.isEmpty }.map { "\($0): \($1)" }
        lines.append("")
        lines += Words.wrapped(
            "Thousands per second of server CPU: messages of an echo, deliveries of a fan-out, whole "
                + "connections; of the idle ones, bytes of server memory each. \(circumstances)")
        if !known.isEmpty { lines += [""] + Words.wrapped(known.joined(separator: " · ")) }
        return lines.joined(separator: "\n") + "\n"
    }

    /// A failed run shows as failed: a server that loses messages is not fast.
    private static func figure(_ report: Report?) -> String {
        guard let report, !report.hasResumedNothing else { return "–" }
        guard report.failures.isEmpty else { return "failed" }
        guard report.load != "idle" else { return Headline(report).value }
        let rates = report.runs.compactMap(\.perServerSecond)
        guard !rates.isEmpty else { return "–" }
        let rate = Statistics.median(rates)
        return rate >= 100_000 ? Words.count(rate / 1000) : Words.fixed(rate / 1000, 1)
    }
}
