// UNSAFE: passes a local array to poll(2).
import Foundation
import Glibc

/// Runs one job once: starts the generators, makes them open, begin and end together, and samples
/// the server's processes meanwhile.
final class Coordinator {
    private let job: Job
    private let pids: [pid_t]
    private let server: ServerProcess?
    private let workers: [WorkerProcess]
    private let processors: [Int]
    private let screen: ProgressLine
    private let upgrades: Upgrades?
    private var failures: [String: Int] = [:]
    private var ended = Set<Int>()

    /// - Parameters:
    ///   - urls: the targets of the load.
    ///   - pids: the server's processes; empty if they are not known.
    ///   - server: the server, if it was started for this run.
    ///   - processors: what generators are pinned to; empty for no pinning.
    init(
        _ job: Job, urls: [String], pids: [pid_t], server: ServerProcess?, processors: [Int],
        screen: ProgressLine
    ) throws {
        self.job = job
        self.pids = pids
        self.server = server
        self.screen = screen
        self.processors = processors
        upgrades = try Upgrades(job.upgrades, pids, log: server?.logPath)
        var plan = job.plan
        plan.urls = urls
        plan.epoch = Clock.now
        plan.run = UInt16.random(in: 0..<4096)
        plan.intervalCount = Timing.intervals(for: job.seconds)
        let count =
            job.workerCount(perProcess: Machine.connectionsPerProcess) + plan.extraWorkerCount
        plan.connectingAtOnce = max(1, plan.connectingAtOnce / count)
        workers = try plan.divided(among: count).map {
            try WorkerProcess($0, processors: processors)
        }
    }

    private var intervalCount: Int { Timing.intervals(for: job.seconds) }

    // MARK: The course of a run

    /// - Throws: Interrupted if Ctrl-C came before there was anything to report.
    func run() throws(Interrupted) -> Run {
        defer { for worker in workers { worker.end(patience: 1) } }
        let before = ProcessUsage.total(of: pids)
        let exactBefore = job.measuresMemory ? ProcessUsage.exactResidentBytes(of: pids) : nil
        let openedFrom = Clock.now
        open()
        guard !Interruption.isRequested else { throw interrupted() }
        let openingSeconds = Double(Clock.now - openedFrom) / 1e9
        let open = ProcessUsage.total(of: pids)
        let exactOpen = job.measuresMemory ? ProcessUsage.exactResidentBytes(of: pids) : nil

        upgrades?.measureBareStart(on: server?.processors ?? [], thenOn: processors)
        let begin = Clock.now + 20_000_000
        let measureFrom = begin + UInt64(job.warmup * 1e9)
        var timing = Timing(
            begin: begin, measureFrom: measureFrom,
            measureUntil: measureFrom + UInt64(job.seconds * 1e9), intervalCount: intervalCount)
        for worker in workers { worker.tell(.start(timing)) }
        upgrades?.begin(at: measureFrom)
        let samples = try measure(&timing)
        drain()
        let tally = collect()

        var run = Run(seconds: timing.measuredSeconds)
        run.openingSeconds = job.plan.kind == .churn ? 0 : openingSeconds
        run.take(tally, timing, samples)
        run.upgrades = upgrades?.figures(tally)
        run.warnings += upgrades?.warnings ?? []
        if let server = run.server {
            run.server?.residentBefore = exactBefore ?? before?.residentBytes ?? 0
            run.server?.residentOpen = exactOpen ?? open?.residentBytes ?? 0
            run.server?.residentPeak = max(server.residentPeak, open?.residentBytes ?? 0)
            run.server?.processCount = pids.count
        }
        run.generator.processCount = workers.count
        run.judge(rate: job.plan.rate, knowsServer: !pids.isEmpty, pinned: server != nil)
        // A Ctrl-C while the last messages were on their way costs nothing: measuring was over.
        if timing.measuredSeconds < job.seconds - 1e-3, Interruption.isRequested {
            run.warnings.append(
                "Interrupted: \(Words.seconds(timing.measuredSeconds)) were measured, not "
                    + "\(Words.seconds(job.seconds)).")
        }
        return run
    }

    private func interrupted() -> Interrupted {
        screen.note("\(job.load): interrupted before there was anything to report.")
        return Interrupted()
    }

    private func open() {
        for index in workers.indices {
            workers[index].tell(.open)
            if job.opensInOrder {
                wait { self.workers[index].isReady || self.workers[index].isOver }
            }
        }
        wait { self.workers.allSatisfy { $0.isReady || $0.isOver } }
    }

    /// Waits until the condition is true, or until no generator is left that could make it true.
    private func wait(_ isSo: () -> Bool) {
        while !isSo(), ended.count < workers.count, server?.isRunning ?? true,
            !Interruption.isRequested
        {
            listen(until: Clock.now + 100_000_000)
            let total = job.plan.totalConnections + job.plan.neverReadCount
            screen.show(.opening(done: progress.ready, of: total), progress)
        }
    }

    /// Samples the processes at the beginning, at each interval's end, and at the end.
    private func measure(_ timing: inout Timing) throws(Interrupted) -> [Sample] {
        var samples: [Sample] = []
        var isShortened = false
        while samples.count <= timing.intervalCount {
            upgrades?.step(Clock.now)
            if Interruption.isRequested || upgrades?.areOver(Clock.now) == true, !isShortened {
                isShortened = true
                timing = try shortened(timing)
            }
            let time = min(
                timing.measureUntil,
                timing.measureFrom + timing.intervalLength * UInt64(samples.count))
            if Clock.now < time, !isHopeless {
                let step: UInt64 = upgrades == nil ? 250_000_000 : 5_000_000
                listen(until: min(time, Clock.now + step))
                screen.show(.running(timing, job), progress)
                continue
            }
            samples.append(
                Sample(
                    at: Clock.now, server: ProcessUsage.total(of: pids),
                    workers: workers.map { ProcessUsage(of: $0.pid)?.cpuSeconds ?? 0 }))
        }
        return samples
    }

    /// Ends measuring now, if that leaves something to report.
    private func shortened(_ timing: Timing) throws(Interrupted) -> Timing {
        // A little later than now, so that the generators know before that time.
        let end = Clock.now + 20_000_000
        guard end > timing.measureFrom + 100_000_000 else { throw interrupted() }
        let shortened = timing.shortened(until: end)
        for worker in workers { worker.tell(.shorten(shortened)) }
        return shortened
    }

    /// No server is left to talk to, or no generator to do it.
    private var isHopeless: Bool {
        if ended.count == workers.count { return true }
        if let server, !server.isRunning { return true }
        return job.plan.kind != .churn && workers.allSatisfy { $0.noticeCount > 1 }
            && progress.ready == 0
    }

    /// Waits until nothing is on its way between any two generators, twice in a row.
    private func drain() {
        let deadline = Clock.now + UInt64(job.plan.drainSeconds * 1e9)
        var quiet = 0
        var counts = workers.map(\.noticeCount)
        while Clock.now < deadline, quiet < 2, !isHopeless {
            listen(until: Clock.now + 50_000_000)
            screen.show(.draining, progress)
            // Only counts after a new notice from each generator.
            guard zip(workers, counts).allSatisfy({ $0.isOver || $0.noticeCount > $1 }) else {
                continue
            }
            counts = workers.map(\.noticeCount)
            quiet = progress.awaited <= 0 ? quiet + 1 : 0
        }
    }

    private func collect() -> Tally {
        // Before the server is stopped: whether it still runs is part of the result.
        if let server, let ending = server.ending {
            failures["\(FailureKind.serverGone) (\(ending))"] = 1
        }
        for worker in workers { worker.tell(.stop) }
        // Many generators that close many connections do so one after the other, which takes time.
        let patience: UInt64 = 20_000_000_000
        var deadline = Clock.now + patience
        var resultCount = 0
        while Clock.now < deadline, !workers.allSatisfy({ $0.result != nil || $0.isOver }) {
            listen(until: Clock.now + 100_000_000)
            let count = workers.count { $0.result != nil }
            if count > resultCount { deadline = Clock.now + patience }
            resultCount = count
        }
        var tally = Tally(intervals: intervalCount)
        for worker in workers {
            if let result = worker.result {
                tally.add(result)
            } else {
                let isOver = worker.isOver
                worker.end(patience: 1)
                tally.fail(
                    isOver
                        ? "\(FailureKind.generatorGone) (\(worker.ending))"
                        : FailureKind.generatorSilent)
            }
        }
        tally.settle()
        if let failure = upgrades?.failure { failures[failure] = 1 }
        tally.failures.merge(failures) { $0 + $1 }
        screen.clear()
        for worker in workers {
            worker.end(patience: 1)
            let words = worker.lastWords()
            if !words.isEmpty { screen.note(words) }
        }
        return tally
    }

    private var progress: Progress { workers.reduce(Progress()) { $0 + $1.progress } }

    /// Reads notices of the generators, until a point in time or until the first notice.
    private func listen(until time: UInt64) {
        var set = workers.indices.filter { !workers[$0].isOver }.map {
            pollfd(fd: workers[$0].descriptor, events: Int16(POLLIN), revents: 0)
        }
        let now = Clock.now
        guard time > now else { return }
        let milliseconds = Int32((time - now + 999_999) / 1_000_000)
        guard unsafe poll(&set, nfds_t(set.count), milliseconds) > 0 else { return }
        for index in workers.indices where !workers[index].isOver {
            guard set.contains(where: { $0.fd == workers[index].descriptor && $0.revents != 0 })
            else { continue }
            workers[index].hear()
            if workers[index].isOver { ended.insert(index) }
        }
    }
}

/// What the processes had used up at one time.
struct Sample {
    var at: UInt64
    var server: ProcessUsage?
    /// Processor seconds of each generator.
    var workers: [Double]
}
