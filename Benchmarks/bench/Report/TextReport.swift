// The text report that is printed at the end.
import Foundation
import Glibc

/// Bold and colour where the output is a terminal, otherwise plain text.
struct Style {
    let isOn: Bool

    init(isOn: Bool = isatty(STDOUT_FILENO) == 1) { self.isOn = isOn }

    func bold(_ text: String) -> String { wrap(text, "1") }
    func faint(_ text: String) -> String { wrap(text, "2") }
    func bad(_ text: String) -> String { wrap(text, "31;1") }
    func good(_ text: String) -> String { wrap(text, "32") }
    func warning(_ text: String) -> String { wrap(text, "33") }

    private func wrap(_ text: String, _ code: String) -> String {
        isOn ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// The main figure of a report, in words.
struct Headline: Equatable {
    var value: String
    var unit: String

    init(_ report: Report) {
        let runs = report.runs
        func middle(_ figure: (Run) -> Double?) -> Double? {
            let values = runs.compactMap(figure)
            return values.isEmpty ? nil : Statistics.median(values)
        }
        if report.load == "idle" || report.load == "million",
            let each = middle(\.bytesPerConnection)
        {
            value = Words.count(each)
            unit = "bytes of server memory per idle connection"
        } else if report.load == "resume" {
            value = Words.count(middle { $0.extras["clients resumed"] } ?? 0)
            let seconds = middle { $0.extras["seconds until all were back"] } ?? 0
            unit =
                "clients resumed, the last \(Words.fixed(seconds, 2)) s after the first came back"
        } else if let pause = middle({ $0.upgrades?.pause?.p50 }) {
            let count = runs.compactMap(\.upgrades).map(\.done).reduce(0, +)
            value = Words.time(pause)
            unit = "without service: the median of \(Words.plural(count, "upgrade"))"
        } else if let rate = middle(\.perServerSecond) {
            value = Words.rate(rate)
            unit = "\(report.unit) per second of server CPU"
        } else {
            value = Words.rate(middle(\.perSecond) ?? 0)
            unit = "\(report.unit) a second"
        }
    }
}

extension Run {
    /// Growth of the server's memory with its connections.
    var bytesPerConnection: Double? {
        guard let server, opened > 0 else { return nil }
        return Double(server.residentOpen - server.residentBefore) / Double(opened)
    }
}

extension Report {
    /// The run whose headline is the median; it is shown in detail.
    var typicalRun: Run? {
        Statistics.medianIndex(runs.map { $0.perServerSecond ?? $0.perSecond }).map { runs[$0] }
    }

    /// The whole report as lines for a terminal or a file.
    func text(_ style: Style) -> String {
        guard let run = typicalRun else { return "\(load): no run" }
        let headline = Headline(self)
        var lines = [
            style.bold(load) + "  " + title, style.faint("      against \(server)"), "",
            "  " + style.bold(headline.value) + "  " + headline.unit,
        ]
        if runs.count > 1 { lines.append("  " + style.faint(spread)) }
        lines.append("")
        for (name, value) in rows(run) {
            lines.append(
                "  " + style.faint(name.padding(toLength: 11, withPad: " ", startingAt: 0)) + value)
        }
        if failures.isEmpty {
            lines.append("  " + style.faint("failures   ") + style.good("none"))
        } else {
            for (kind, count) in failures.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
                lines.append("  " + style.bad("FAILED     \(Words.count(count)) \(kind)"))
            }
        }
        for warning in run.warnings { lines += Self.wrapped("! " + warning).map(style.warning) }
        return lines.joined(separator: "\n") + "\n"
    }

    private var spread: String {
        let values = runs.map { $0.perServerSecond ?? $0.perSecond }
        return "median of \(runs.count) runs, from \(Words.rate(values.min() ?? 0)) to "
            + "\(Words.rate(values.max() ?? 0)); the one in the middle is shown"
    }

    private func rows(_ run: Run) -> [(String, String)] {
        var rows: [(String, String)] = []
        if run.counted > 0 {
            rows.append(
                (
                    "rate",
                    "\(Words.rate(run.perSecond)) \(unit) a second, "
                        + "\(Words.bytes(Double(run.countedBytes) / run.seconds))/s, over "
                        + "\(Words.fixed(run.seconds, run.seconds < 10 ? 1 : 0)) s"
                ))
        }
        if let latency = run.latency { rows.append(("latency", latency.text)) }
        if let upgrades = run.upgrades { rows += upgrades.rows }
        if let resume = run.resume { rows.append(("resume", resume.text)) }
        if let lateness = run.lateness, lateness.p99 > 1000 {
            rows.append(("sent late", lateness.text))
        }
        if let server = run.server { rows.append(("server", server.text)) }
        rows.append(("generator", run.generator.text))
        if run.opened > 0 { rows.append(("opened", run.openingText)) }
        for (name, value) in run.extras.sorted(by: { $0.key < $1.key }) {
            let places = value == value.rounded() ? 0 : 2
            rows.append(
                ("", "\(name): \(places == 0 ? Words.count(value) : Words.fixed(value, places))"))
        }
        if !run.limit.isEmpty { rows.append(("limit", run.limit)) }
        return rows
    }

    /// A paragraph in lines of 96 columns, indented.
    static func wrapped(_ text: String, width: Int = 96) -> [String] {
        var lines: [String] = []
        var line = " "
        for word in text.split(separator: " ") {
            if line.count + 1 + word.count > width {
                lines.append(line)
                line = "   "
            }
            line += " " + word
        }
        return lines + [line]
    }
}

extension Percentiles {
    var text: String {
        [("p50", p50), ("p90", p90), ("p99", p99), ("p99.9", p999), ("max", max)]
            .map { "\($0) \(Words.time($1))" }.joined(separator: "   ")
    }
}

extension ServerUse {
    var text: String {
        let busy = userSeconds + systemSeconds
        let user = busy > 0 ? " (\(Words.percent(userSeconds / busy)) of it its own code)" : ""
        let many = processCount > 1 ? ", \(processCount) processes" : ""
        return
            "\(Words.fixed(cores, 2)) processors\(user), \(Words.bytes(residentOpen)) of memory, "
            + "at most \(Words.bytes(residentPeak))\(many)"
    }
}

extension GeneratorUse {
    var text: String {
        processCount == 1
            ? "\(Words.fixed(cores, 2)) processors"
            : "\(Words.fixed(cores, 2)) processors in \(processCount) processes, the busiest "
                + Words.fixed(busiestCore, 2)
    }
}

extension Run {
    fileprivate var openingText: String {
        let rate = openingSeconds > 0 ? Double(opened) / openingSeconds : 0
        let shakes = handshake.map {
            ", a handshake p50 \(Words.time($0.p50)), max \(Words.time($0.max))"
        }
        // `churn` opens connections all the time.
        let time =
            openingSeconds > 0
            ? " in \(Words.fixed(openingSeconds, 2)) s (\(Words.rate(rate))/s)" : ""
        return "\(Words.plural(opened, "connection"))\(time)\(shakes ?? "")"
    }
}
