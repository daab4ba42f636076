// The chart of the README: drawn only from the committed table.
import Foundation
import TestSupport
import Testing

@testable import bench

@Suite struct SpeedChartTests {
    private static let table = """
        What was measured:

        | | echo 32 B, depth 1 | depth 16 | fan-out <64> B | bytes per idle connection |
        |---|---:|---:|---:|---:|
        | Ours | 110 | 1,000 | 98.4 | 170 |
        | Theirs & co | 55.0 | 250 | failed | 494 |
        | Slow | – | 0.1 | 1.0 | 5,339 |

        Medians.
        """

    @Test func `Each load is a panel, each server a bar, and memory is not a rate`() throws {
        let chart = try PeersFigures(markdown: Self.table).chart
        #expect(
            chart.panels.map(\.title)
                == ["echo 32 B, depth 1", "echo 32 B, depth 16", "fan-out <64> B"])
        #expect(chart.panels.allSatisfy { $0.bars.map(\.name) == ["Ours", "Theirs & co", "Slow"] })
        #expect(chart.panels[1].bars.map(\.value) == [1000, 250, 0.1])
        #expect(chart.panels[1].bars.map(\.label) == ["1,000", "250", "0.1"])
        #expect(chart.panels[0].bars.map(\.value) == [110, 55, nil])
        #expect(chart.panels[2].bars.map(\.value) == [98.4, nil, 1])
        #expect(chart.panels.allSatisfy { $0.bars.map(\.isOurs) == [true, false, false] })
        #expect(chart.panels[0].unit.contains("messages"))
        #expect(chart.panels[2].unit.contains("deliveries"))
    }

    @Test func `A bar is as long as its figure, and a failed run has none`() throws {
        let svg = try PeersFigures(markdown: Self.table).chart.svg(.light)
        let lengths = svg.matches(of: /<rect [^>]*width="([0-9.]+)"/).compactMap { Double($0.1) }
        // Panel by panel, to a tenth of a pixel; the smallest is a pixel long, so that it is seen.
        let shares = [1, 0.5, 1, 0.25, 0, 1, 1 / 98.4]
        #expect(lengths.count == shares.count)
        for (length, share) in zip(lengths, shares) {
            #expect(abs(length - max(1, share * BarChart.longestBar)) < 0.051)
        }
        #expect(svg.contains(">failed</text>") && svg.contains(">–</text>"))
        #expect(svg.contains("fan-out &lt;64&gt; B") && svg.contains("Theirs &amp; co"))
        #expect(
            svg.components(separatedBy: "<rect").count == svg.components(separatedBy: "/>").count)
    }

    @Test(arguments: ["", "no table", "| | a |\n|---|\n", "| | a |\n|---|---|\n| Ours | 1 | 2 |\n"])
    func `Other texts are refused with a message`(text: String) {
        let problem = #expect(throws: PeersFigures.NoTable.self) {
            try PeersFigures(markdown: text)
        }
        #expect(problem?.description.isEmpty == false)
    }

    @Test func `All names and figures fit into the picture`() throws {
        let drawn = try PeersFigures(markdown: Self.file("Benchmarks/peers/RESULTS.md")).chart
        // Pixels a character, on average in the widest of the usual typefaces.
        for bar in drawn.panels.flatMap(\.bars) {
            #expect(Double(bar.name.count) * 6.6 <= BarChart.nameWidth - 8, "\(bar.name)")
            #expect(Double(bar.label.count) * 7 <= BarChart.labelWidth - 5, "\(bar.label)")
        }
    }

    private static func file(_ path: String) throws -> String {
        try String(
            contentsOf: BuildProducts.packageRoot.appendingPathComponent(path), encoding: .utf8)
    }

    @Test(arguments: ChartCommand.pictures.map(\.name))
    func `The committed picture is that of the committed table`(name: String) throws {
        let colours = try #require(ChartCommand.pictures.first { $0.name == name }?.colours)
        let drawn = try PeersFigures(markdown: Self.file("Benchmarks/peers/RESULTS.md")).chart
        #expect(
            try Self.file("docs/\(name)") == drawn.svg(colours), "`make chart` draws it anew")
        #expect(try Self.file("README.md").contains("docs/\(name)"), "nobody sees it")
    }
}
