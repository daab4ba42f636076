// The signals of `bench upgrade`, one after the other: each waits until the new program serves.
import ArgumentParser
import Foundation
import Glibc

/// What a server is asked to do while it is flooded.
struct UpgradePlan {
    /// The signal at which the server's program starts anew in its place.
    enum Signal: String, CaseIterable, ExpressibleByArgument {
        case user1 = "USR1"
        case user2 = "USR2"
        case hangUp = "HUP"

        var number: Int32 {
            switch self {
            case .user1: SIGUSR1
            case .user2: SIGUSR2
            case .hangUp: SIGHUP
            }
        }
    }

    var times: Int
    /// Seconds between the moment when one upgrade is over and the next signal.
    var interval: Double
    /// Seconds that each may take.
    var patience: Double
    var signal = Signal.user1
    /// The log of a server that was not started for this run; nil if it is not known.
    var logPath: String?

    /// At most: measuring ends when the last one is over.
    var seconds: Double { Double(times) * (interval + 5) + patience }
}

/// Upgrades a process again and again, and writes down when.
final class Upgrades {
    private struct Upgrade {
        let askedAt: UInt64
        let servedAt: UInt64
    }

    private let plan: UpgradePlan
    private let pid: pid_t
    /// Nil if there is none: then a new image of the process tells, and its own pause is not known.
    private let log: UpgradeLog?
    private var start: UInt64 = 0
    private var nextAt: UInt64 = .max
    private var underWay: (askedAt: UInt64, image: String?)?
    private var done: [Upgrade] = []
    private var pauses = Latencies()
    private var bareStart: Latencies?
    /// Why the server was not upgraded, if it was not: then no more are tried.
    private(set) var failure: String?

    /// Nil without a plan, or without a process.
    ///
    /// - Parameter log: that of a server which was started for this run.
    init?(_ plan: UpgradePlan?, _ pids: [pid_t], log: String?) throws {
        guard let plan, let pid = pids.first else { return nil }
        self.plan = plan
        self.pid = pid
        self.log = try (log ?? plan.logPath).map(UpgradeLog.init)
    }

    /// Measures the start of the bare program, before the load begins, on the server's processors.
    func measureBareStart(on processors: [Int], thenOn others: [Int]) {
        Machine.pin(to: processors)
        bareStart = BareStart.measure(pid, times: min(50, max(5, plan.times)))
        Machine.pin(to: others)
    }

    /// Lets the first signal come a while after this time, when measuring begins.
    func begin(at time: UInt64) {
        start = time
        nextAt = time + UInt64(max(0.2, plan.interval) * 1e9)
    }

    /// Whether there is nothing more to do, and the clients have had a while with the last program.
    func areOver(_ now: UInt64) -> Bool {
        failure != nil || done.count == plan.times && now >= nextAt
    }

    /// Sends the next signal if it is time, or looks what has become of the last.
    func step(_ now: UInt64) {
        guard failure == nil else { return }
        guard let (askedAt, image) = underWay else {
            if now >= nextAt, done.count < plan.times { ask(now) }
            return
        }
        switch log?.next() {
        case .takenOver(let microseconds)?:
            pauses.record(UInt64(microseconds * 1e3))
            end(askedAt, now)
        case .failed(let reason)?: failure = "upgrades failed: \(reason)"
        case nil where log == nil && image != nil && Self.image(of: pid) != image:
            end(askedAt, now)
        case nil where now > askedAt + UInt64(plan.patience * 1e9):
            failure =
                "upgrades failed: no other program has taken over within "
                + "\(Words.seconds(plan.patience)) of SIG\(plan.signal.rawValue)"
        case nil: break
        }
    }

    private func ask(_ now: UInt64) {
        underWay = (now, Self.image(of: pid))
        if kill(pid, plan.signal.number) != 0 { failure = "upgrades failed: the server is gone" }
    }

    private func end(_ askedAt: UInt64, _ now: UInt64) {
        done.append(Upgrade(askedAt: askedAt, servedAt: now))
        underWay = nil
        nextAt = now + UInt64(plan.interval * 1e9)
    }

    /// Where the kernel has laid out the program of a process, which differs from one start to the
    /// next: proc(5), startcode and startstack. Nil if the process is gone.
    private static func image(of pid: pid_t) -> String? {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[end...].split(separator: " ")
        return fields.count > 25 ? "\(fields[23]) \(fields[25])" : nil
    }

    /// The figures for the report.
    func figures(_ tally: Tally) -> UpgradeFigures {
        var waits = Latencies()
        for upgrade in done {
            let wait = tally.waits.longest(
                from: upgrade.askedAt - start, to: upgrade.servedAt - start)
            if let wait { waits.record(wait) }
        }
        return UpgradeFigures(
            wanted: plan.times, done: done.count, pause: Percentiles(pauses),
            bareStart: bareStart.flatMap(Percentiles.init), wait: Percentiles(waits),
            tally.failures)
    }

    /// What the figures do not say.
    var warnings: [String] {
        var warnings: [String] = []
        if pauses.isEmpty, !done.isEmpty {
            warnings.append(
                "The server's own pause is not known: --log names the file of its log.")
        }
        if bareStart == nil {
            warnings.append(
                "How long the bare program takes to start is not known: it takes over no state.")
        }
        return warnings
    }
}
