// Servers side by side as SVG: a panel of bars for each load, ours in colour.
import Foundation

/// The panels of a picture for a page of Markdown, which can give it neither style nor script.
struct BarChart {
    /// One load: a bar for each server.
    struct Panel {
        var title: String
        var unit: String
        var bars: [Bar]
    }

    struct Bar {
        var name: String
        /// The figure as written at the bar's end.
        var label: String
        /// Nil where there is nothing to draw: the load failed, or was not run.
        var value: Double?
        var isOurs = false
    }

    var title: String
    var panels: [Panel]
    var columnCount = 3

    /// The colours of `PageStyle`. The picture has no background: it shows on the reader's page.
    struct Colours {
        var ours: String
        var others: String
        var ink: String
        var soft: String

        static let light = Colours(
            ours: "#2f62d9", others: "#c9cdd4", ink: "#1d1f24", soft: "#62666f")
        static let dark = Colours(
            ours: "#7aa5ff", others: "#454b56", ink: "#eceef2", soft: "#9aa1ad")
    }

    // In pixels, about as wide as a README is shown.
    private static let panelWidth = 306.0
    static let nameWidth = 134.0
    /// The space for the text behind the longest bar: "1,524".
    static let labelWidth = 44.0
    private static let headHeight = 44.0
    private static let rowHeight = 20.0
    private static let barHeight = 13.0
    private static let gap = 16.0
    static var longestBar: Double { panelWidth - nameWidth - labelWidth }

    private var panelHeight: Double {
        Self.headHeight + Double(panels.map(\.bars.count).max() ?? 0) * Self.rowHeight
    }

    func svg(_ colours: Colours) -> String {
        let rowCount = (panels.count + columnCount - 1) / columnCount
        let width = Self.extent(of: columnCount, each: Self.panelWidth)
        let height = Self.extent(of: rowCount, each: panelHeight)
        var parts = [
            """
            <svg xmlns="http://www.w3.org/2000/svg" width="\(Chart.number(width))" \
            height="\(Chart.number(height))" viewBox="0 0 \(Chart.number(width)) \
            \(Chart.number(height))" role="img" aria-label="\(Page.escaped(title))">
            <title>\(Page.escaped(title))</title>
            <style>
            text { font: 12px system-ui, "Segoe UI", Roboto, Arial, sans-serif; \
            fill: \(colours.soft); }
            .title { font-weight: 600; font-size: 13px; fill: \(colours.ink); }
            .name { text-anchor: end; } .ours { font-weight: 600; fill: \(colours.ink); }
            rect { fill: \(colours.others); } rect.ours { fill: \(colours.ours); }
            </style>
            """
        ]
        for (index, panel) in panels.enumerated() {
            let x = Double(index % columnCount) * (Self.panelWidth + Self.gap)
            let y = Double(index / columnCount) * (panelHeight + Self.gap)
            parts.append(drawn(panel, x, y))
        }
        return parts.joined(separator: "\n") + "\n</svg>\n"
    }

    private func drawn(_ panel: Panel, _ x: Double, _ y: Double) -> String {
        let most = panel.bars.compactMap(\.value).max() ?? 0
        var parts = [
            text("title", x, y + 14, panel.title), text("", x, y + 31, panel.unit),
        ]
        for (row, bar) in panel.bars.enumerated() {
            let style = bar.isOurs ? "ours" : ""
            let top = y + Self.headHeight + Double(row) * Self.rowHeight
            let base = top + Self.barHeight - 2.5
            let begin = x + Self.nameWidth
            var end = begin
            parts.append(text("name \(style)", begin - 8, base, bar.name))
            if let value = bar.value, most > 0 {
                // Even the smallest value stays visible.
                let length = max(1, value / most * Self.longestBar)
                end += length
                parts.append(
                    "<rect class=\"\(style)\" x=\"\(Chart.number(begin))\" "
                        + "y=\"\(Chart.number(top))\" width=\"\(Chart.number(length))\" "
                        + "height=\"\(Chart.number(Self.barHeight))\" rx=\"2\"/>")
            }
            parts.append(text(style, end + 5, base, bar.label))
        }
        return parts.joined(separator: "\n")
    }

    private func text(_ style: String, _ x: Double, _ y: Double, _ words: String) -> String {
        "<text class=\"\(style)\" x=\"\(Chart.number(x))\" y=\"\(Chart.number(y))\">"
            + "\(Page.escaped(words))</text>"
    }

    /// The width of a row of panels, with the gaps between.
    private static func extent(of count: Int, each size: Double) -> Double {
        Double(count) * size + Double(max(0, count - 1)) * gap
    }
}
