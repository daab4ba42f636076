// When two measurements differ, and when that is noise.
import Testing

@testable import bench

@Suite struct ComparisonTests {
    private let rate = Figure.all[0]
    private let latency = Figure.all[2]

    private func around(_ value: Double, spread: Double, count: Int, seed: UInt64) -> [Double] {
        var random = SplitMix(state: seed)
        return (0..<count).map { _ in
            value * (1 + spread * (Double(random.next() % 2001) / 1000 - 1))
        }
    }

    @Test(arguments: 1...50 as ClosedRange<UInt64>)
    func `The same thing measured twice is noise`(seed: UInt64) {
        let a = around(100, spread: 0.10, count: 5, seed: seed)
        let b = around(100, spread: 0.10, count: 5, seed: seed &* 977)
        let change = Comparison.change("x", rate, a, b, floor: Comparison.floor)
        // At 95 % confidence one in twenty may be wrong.
        if change.verdict != .noise { #expect(abs(change.ratio - 1) < 0.15) }
    }

    @Test func `Wrong verdicts about equal samples are rare`() {
        let mistakes = (1...200 as ClosedRange<UInt64>).filter { seed in
            let a = around(100, spread: 0.10, count: 5, seed: seed)
            let b = around(100, spread: 0.10, count: 5, seed: seed &* 7919)
            return Comparison.change("x", rate, a, b, floor: Comparison.floor).verdict != .noise
        }
        #expect(mistakes.count < 40)
    }

    @Test func `A change beyond the spread has a direction`() {
        let a = around(100, spread: 0.05, count: 5, seed: 1)
        let b = around(150, spread: 0.05, count: 5, seed: 2)
        #expect(Comparison.change("x", rate, a, b, floor: 0.03).verdict == .better)
        #expect(Comparison.change("x", rate, b, a, floor: 0.03).verdict == .worse)
        #expect(Comparison.change("x", latency, a, b, floor: 0.03).verdict == .worse)
        #expect(Comparison.change("x", latency, b, a, floor: 0.03).verdict == .better)
    }

    @Test func `Exact values that hardly differ, and too few values, decide nothing`() {
        let a = Array(repeating: 100.0, count: 5)
        let b = Array(repeating: 102.0, count: 5)
        #expect(Comparison.change("x", rate, a, b, floor: 0.03).verdict == .noise)
        #expect(Comparison.change("x", rate, b, a, floor: 0.03).verdict == .noise)
        #expect(
            Comparison.change("x", rate, [100, 101], [200, 201], floor: 0.03).verdict == .unknown)
    }

    private func report(_ rates: [Double], title: String = "t") -> Report {
        var report = Report(load: "echo", title: title, unit: "messages", server: "s", url: "")
        for rate in rates {
            var run = Run(seconds: 1)
            run.counted = Int(rate)
            run.server = ServerUse(
                cpuSeconds: 1, userSeconds: 0.5, systemSeconds: 0.5, cores: 1, residentBefore: 0,
                residentOpen: 0, residentPeak: 1000)
            run.timeline = (0..<10).map {
                Slice(
                    at: Double($0) / 10, perSecond: rate * (0.98 + 0.004 * Double($0)), p50: 0,
                    p99: 0, max: 0, serverCores: 1, residentBytes: 1000)
            }
            report.runs.append(run)
        }
        return report
    }

    private func verdict(_ before: [Double], _ after: [Double]) -> Change.Verdict? {
        Comparison.changes(report(before), report(after))
            .first { $0.figure == "per server-CPU-second" }?.verdict
    }

    @Test func `Runs count if there are three of each; intervals of one run must differ by more`() {
        #expect(verdict([1000, 1010, 990], [1100, 1110, 1090]) == .better)
        #expect(verdict([1000], [1100]) == .noise)
        #expect(verdict([1000], [1300]) == .better)
        #expect(verdict([1000], [800]) == .worse)
    }

    @Test func `Loads are matched by what they are`() {
        var before = ReportFile(command: [], machine: "m")
        var after = before
        before.reports = [report([1], title: "one"), report([1], title: "two")]
        after.reports = [report([1], title: "two"), report([1], title: "three")]
        #expect(
            Comparison.unmatched(before, after)
                == ["only in the first: echo: one", "only in the second: echo: three"])
    }

    @Test func `Medians`() {
        #expect(Statistics.median([]) == 0)
        #expect(Statistics.median([3]) == 3)
        #expect(Statistics.median([5, 1, 3]) == 3)
        #expect(Statistics.median([4, 1, 3, 2]) == 2.5)
        #expect(Statistics.medianIndex([5, 1, 3]) == 2)
        #expect(Statistics.medianIndex([4, 1, 3, 2]) == 3)
        #expect(Statistics.medianIndex([]) == nil)
    }
}
