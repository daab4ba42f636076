// What `bench upgrade` counts: order, waits, and what a server's log says.
import Foundation
import Testing

@testable import bench

@Suite struct UpgradeTests {
    // MARK: Order

    private static func plan(idle: Int = 0, _ wire: WireProtocol = .raw) -> LoadPlan {
        var plan = LoadPlan(kind: .rooms)
        plan.wire = wire
        plan.totalConnections = 6 + idle
        plan.idleCount = idle
        plan.connectionCount = 6
        plan.rooms = 2
        plan.speakersPerRoom = 3
        plan.rate = 10
        plan.watchesOrder = true
        return plan
    }

    /// What is found of these numbers, all from one speaker at one reader.
    private func verdicts(_ numbers: [UInt32]) -> [OrderCheck.Verdict] {
        var check = OrderCheck(Self.plan())
        return numbers.map { check.take(Stamp(due: 0, sender: 3, sequence: $0), by: 5) }
    }

    @Test func `Late messages and doubled ones are different`() {
        #expect(verdicts([0, 1, 2]) == [.inOrder, .inOrder, .inOrder])
        #expect(verdicts([0, 2, 1, 3]) == [.inOrder, .inOrder, .late, .inOrder])
        #expect(verdicts([0, 1, 1, 0, 2]) == [.inOrder, .inOrder, .again, .again, .inOrder])
        #expect(verdicts([3, 1, 1, 0]) == [.inOrder, .late, .again, .late])
        // A number that nobody can have sent is remembered as far as memory allows.
        #expect(verdicts([400_000_000, 99_999, 100_000]) == [.inOrder, .late, .again])
    }

    @Test func `Each pair of speaker and reader has an order of its own`() {
        var check = OrderCheck(Self.plan())
        for sender in 0..<6 as Range<UInt32> {
            for member in stride(from: Int(sender) % 2, to: 6, by: 2) {
                let stamp = Stamp(due: 0, sender: sender, sequence: 0)
                #expect(check.take(stamp, by: member) == .inOrder)
                #expect(check.take(stamp, by: member) == .again)
            }
        }
    }

    // MARK: Waits

    @Test func `The longest wait between two times is found`() throws {
        var (waits, others) = (Waits(), Waits())
        waits.record(due: 0, 5)
        waits.record(due: 25_000_000, 7)
        others.record(due: 29_999_999, 6)
        others.record(due: 50_000_000, 90)
        // Beyond all that is measured.
        others.record(due: .max, 1)
        waits.add(others)
        #expect(waits.longest(from: 0, to: 30_000_000) == 7)
        #expect(waits.longest(from: 30_000_000, to: 49_000_000) == nil)
        #expect(waits.longest(from: 30_000_000, to: 50_000_000) == 90)
        #expect(waits.longest(from: 90_000_000, to: 95_000_000) == nil)
        #expect(try JSONDecoder().decode(Waits.self, from: JSONEncoder().encode(waits)) == waits)
    }

    // MARK: The log

    @Test func `The log says how long the pause was, or why there was none`() {
        let lines: [(Substring, UpgradeLog.Entry?)] = [
            (
                "2026-11-30T10:48:48+0000 notice x: event=taken-over pause-us=21948 [W] Took over",
                .takenOver(microseconds: 21948)
            ),
            ("event=taken-over", nil), ("Took over 3 connections.", nil), ("", nil),
            (
                "error x: event=reexec-failed [W] /a b does not take over. The server stops.",
                .failed("The server stops.")
            ),
            ("event=reexec-failed \u{1B}[1m", .failed("event=reexec-failed <U+001B>[1m")),
        ]
        for (line, entry) in lines { #expect(UpgradeLog.Entry(line) == entry, "\(line)") }
    }

    // MARK: Generators

    @Test(arguments: [(0, 1), (5, 2), (5, 3), (60, 2), (60, 5)], [WireProtocol.raw, .chat])
    func `Those who say nothing have generators and rooms of their own`(
        load: (idle: Int, workers: Int), wire: WireProtocol
    ) {
        let parts = Self.plan(idle: load.idle, wire).divided(among: load.workers)
        #expect(parts.count == load.workers)
        var next = 0
        for part in parts {
            #expect(part.firstConnection == next)
            next += part.connectionCount
            #expect(part.connectionCount > 0 && part.idleCount == 0)
            #expect(part.watchesOrder != part.isIdle)
        }
        #expect(next == 6 + load.idle)
        let (idle, talking) = (parts.filter(\.isIdle), parts.filter { !$0.isIdle })
        #expect(talking.map(\.connectionCount).reduce(0, +) == 6)
        #expect(talking.allSatisfy { $0.totalConnections == 6 && $0.rate == 10 })
        #expect(talking.map(\.worker) == Array(talking.indices))
        #expect(idle.isEmpty == (load.idle == 0))
        for part in idle {
            #expect(part.kind == (wire == .chat ? .rooms : .idle))
            #expect(part.rate == nil && part.speakersPerRoom == 0)
            #expect(part.name(ofRoom: 0) != talking[0].name(ofRoom: 0))
        }
    }

    // MARK: The report

    private static func percentiles(_ milliseconds: [UInt64]) -> Percentiles? {
        var latencies = Latencies()
        for number in milliseconds { latencies.record(number * 1_000_000) }
        return Percentiles(latencies)
    }

    @Test func `The report has the pauses, the rest of them, and what is wrong`() throws {
        let failures = [
            FailureKind.lost: 2, FailureKind.reordered: 1,
            "connections lost: reset": 3, "connections closed: 1012": 1, "upgrades failed: x": 1,
        ]
        var run = bench.Run(seconds: 3)
        run.upgrades = UpgradeFigures(
            wanted: 3, done: 2, pause: Self.percentiles([9, 11]),
            bareStart: Self.percentiles([5, 5]), wait: Self.percentiles([12, 20]), failures)
        run.failures = failures
        let report = Report(
            load: "upgrade", title: "t", unit: "deliveries", server: "s", url: "", runs: [run])
        let copy = try JSONDecoder().decode(Report.self, from: JSONEncoder().encode(report))
        #expect(copy.runs[0].upgrades == run.upgrades)
        let text = copy.text(Style(isOn: false))
        for words in [
            "9.00 ms  without service: the median of 2 upgrades",
            "pause      p50 9.00 ms   p99 11.0 ms   max 11.0 ms",
            "bare start p50 5.00 ms", "the rest   p50 4.00 ms   p99 6.00 ms   max 6.00 ms",
            "clients    p50 12.0 ms   p99 20.0 ms",
            "2 lost, 0 doubled, 1 out of order; 4 connections closed", "upgrades failed: x",
        ] { #expect(text.contains(words), "\(words) in \(text)") }
        run.upgrades = UpgradeFigures(
            wanted: 3, done: 0, pause: nil, bareStart: nil, wait: nil, [:])
        #expect(run.upgrades?.beyondBareStart(\.p50) == nil)
        #expect(run.upgrades?.rows.map(\.0) == ["messages"])
    }
}
