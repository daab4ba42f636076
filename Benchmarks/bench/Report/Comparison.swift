// Two files of reports side by side: what changed, and what is noise.

/// One figure of one load in both files.
struct Change: Equatable {
    enum Verdict: Equatable { case better, worse, noise, unknown }

    var load: String
    var figure: String
    var before: Double
    var after: Double
    /// after / before, of the medians, and where it lies with 95 % confidence.
    var ratio: Double
    var interval: ClosedRange<Double>?
    var verdict: Verdict
}

enum Comparison {
    /// A change below this is noise, whatever the spread says: with several runs to compare, and
    /// with one run each, whose intervals do not show the variation between runs. On a shared
    /// machine the same binary varied by 15 % from run to run.
    static let floor = 0.03
    static let singleRunFloor = 0.15

    /// The data behind the verdicts.
    static let method = """
        A ratio is of medians: of the runs if both files have three or more of them, else of the
        intervals of their timelines. It is called a change if the 95 % interval of the ratio
        (bootstrap, 2,000 draws) leaves out 1 and the medians differ by at least 3 %; without
        three runs each by at least 15 %, since intervals of one run do not show what differs
        from run to run (--runs 5 does).
        """

    /// The figures of all loads that both files have, in the order of the second.
    static func changes(_ before: ReportFile, _ after: ReportFile) -> [Change] {
        after.reports.flatMap { report -> [Change] in
            guard
                let old = before.reports.first(where: {
                    $0.load == report.load && $0.title == report.title
                })
            else { return [] }
            return changes(old, report)
        }
    }

    /// Loads that only one of the files has.
    static func unmatched(_ before: ReportFile, _ after: ReportFile) -> [String] {
        func names(_ file: ReportFile) -> [String] {
            file.reports.map { "\($0.load): \($0.title)" }
        }
        let (old, new) = (names(before), names(after))
        return old.filter { !new.contains($0) }.map { "only in the first: \($0)" }
            + new.filter { !old.contains($0) }.map { "only in the second: \($0)" }
    }

    static func changes(_ before: Report, _ after: Report) -> [Change] {
        Figure.all.compactMap { figure in
            let byRuns = before.runs.count >= 3 && after.runs.count >= 3
            let old = figure.samples(before, byRuns: byRuns)
            let new = figure.samples(after, byRuns: byRuns)
            guard !old.isEmpty, !new.isEmpty, Statistics.median(old) > 0 else { return nil }
            return change(
                "\(after.load): \(after.title)", figure, old, new,
                floor: byRuns ? floor : singleRunFloor)
        }
    }

    static func change(
        _ load: String, _ figure: Figure, _ old: [Double], _ new: [Double], floor: Double
    ) -> Change {
        let ratio = Statistics.median(new) / Statistics.median(old)
        var change = Change(
            load: load, figure: figure.name, before: Statistics.median(old),
            after: Statistics.median(new), ratio: ratio,
            interval: Statistics.ratioInterval(old, new), verdict: .unknown)
        // One value on each side has no spread.
        guard old.count >= 3, new.count >= 3, let interval = change.interval else { return change }
        // The same factor up and down: 15 % more, or the decrease that undoes it.
        let isSmall = ratio < 1 + floor && ratio > 1 / (1 + floor)
        if interval.contains(1) || isSmall {
            change.verdict = .noise
        } else {
            change.verdict = (ratio > 1) == figure.moreIsBetter ? .better : .worse
        }
        return change
    }
}

/// A figure that two reports are compared by.
struct Figure: Sendable {
    let name: String
    let moreIsBetter: Bool
    let ofRun: @Sendable (Run) -> Double?
    /// The figure of one interval of the timeline; nil where an interval has none.
    let ofSlice: @Sendable (Slice) -> Double?

    static let all: [Figure] = [
        Figure(
            name: "per server-CPU-second", moreIsBetter: true, ofRun: { $0.perServerSecond },
            ofSlice: { slice in
                slice.serverCores.flatMap { $0 > 0 ? slice.perSecond / $0 : nil }
            }),
        Figure(
            name: "per second", moreIsBetter: true, ofRun: { $0.perSecond },
            ofSlice: { $0.perSecond }),
        Figure(
            name: "latency p50, µs", moreIsBetter: false, ofRun: { $0.latency?.p50 },
            ofSlice: { $0.p50 > 0 ? $0.p50 : nil }),
        Figure(
            name: "latency p99, µs", moreIsBetter: false, ofRun: { $0.latency?.p99 },
            ofSlice: { $0.p99 > 0 ? $0.p99 : nil }),
        Figure(
            name: "server memory, bytes", moreIsBetter: false,
            ofRun: { $0.server.map { Double($0.residentPeak) } },
            ofSlice: { $0.residentBytes.map(Double.init) }),
    ]

    func samples(_ report: Report, byRuns: Bool) -> [Double] {
        byRuns
            ? report.runs.compactMap(ofRun)
            : report.runs.flatMap { $0.timeline.compactMap(ofSlice) }
    }
}
