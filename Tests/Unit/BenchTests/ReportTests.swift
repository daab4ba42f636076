// The output: numbers, lines, tables and the page.
import Foundation
import Testing

@testable import bench

@Suite struct ReportTests {
    @Test func `Numbers read well`() {
        #expect(
            [0, 999, 1000, 1_234_567, -1234].map { Words.count($0 as Int) }
                == ["0", "999", "1,000", "1,234,567", "-1,234"])
        #expect(
            [0.004, 12.345, 123.4, 98_765.4].map(Words.rate) == ["0.00", "12.3", "123", "98,765"])
        #expect(
            [0.5, 47.31, 999.4, 1270, 12_345, 999_600, 3_214_000].map(Words.time)
                == ["0.50 µs", "47.3 µs", "999 µs", "1.27 ms", "12.3 ms", "1.00 s", "3.21 s"])
        #expect(
            [0, 512, 1536, 1 << 20, 3 << 30].map { Words.bytes($0 as Int) }
                == ["0 B", "512 B", "1.50 KiB", "1.00 MiB", "3.00 GiB"])
        #expect(Words.wrapped("a bc def g", columns: 4) == ["a bc", "def", "g"])
        #expect(Words.wrapped("longer", columns: 4) == ["longer"] && Words.wrapped("").isEmpty)
        #expect(Words.plural(1, "run") == "1 run" && Words.plural(2000, "run") == "2,000 runs")
    }

    static func sample() -> ReportFile {
        var latencies = Latencies()
        var random = SplitMix(state: 3)
        for _ in 0..<20_000 { latencies.record(300_000 + random.next() % 900_000) }
        latencies.record(80_000_000)
        var run = Run(seconds: 3)
        run.opened = 100
        run.openingSeconds = 0.1
        run.counted = 300_000
        run.countedBytes = 9_600_000
        run.latency = Percentiles(latencies)
        run.curve = Point.curve(of: latencies)
        run.server = ServerUse(
            cpuSeconds: 2, userSeconds: 0.5, systemSeconds: 1.5, cores: 0.67,
            residentBefore: 1 << 23,
            residentOpen: 12 << 20, residentPeak: 13 << 20)
        for index in 0..<30 {
            var slice = Slice(
                at: Double(index) / 10, perSecond: 0, p50: 600, p99: 0, max: 0)
            slice.perSecond = 100_000 + Double(index % 7) * 900
            slice.p99 = 1100 + Double(index % 5) * 80
            slice.max = 1500 + Double(index % 11) * 900
            slice.serverCores = 0.66
            slice.residentBytes = 13 << 20
            run.timeline.append(slice)
        }
        var report = Report(
            load: "echo", title: "32 B <text> & \"more\"", unit: "messages", server: "echo-server",
            url: "ws://127.0.0.1:1/", runs: [run])
        var file = ReportFile(command: ["bench", "echo"], machine: "A <machine>")
        file.reports = [report]
        report.load = "fanout"
        report.runs[0].failures = ["messages <lost>": 3]
        report.runs[0].warnings = ["The generator was the limit."]
        file.reports.append(report)
        return file
    }

    @Test func `The screen has the headline, the percentiles and every failure`() {
        let reports = Self.sample().reports
        let text = reports[0].text(Style(isOn: false))
        #expect(text.contains("150,000  messages per second of server CPU"))
        #expect(text.contains("p99.9") && text.contains("max 80.0 ms"))
        #expect(text.contains("failures   none"))
        let failed = reports[1].text(Style(isOn: false))
        #expect(failed.contains("FAILED     3 messages <lost>"))
        #expect(failed.contains("! The generator was the limit."))
        #expect(!failed.contains("none"))
    }

    @Test func `The page needs nothing else, escapes everything, and closes what it opens`() {
        let html = Page.html(Self.sample())
        #expect(!html.contains("<script") && !html.contains("<link") && !html.contains("src="))
        #expect(!html.contains("http://") && !html.contains("https://") && !html.contains("url("))
        #expect(html.contains("32 B &lt;text&gt; &amp; &quot;more&quot;"))
        #expect(html.contains("A &lt;machine&gt;") && html.contains("messages &lt;lost&gt;"))
        #expect(html.contains("prefers-color-scheme: dark"))
        #expect(html.components(separatedBy: "<svg").count == 9, "four charts for each load")
        #expect(!html.contains("nan") && !html.contains("inf\""))
        // Every element that is opened is closed, and in order.
        var open: [String] = []
        let void: Set<String> = ["meta", "br", "line", "polyline", "polygon", "!DOCTYPE"]
        let pattern = /<(\/?)([!A-Za-z0-9]+)[^>]*?(\/?)>/
        for tag in html.matches(of: pattern) where !void.contains(String(tag.2)) {
            if tag.1 == "/" {
                #expect(open.popLast() == String(tag.2))
            } else if tag.3 != "/" {
                open.append(String(tag.2))
            }
        }
        #expect(open.isEmpty)
    }

    @Test func `A report without anything is still a report`() {
        var file = ReportFile(command: ["bench"], machine: "m")
        file.reports = [
            Report(
                load: "idle", title: "t", unit: "connections", server: "s", url: "",
                runs: [Run(seconds: 0)])
        ]
        #expect(Page.html(file).contains("<section"))
        #expect(file.reports[0].text(Style(isOn: false)).contains("idle"))
    }

    @Test func `Axes have a few round ticks, inside`() {
        #expect(Scale.linear(0...100).ticks == [0, 20, 40, 60, 80, 100])
        #expect(
            Scale.logarithmic(40...30_000).ticks == [100, 300, 1000, 3000, 10_000, 30_000]
                || Scale.logarithmic(40...30_000).ticks.count >= 3)
        #expect(
            Scale.percentile(nines: 3).ticks.map { ($0 * 1000).rounded() / 1000 } == [
                0, 90, 99, 99.9,
            ])
        #expect(Scale.percentile(nines: 2).place(90) == 0.5)
        #expect(Scale.percentile(nines: 2).place(100) == 1)
        #expect(Scale.linear(5...5).place(5) == 0)
        for (low, high) in [(0.3, 0.9), (1, 1.5), (3, 7), (80, 90_000), (1, 1e7)] {
            #expect((2...8).contains(Scale.logarithmic(low...high).ticks.count) || high / low < 2)
        }
    }

    @Test(arguments: 1...9) func `Labels below an axis do not run into each other`(nines: Int) {
        let chart = Chart(
            title: "", x: .percentile(nines: nines), y: .linear(0...1),
            xLabel: { "\(($0 * 1e7).rounded() / 1e7) %" }, yLabel: { "\($0)" }, lines: [])
        let extents = chart.xLabels.map(\.extent)
        #expect(zip(extents, extents.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
        #expect(chart.xLabels.last?.isLast == true && chart.xLabels.count >= 2)
        #expect(extents.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= chart.width })
    }

    @Test func `The progress line shows the progress and the remaining time`() {
        let line = ProgressLine("echo", isShown: false)
        #expect(
            line.line(.opening(done: 512, of: 1024), Progress(failures: 1), now: 0)
                == "echo  ▕██████████          ▏  512 of 1,024 ready   1 failure")
        let timing = Timing(
            begin: 0, measureFrom: 1_000_000_000, measureUntil: 5_000_000_000, intervalCount: 10)
        let job = Job(
            load: "echo", title: "", unit: "messages", plan: LoadPlan(kind: .echo),
            warmup: 1, seconds: 4, serverCommand: .init(arguments: [], name: ""))
        #expect(
            line.line(.running(timing, job), Progress(), now: 500_000_000)
                .contains("4 s left  warming up"))
        _ = line.line(.running(timing, job), Progress(counted: 1000), now: 2_000_000_000)
        #expect(
            line.line(.running(timing, job), Progress(counted: 6000), now: 3_000_000_000)
                .hasSuffix("2 s left  5,000 messages/s"))
        #expect(ProgressLine.bar(0) == "▕                    ▏")
        #expect(ProgressLine.bar(1.5) == "▕████████████████████▏")
        #expect(ProgressLine.bar(0.51).count == 22)
    }

    @Test func `The limit of a run is named`() {
        func judged(_ change: (inout Run) -> Void, rate: Double? = nil) -> Run {
            var run = Self.sample().reports[0].runs[0]
            change(&run)
            run.judge(rate: rate, knowsServer: run.server != nil, pinned: true)
            return run
        }
        let server = judged { $0.server?.cores = 0.99 }
        #expect(server.limit.hasPrefix("the server"))
        let generator = judged { $0.generator.busiestCore = 0.95 }
        #expect(generator.limit.hasPrefix("the generator"))
        #expect(generator.warnings.contains { $0.contains("95 % of its processor") })
        let schedule = judged({ _ in }, rate: 100)
        #expect(schedule.limit.hasPrefix("the schedule"))
        let neither = judged { _ in }
        #expect(neither.limit.hasPrefix("round trips"))
        let unknown = judged { $0.server = nil }
        #expect(unknown.warnings.contains { $0.contains("--pid") })
    }

    @Test func `The table has a row for each server, and marks failed and missing runs`() {
        var table = PeersTable(
            names: ["Ours", "Theirs", "Slow"], loads: ["echo", "idle"],
            versions: ["", "4.1", ""])
        func report(_ load: String, perSecond: Int, failures: [String: Int] = [:]) -> Report {
            var report = Self.sample().reports[0]
            report.load = load
            report.runs[0].counted = perSecond * 2
            report.runs[0].opened = 1 << 15
            report.runs[0].failures = failures
            return report
        }
        // The median of three rounds; failures of any round count.
        for rate in [90_000, 150_000, 123_456] {
            table.add(report("echo", perSecond: rate), row: 0, column: 0)
        }
        table.add(report("echo", perSecond: 12_345), row: 0, column: 1)
        table.add(report("idle", perSecond: 1), row: 1, column: 0)
        table.add(report("idle", perSecond: 1), row: 1, column: 1)
        table.add(
            report("idle", perSecond: 1, failures: [FailureKind.lost: 1]), row: 1, column: 1)
        let lines = table.markdown("Measured here.").split(separator: "\n").map(String.init)
        #expect(
            lines == [
                "| | echo | idle |", "|---|---:|---:|", "| Ours | 123 | 128 |",
                "| Theirs | 12.3 | failed |", "| Slow | – | – |",
                "Thousands per second of server CPU: messages of an echo, deliveries of a fan-out, "
                    + "whole connections;",
                "of the idle ones, bytes of server memory each. Measured here.",
                "Theirs: 4.1",
            ])
        #expect(table.reports.count == 4)
        // A server that resumes no session has not failed.
        var resumed = PeersTable(names: ["Ours"], loads: ["resumed"], versions: [""])
        resumed.add(
            report("churn", perSecond: 1, failures: [FailureKind.notResumed: 3]), row: 0, column: 0)
        #expect(resumed.markdown("").contains("| Ours | – |"))
    }
}
