// `bench chart`: the table of `bench peers` as a picture, for a light page and for a dark one.
import ArgumentParser
import Foundation

struct ChartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chart",
        abstract: "Draw a table of `bench peers --markdown` as SVG, light and dark.")

    @Argument(help: "The table.")
    var table: String
    @Option(help: "Where speed-light.svg and speed-dark.svg go.")
    var folder = "."

    func run() throws {
        let chart: BarChart
        do {
            chart = try PeersFigures(markdown: String(contentsOfFile: table, encoding: .utf8)).chart
        } catch {
            throw ValidationError("\(table) cannot be drawn: \(error)")
        }
        for (name, colours) in Self.pictures {
            let path = "\(folder)/\(name)"
            try chart.svg(colours).write(toFile: path, atomically: true, encoding: .utf8)
            print("The chart is \(path)")
        }
    }

    static let pictures = [
        (name: "speed-light.svg", colours: BarChart.Colours.light),
        (name: "speed-dark.svg", colours: BarChart.Colours.dark),
    ]
}
