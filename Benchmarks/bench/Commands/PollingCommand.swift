// `bench polling`: the same chat read by polling at an interval, by long poll, and by push.
import ArgumentParser
import CommandLineOptions

struct PollingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "polling",
        abstract:
            "Why push at all: one chat read by polling, by long poll and by WebSocket.",
        discussion: """
            For the chat of `roost serve`. One person talks, the others read: delay, requests, bytes \
            and the server's processor time side by side.
            """)

    @Option(name: [.customShort("c"), .long], help: "People who read.")
    var readers = 500

    @Option(help: "Seconds between two requests of a polling reader.")
    var interval = 3.0

    @Option(help: "Seconds that a long poll waits for an answer.")
    var wait = 30.0

    @Option(help: "Messages a second.")
    var rate = 2.0

    @Option(name: [.customShort("s"), .long], help: "Bytes of a message: at least 20.")
    var size = ByteCount(argument: "64")!

    @OptionGroup var load: LoadOptions
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard readers > 0, rate > 0, (0.01...9).contains(interval), (1...60).contains(wait) else {
            throw ValidationError(
                "--readers and --rate must be above 0, --interval 0.01 to 9, --wait 1 to 60.")
        }
        guard (Stamp.byteCount...4000).contains(size.value) else {
            throw ValidationError("A text of the chat has 20 to 4,000 bytes here.")
        }
    }

    func run() throws {
        var runner = try JobRunner(target, load, output)
        let ways: [(String, LoadPlan.Polling?)] = [
            ("ask every \(Words.seconds(interval))", .every(interval)),
            ("long poll", .waiting(wait)), ("push", nil),
        ]
        var reports: [(String, Report)] = []
        for (name, polling) in ways where !Interruption.isRequested {
            reports.append((name, try runner.run(try job(name, polling), isPrinted: false)))
        }
        print(Self.table(reports, words, Style()))
        try runner.finish()
    }

    private var words: String {
        "\(Words.count(readers)) read, one says \(Words.bytes(size.value)) "
            + "\(Words.rate(rate)) times a second"
    }

    private func job(_ name: String, _ polling: LoadPlan.Polling?) throws -> Job {
        var plan = LoadPlan(kind: .rooms)
        plan.wire = .chat
        plan.template = MessageTemplate.chat
        plan.subprotocols = ["roost.v1"]
        plan.totalConnections = readers + 1
        plan.size = size.value
        plan.rate = rate
        plan.polling = polling
        // A polling reader gets the last message only with its next request.
        plan.drainSeconds = max(5, interval + 2)
        return Job(
            load: "polling", title: "\(words): \(name)", unit: "deliveries", plan: plan,
            warmup: load.warmup, seconds: load.seconds,
            serverCommand: try .chat("--rate-limit", "off"),
            // The speaker connects first: the room must exist before readers ask for it.
            opensInOrder: true)
    }

    static func table(_ reports: [(String, Report)], _ words: String, _ style: Style) -> String {
        func right(_ text: String, _ width: Int) -> String {
            String(repeating: " ", count: max(0, width - text.count)) + text
        }
        let columns = [
            ("delay p50", 12), ("p99", 10), ("max", 10), ("requests/s", 12), ("bytes/s", 13),
            ("server CPU", 12), ("per delivery", 14),
        ]
        let heads = columns.map { right($0.0, $0.1) }.joined()
        var lines = [
            style.bold("polling") + "  " + words, "",
            style.faint("  " + String(repeating: " ", count: 16) + heads),
        ]
        for (name, report) in reports {
            guard let run = report.typicalRun else { continue }
            let cpu = run.server?.cpuSeconds
            let cells = [
                run.latency.map { Words.time($0.p50) }, run.latency.map { Words.time($0.p99) },
                run.latency.map { Words.time($0.max) },
                Words.rate(Double(run.requests) / run.seconds),
                Words.bytes(Double(run.wireSent + run.wireReceived) / run.seconds),
                cpu.map { Words.fixed($0 / run.seconds * 100, 1) + " %" },
                cpu.flatMap { run.counted > 0 ? Words.time($0 * 1e6 / Double(run.counted)) : nil },
            ]
            let row = zip(cells, columns).map { right($0.0 ?? "?", $0.1.1) }.joined()
            lines.append(
                "  " + style.bold(name.padding(toLength: 16, withPad: " ", startingAt: 0)) + row)
        }
        for (name, report) in reports {
            for (kind, count) in report.failures.sorted(by: { $0.key < $1.key }) {
                lines.append("  " + style.bad("FAILED     \(name): \(Words.count(count)) \(kind)"))
            }
            for warning in report.typicalRun?.warnings ?? [] {
                lines += Report.wrapped("! \(name): \(warning)").map(style.warning)
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
