// `bench compare A.json B.json`: what changed between two measurements.
import ArgumentParser

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Two files of --json side by side: ratios, and what is noise.",
        discussion: Comparison.method)

    @Argument(help: "The file before.")
    var before: String
    @Argument(help: "The file after.")
    var after: String
    @Flag(help: "End with status 1 if anything got worse.")
    var strict = false

    func run() throws {
        let (old, new) = (try ReportFile.read(before), try ReportFile.read(after))
        let changes = Comparison.changes(old, new)
        print(Self.table(changes, Style()))
        for line in Comparison.unmatched(old, new) { print("  " + line) }
        if old.machine != new.machine {
            print("! Not the same machine: \(old.machine); \(new.machine)")
        }
        guard !changes.isEmpty else {
            throw ValidationError("The files have no load in common.")
        }
        print("\n" + Comparison.method)
        if strict, changes.contains(where: { $0.verdict == .worse }) { throw ExitCode.failure }
    }

    static func table(_ changes: [Change], _ style: Style) -> String {
        var lines: [String] = []
        var load = ""
        for change in changes {
            if change.load != load {
                load = change.load
                if !lines.isEmpty { lines.append("") }
                lines.append(style.bold(load))
            }
            lines.append("  " + row(change, style))
        }
        return lines.joined(separator: "\n")
    }

    private static func row(_ change: Change, _ style: Style) -> String {
        func left(_ text: String, _ width: Int) -> String {
            text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
        }
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        let spread = change.interval.map {
            "\(Words.fixed($0.lowerBound, 2))–\(Words.fixed($0.upperBound, 2))"
        }
        let verdict =
            switch change.verdict {
            case .better: style.good("better")
            case .worse: style.bad("WORSE")
            case .noise: style.faint("noise")
            case .unknown: style.faint("too few values to say")
            }
        return left(change.figure, 24) + right(Words.rate(change.before), 12) + " → "
            + left(Words.rate(change.after), 12) + right(Words.fixed(change.ratio, 3), 7) + "×  "
            + left("(\(spread ?? "?"))", 13) + "  " + verdict
    }
}
