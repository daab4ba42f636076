// Which charts a load gets, and over which axes.
import Foundation

enum PageCharts {
    /// Latency by percentile, all runs over one another.
    static func percentiles(_ report: Report) -> Chart? {
        let curves = report.runs.map(\.curve).filter { $0.count > 1 }
        guard let scale = logarithmic(curves.flatMap { $0.map(\.microseconds) }),
            let count = report.runs.compactMap(\.latency?.count).max()
        else { return nil }
        // As many nines as the number of values supports.
        let nines = min(6, max(2, Int(log10(Double(count)).rounded(.up))))
        let middle = report.typicalRun?.curve
        var lines = curves.filter { $0 != middle }.map {
            Chart.Line(style: "other", points: points($0))
        }
        if let middle { lines.append(Chart.Line(style: "blue", points: points(middle))) }
        return Chart(
            title: "Latency by percentile", x: .percentile(nines: nines), y: scale,
            xLabel: percentile, yLabel: shortTime, lines: lines,
            legend: curves.count > 1 ? [("median run", "blue"), ("other runs", "other")] : [])
    }

    private static func points(_ curve: [Point]) -> [(x: Double, y: Double)] {
        curve.map { (x: $0.percentile, y: $0.microseconds) }
    }

    /// p50, p99 and the longest, over time.
    static func latencies(_ run: Run) -> Chart? {
        let slices = run.timeline.filter { $0.max > 0 }
        guard slices.count > 1, let scale = logarithmic(slices.flatMap { [$0.p50, $0.max] }) else {
            return nil
        }
        func line(_ style: String, _ value: (Slice) -> Double) -> Chart.Line {
            Chart.Line(style: style, points: steps(slices, run, value))
        }
        return Chart(
            title: "Latency over time", x: .linear(0...run.seconds), y: scale, xLabel: seconds,
            yLabel: shortTime,
            lines: [line("grey", \.max), line("amber", \.p99), line("blue", \.p50)],
            legend: [("p50", "blue"), ("p99", "amber"), ("max", "grey")])
    }

    /// What was counted, over time.
    static func rate(_ report: Report, _ run: Run) -> Chart? {
        guard let most = run.timeline.map(\.perSecond).max(), most > 0 else { return nil }
        return Chart(
            title: "\(report.unit.prefix(1).uppercased())\(report.unit.dropFirst()) a second",
            x: .linear(0...run.seconds), y: .linear(0...most * 1.1), xLabel: seconds,
            yLabel: shortCount,
            lines: [
                Chart.Line(
                    style: "blue", points: steps(run.timeline, run, \.perSecond), isArea: true)
            ])
    }

    /// The server's processors, over time.
    static func server(_ run: Run) -> Chart? {
        let slices = run.timeline.filter { $0.serverCores != nil }
        guard slices.count > 1, let most = slices.compactMap(\.serverCores).max() else {
            return nil
        }
        return Chart(
            title: "The server's processors", x: .linear(0...run.seconds),
            y: .linear(0...max(1, most) * 1.05), xLabel: seconds,
            yLabel: { Words.fixed($0, 1) },
            lines: [
                Chart.Line(
                    style: "green", points: steps(slices, run) { $0.serverCores ?? 0 }, isArea: true
                )
            ])
    }

    /// A value is true for its whole interval: the line runs through the middle of each.
    private static func steps(
        _ slices: [Slice], _ run: Run, _ value: (Slice) -> Double
    ) -> [(x: Double, y: Double)] {
        let half = run.seconds / Double(max(1, run.timeline.count)) / 2
        return slices.map { (x: $0.at + half, y: value($0)) }
    }

    // MARK: Axes

    /// A range of powers of ten that contains all values with a margin; nil if no value is above 0.
    private static func logarithmic(_ values: [Double]) -> Scale? {
        let values = values.filter { $0 > 0 }
        guard let low = values.min(), let high = values.max() else { return nil }
        return .logarithmic(low / 1.3...max(high * 1.3, low * 4))
    }

    private static func percentile(_ value: Double) -> String {
        "\(trimmed(value)) %"
    }

    private static func seconds(_ value: Double) -> String { "\(trimmed(value)) s" }

    private static func shortTime(_ microseconds: Double) -> String {
        switch microseconds {
        case ..<1000: "\(trimmed(microseconds)) µs"
        case ..<1e6: "\(trimmed(microseconds / 1e3)) ms"
        default: "\(trimmed(microseconds / 1e6)) s"
        }
    }

    private static func shortCount(_ value: Double) -> String {
        switch value {
        case ..<1000: trimmed(value)
        case ..<1e6: "\(trimmed(value / 1e3))k"
        default: "\(trimmed(value / 1e6))M"
        }
    }

    /// A number without trailing zeros.
    private static func trimmed(_ value: Double) -> String {
        var text = String(format: "%.4f", value)
        while text.hasSuffix("0") { text.removeLast() }
        if text.hasSuffix(".") { text.removeLast() }
        return text
    }
}
