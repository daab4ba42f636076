// The page of `--html`: one file that needs nothing else, light or dark as the reader likes it.
import Foundation

enum Page {
    static func html(_ file: ReportFile) -> String {
        let title = file.reports.count == 1 ? "bench \(file.reports[0].load)" : "bench"
        let overview = file.reports.count > 1 ? self.overview(file.reports) : ""
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>\(escaped(title))</title>
            <style>
            \(PageStyle.css)
            </style>
            </head>
            <body>
            <header>
            <h1>\(escaped(title))</h1>
            <p>\(escaped(file.machine))<br>\(escaped(day(file.date)))</p>
            <code>\(escaped(file.command.joined(separator: " ")))</code>
            </header>
            <main>
            \(overview)
            \(sections(file.reports))
            </main>
            <footer>Latencies count from when a message was due to when it was read, warm-up left
            out. The first figure of each load is per second of the server's processor time: it is
            the server's alone, whatever the generator or the machine had to do besides.</footer>
            </body>
            </html>

            """
    }

    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    private static func day(_ date: String) -> String {
        date.replacingOccurrences(of: "T", with: " ").replacingOccurrences(of: "Z", with: " UTC")
    }

    // MARK: Parts

    /// All loads in one table.
    private static func overview(_ reports: [Report]) -> String {
        let rows = reports.enumerated().map { index, report in
            let headline = Headline(report)
            let latency = report.typicalRun?.latency
            let failed = report.failures.values.reduce(0, +)
            return """
                <tr><th><a href="#load\(index)">\(escaped(report.load))</a></th>\
                <td class="what">\(escaped(report.title))</td>\
                <td class="n"><b>\(escaped(headline.value))</b></td>\
                <td class="unit">\(escaped(headline.unit))</td>\
                <td class="n">\(latency.map { Words.time($0.p50) } ?? "")</td>\
                <td class="n">\(latency.map { Words.time($0.p99) } ?? "")</td>\
                <td class="n\(failed > 0 ? " bad" : "")">\(Words.count(failed))</td></tr>
                """
        }
        return """
            <div class="scroll"><table class="overview">
            <thead><tr><th>load</th><th></th><th></th><th></th><th class="n">p50</th>\
            <th class="n">p99</th><th class="n">failures</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table></div>
            """
    }

    private static func sections(_ reports: [Report]) -> String {
        reports.enumerated().map { section($1, anchor: "load\($0)") }.joined(separator: "\n")
    }

    private static func section(_ report: Report, anchor: String) -> String {
        guard let run = report.typicalRun else { return "" }
        let headline = Headline(report)
        let charts = [
            PageCharts.percentiles(report), PageCharts.latencies(run), PageCharts.rate(report, run),
            PageCharts.server(run),
        ].compactMap(\.self).map(\.figure)
        let failures = report.failures.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            "<li class=\"bad\">\(Words.count($0.value)) \(escaped($0.key))</li>"
        }
        // A flag is not broken after its hyphens.
        let warnings = run.warnings.map {
            "<li>\(escaped($0).replacingOccurrences(of: "--", with: "-\u{2060}-\u{2060}"))</li>"
        }
        let notes =
            failures.isEmpty && warnings.isEmpty
            ? "" : "<ul class=\"notes\">\((failures + warnings).joined())</ul>"
        return """
            <section id="\(anchor)">
            <h2>\(escaped(report.load)) <span>\(escaped(report.title))</span></h2>
            <p class="against">against \(escaped(report.server))</p>
            <p class="headline"><b>\(escaped(headline.value))</b> \(escaped(headline.unit))</p>
            \(notes)
            \(facts(report, run))
            <div class="charts">
            \(charts.joined(separator: "\n"))
            </div>
            </section>
            """
    }

    private static func facts(_ report: Report, _ run: Run) -> String {
        var facts: [(String, String)] = []
        if run.counted > 0 {
            facts.append((report.unit + " a second", Words.rate(run.perSecond)))
        }
        if let latency = run.latency {
            facts += [
                ("p50", Words.time(latency.p50)), ("p90", Words.time(latency.p90)),
                ("p99", Words.time(latency.p99)), ("p99.9", Words.time(latency.p999)),
                ("max", Words.time(latency.max)),
            ]
        }
        if let server = run.server {
            facts.append(("server processors", Words.fixed(server.cores, 2)))
            facts.append(("server memory", Words.bytes(server.residentPeak)))
        }
        facts.append(("generator processors", Words.fixed(run.generator.cores, 2)))
        if run.opened > 0 { facts.append(("connections opened", Words.count(run.opened))) }
        if report.runs.count > 1 {
            let values = report.runs.map { $0.perServerSecond ?? $0.perSecond }
            facts.append(
                (
                    "\(report.runs.count) runs",
                    "\(Words.rate(values.min() ?? 0)) – \(Words.rate(values.max() ?? 0))"
                ))
        }
        for (name, value) in run.extras.sorted(by: { $0.key < $1.key }) {
            facts.append(
                (name, value == value.rounded() ? Words.count(value) : Words.fixed(value, 2)))
        }
        let items = facts.map { "<div><dt>\(escaped($0.0))</dt><dd>\(escaped($0.1))</dd></div>" }
        let limit =
            run.limit.isEmpty ? "" : "<p class=\"limit\">Limited by \(escaped(run.limit)).</p>"
        return "<dl>\(items.joined())</dl>\(limit)"
    }
}
