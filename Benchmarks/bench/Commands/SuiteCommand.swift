// Plain `bench`: everything in two minutes, on one screen.
import ArgumentParser
import Foundation

struct SuiteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tour",
        abstract: "A short run of every load, against the servers of this package.")

    @Option(
        help: """
            How long each load is measured, as a share of the usual. Far below 1 there are fewer \
            clients that come back, too.
            """)
    var scale = 1.0

    @Flag(help: "Do not pin server and generator to processors of their own.")
    var noPin = false

    @Flag(help: "Measure a debug build as it is, instead of going on as a release build.")
    var asBuilt = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (0.01...100).contains(scale) else {
            throw ValidationError("--scale is 0.01 to 100.")
        }
    }

    func run() throws {
        var target = try TargetOptions.parse([])
        target.noPin = noPin
        target.asBuilt = asBuilt
        var load = try LoadOptions.parse([])
        load.seconds = 6 * scale
        load.warmup = 1.5 * min(1, scale)
        var runner = try JobRunner(target, load, output)
        let style = Style()
        print(style.bold("A tour of two minutes") + style.faint("  \(runner.file.machine)"))
        print(style.faint(Self.row("load", "", "p50", "p99", "")))
        for job in try jobs(load) {
            let report = try runner.run(job, isPrinted: false)
            print(Self.row(report, style))
        }
        print(
            style.faint(
                """
                Rates are per second of the server's processor time, on one processor; latencies \
                count from
                when a message was due, and include the generator's own. `bench --help` has each \
                load by itself.
                """))
        try runner.finish()
    }

    private func jobs(_ load: LoadOptions) throws -> [Job] {
        func message(_ size: Int, depth: Int) throws -> MessageOptions {
            try MessageOptions.parse(["--size", "\(size)", "--depth", "\(depth)"])
        }
        func room(_ rooms: Int, speakers: Int, _ wire: WireProtocol) throws -> RoomOptions {
            try RoomOptions.parse([
                "--rooms", "\(rooms)", "--speakers", "\(speakers)", "--protocol", wire.rawValue,
            ])
        }
        return [
            try EchoCommand.job(100, message(32, depth: 1), load),
            try EchoCommand.job(100, message(32, depth: 16), load),
            try EchoCommand.job(100, message(16384, depth: 4), load),
            try FanoutCommand.job(1000, room(1, speakers: 1, .raw), message(64, depth: 1), load),
            try FanoutCommand.job(1000, room(1, speakers: 1, .chat), message(64, depth: 1), load),
            try FanoutCommand.job(1000, room(500, speakers: 2, .chat), message(64, depth: 1), load),
            try ChatCommand.job(1000, rooms: 20, every: 10, size: 64, load),
            try ChurnCommand.job(64, load),
            try IdleCommand.job(10_000, load),
            try SlowCommand.job(20, neverRead: 0, size: 1024, depth: 16, load),
            try SlowCommand.job(20, neverRead: 100, size: 1024, depth: 16, load),
            try ResumeCommand.job(
                Int(5000 * min(1, scale * 10)), bystanders: 50, rooms: 5, rate: 100, away: 1,
                within: 1),
        ]
    }

    private static func row(_ report: Report, _ style: Style) -> String {
        let headline = Headline(report)
        let isRate = report.load != "idle" && report.load != "resume"
        let unit = isRate ? report.unit : report.load == "idle" ? "B each" : "resumed"
        let latency = report.typicalRun?.latency
        let failed = report.failures.values.reduce(0, +)
        return row(
            report.load, "\(headline.value) \(unit)",
            latency.map { Words.time($0.p50) } ?? "", latency.map { Words.time($0.p99) } ?? "",
            style.faint(report.title)
                + (failed > 0 ? style.bad("  \(Words.plural(failed, "failure"))") : ""),
            style)
    }

    private static func row(
        _ load: String, _ figure: String, _ p50: String, _ p99: String, _ title: String,
        _ style: Style = Style(isOn: false)
    ) -> String {
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        let name = load.padding(toLength: 8, withPad: " ", startingAt: 0)
        return "  " + style.bold(name) + style.bold(right(figure, 22)) + right(p50, 10)
            + right(p99, 10) + "  " + title
    }
}
