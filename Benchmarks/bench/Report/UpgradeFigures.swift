// What `bench upgrade` finds out: how long the pauses were, and what they did to the clients.

struct UpgradeFigures: Codable, Sendable, Equatable {
    var wanted: Int
    var done: Int
    /// From the end of the old program's last turn to the new one's first, as the server says.
    var pause: Percentiles?
    /// The start of the same program with nothing to take over.
    var bareStart: Percentiles?
    /// The longest wait for an answer around each upgrade.
    var wait: Percentiles?
    /// Messages, and connections.
    var lost: Int
    var doubled: Int
    var reordered: Int
    var closed: Int

    init(
        wanted: Int, done: Int, pause: Percentiles?, bareStart: Percentiles?, wait: Percentiles?,
        _ failures: [String: Int]
    ) {
        self.wanted = wanted
        self.done = done
        self.pause = pause
        self.bareStart = bareStart
        self.wait = wait
        lost = failures[FailureKind.lost] ?? 0
        doubled = failures[FailureKind.surplus] ?? 0
        reordered = failures[FailureKind.reordered] ?? 0
        closed =
            failures.filter {
                $0.key.hasPrefix("connections lost") || $0.key.hasPrefix("connections closed")
            }.values.reduce(0, +)
    }

    /// How much longer a percentile of the pauses is than that of the bare starts, in microseconds.
    func beyondBareStart(_ figure: (Percentiles) -> Double) -> Double? {
        guard let pause, let bareStart else { return nil }
        return figure(pause) - figure(bareStart)
    }

    /// The rows of a report.
    var rows: [(String, String)] {
        var rows: [(String, String)] = []
        func add(_ name: String, _ percentiles: Percentiles?, _ words: String) {
            guard let percentiles else { return }
            rows.append(
                (name, Self.text(percentiles.p50, percentiles.p99, percentiles.max) + words))
        }
        add("pause", pause, ", from the last turn to the first")
        add("bare start", bareStart, ", with nothing to take over")
        if let p50 = beyondBareStart(\.p50), let p99 = beyondBareStart(\.p99),
            let most = beyondBareStart(\.max)
        {
            rows.append(("the rest", Self.text(p50, p99, most) + ", pause less bare start"))
        }
        add("clients", wait, ", the longest wait around each upgrade")
        rows.append(
            (
                "messages",
                "\(Words.count(lost)) lost, \(Words.count(doubled)) doubled, "
                    + "\(Words.count(reordered)) out of order; "
                    + "\(Words.plural(closed, "connection")) closed"
            ))
        return rows
    }

    private static func text(_ p50: Double, _ p99: Double, _ most: Double) -> String {
        "p50 \(Words.time(p50))   p99 \(Words.time(p99))   max \(Words.time(most))"
    }
}
