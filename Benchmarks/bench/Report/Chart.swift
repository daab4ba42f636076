// A line chart as SVG, drawn without a library and without a script.
import Foundation

/// How values are placed along an axis.
enum Scale {
    case linear(ClosedRange<Double>)
    /// By powers of ten; the range is above 0.
    case logarithmic(ClosedRange<Double>)
    /// Percentiles, ever wider towards 100: 0, 90, 99, 99.9 … are as far apart. `nines` of them.
    case percentile(nines: Int)

    /// Where a value lies, from 0 to 1.
    func place(_ value: Double) -> Double {
        switch self {
        case .linear(let range):
            let width = range.upperBound - range.lowerBound
            return width > 0 ? Self.clamp((value - range.lowerBound) / width) : 0
        case .logarithmic(let range):
            let width = log10(range.upperBound / range.lowerBound)
            return width > 0
                ? Self.clamp(log10(max(value, range.lowerBound) / range.lowerBound) / width) : 0
        case .percentile(let nines):
            let rest = max(1 - value / 100, pow(10, -Double(nines)))
            return Self.clamp(-log10(rest) / Double(nines))
        }
    }

    private static func clamp(_ share: Double) -> Double { min(1, max(0, share)) }

    /// The values that get a line and a label.
    var ticks: [Double] {
        switch self {
        case .linear(let range): Self.round(range)
        case .logarithmic(let range): Self.powers(range)
        case .percentile(let nines):
            [0] + (1...nines).map { 100 - pow(10, Double(2 - $0)) }
        }
    }

    /// Three to six round numbers.
    private static func round(_ range: ClosedRange<Double>) -> [Double] {
        let width = range.upperBound - range.lowerBound
        guard width > 0 else { return [range.lowerBound] }
        let power = pow(10, (log10(width / 4)).rounded(.down))
        let step = [1, 2, 5, 10].map { $0 * power }.first { width / $0 <= 5 } ?? power * 10
        var ticks: [Double] = []
        var tick = (range.lowerBound / step).rounded(.up) * step
        while tick <= range.upperBound + step * 1e-9 {
            ticks.append(tick)
            tick += step
        }
        return ticks
    }

    /// 1, 10, 100 …; with others between them where there are few.
    private static func powers(_ range: ClosedRange<Double>) -> [Double] {
        let decades = log10(range.upperBound / range.lowerBound)
        let factors: [Double] =
            decades > 3
            ? [1] : decades > 1.2 ? [1, 3] : decades > 0.7 ? [1, 2, 5] : [1, 1.5, 2, 3, 4, 5, 7]
        var ticks: [Double] = []
        var power = pow(10, log10(range.lowerBound).rounded(.down))
        while power <= range.upperBound {
            ticks += factors.map { $0 * power }.filter { range.contains($0) }
            power *= 10
        }
        return ticks
    }
}

/// One chart: a few lines over common axes.
struct Chart {
    struct Line {
        /// Its class in the page's style: its colour and width.
        var style: String
        var points: [(x: Double, y: Double)]
        /// Whether the area below the line is filled.
        var isArea = false
    }

    var title: String
    var x: Scale
    var y: Scale
    var xLabel: (Double) -> String
    var yLabel: (Double) -> String
    var lines: [Line]
    /// Name and style of each, for the legend.
    var legend: [(name: String, style: String)] = []
    var width = 560.0
    var height = 220.0

    private var left: Double { 58 }
    private var right: Double { width - 14 }
    private var top: Double { 12 }
    private var bottom: Double { height - 26 }

    private func across(_ value: Double) -> Double { left + x.place(value) * (right - left) }
    private func up(_ value: Double) -> Double { bottom - y.place(value) * (bottom - top) }

    /// A label below the axis: centred on its place, or right-aligned at the very end.
    struct XLabel {
        var text: String
        var place: Double
        var isLast: Bool
        /// Its approximate width: six and a half pixels a character are enough.
        var extent: ClosedRange<Double> {
            let width = Double(text.count) * 6.5
            return isLast ? place - width...place : place - width / 2...place + width / 2
        }
    }

    /// Labels of the ticks, from the last on: a label that would overlap the next is left out.
    var xLabels: [XLabel] {
        var labels: [XLabel] = []
        for tick in x.ticks.reversed() {
            let label = XLabel(
                text: xLabel(tick), place: across(tick), isLast: x.place(tick) > 0.98)
            if let next = labels.last, label.extent.upperBound > next.extent.lowerBound - 4 {
                continue
            }
            labels.append(label)
        }
        return labels.reversed()
    }

    var svg: String {
        var parts = [
            "<svg viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\" role=\"img\" "
                + "aria-label=\"\(Page.escaped(title))\">"
        ]
        for tick in y.ticks {
            let height = Self.number(up(tick))
            parts.append(
                "<line class=\"grid\" x1=\"\(Self.number(left))\" x2=\"\(Self.number(right))\" "
                    + "y1=\"\(height)\" y2=\"\(height)\"/>"
                    + "<text class=\"y\" x=\"\(Self.number(left - 8))\" y=\"\(height)\" dy=\"4\">"
                    + "\(Page.escaped(yLabel(tick)))</text>")
        }
        for label in xLabels {
            parts.append(
                "<text class=\"x\(label.isLast ? " end" : "")\" x=\"\(Self.number(label.place))\" "
                    + "y=\"\(Self.number(bottom + 18))\">\(Page.escaped(label.text))</text>")
        }
        parts.append(
            "<line class=\"axis\" x1=\"\(Self.number(left))\" x2=\"\(Self.number(right))\" "
                + "y1=\"\(Self.number(bottom))\" y2=\"\(Self.number(bottom))\"/>")
        for line in lines where !line.points.isEmpty { parts.append(drawn(line)) }
        return parts.joined(separator: "\n") + "\n</svg>"
    }

    private func drawn(_ line: Line) -> String {
        let corners = line.points.map { "\(Self.number(across($0.x))),\(Self.number(up($0.y)))" }
        let stroke =
            "<polyline class=\"\(line.style)\" points=\"\(corners.joined(separator: " "))\"/>"
        guard line.isArea else { return stroke }
        let (first, last) = (across(line.points[0].x), across(line.points[line.points.count - 1].x))
        let floor = Self.number(bottom)
        let shape =
            (["\(Self.number(first)),\(floor)"] + corners + ["\(Self.number(last)),\(floor)"])
        return "<polygon class=\"\(line.style) area\" points=\"\(shape.joined(separator: " "))\"/>"
            + stroke
    }

    /// The chart with its title and legend.
    var figure: String {
        let keys = legend.map {
            "<span class=\"key\"><i class=\"\($0.style)\"></i>\(Page.escaped($0.name))</span>"
        }
        return
            "<figure><figcaption><b>\(Page.escaped(title))</b>\(keys.joined())</figcaption>\n\(svg)\n"
            + "</figure>"
    }

    /// To a tenth of a pixel.
    static func number(_ value: Double) -> String {
        let tenths = (value * 10).rounded() / 10
        return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
    }
}
