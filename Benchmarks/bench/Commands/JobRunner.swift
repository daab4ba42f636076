// Runs a command's jobs, as often as asked for, and writes the files.
import ArgumentParser
import Foundation
import WebSocketServer

/// Runs jobs one after the other, prints each report as it comes, and writes the files at the end.
struct JobRunner {
    let target: TargetOptions
    let load: LoadOptions
    let output: OutputOptions
    private(set) var file: ReportFile

    init(_ target: TargetOptions, _ load: LoadOptions, _ output: OutputOptions) throws {
        if !target.asBuilt { try Products.goOnAsRelease() }
        Machine.raiseDescriptorLimit()
        Interruption.watch()
        Interruption.surviveBrokenPipes()
        self.target = target
        self.load = load
        self.output = output
        file = ReportFile(
            command: ["bench"] + CommandLine.arguments.dropFirst(), machine: Machine.summary)
    }

    /// Runs one job as often as asked for, and prints its report.
    mutating func run(_ job: Job, isPrinted: Bool = true) throws -> Report {
        let report: Report
        do {
            report = try measure(job)
        } catch is Interrupted {
            // Results measured before are still written.
            try finish()
            throw ExitCode(Interruption.status)
        }
        add(report)
        if isPrinted { print(report.text(Style())) }
        return report
    }

    /// Adds a report to the files that are written at the end.
    mutating func add(_ report: Report) { file.reports.append(report) }

    /// Runs one job as often as asked for, or until Ctrl-C.
    ///
    /// - Throws: Interrupted if Ctrl-C came before there was anything to report.
    func measure(_ job: Job) throws -> Report {
        guard !Interruption.isRequested else { throw Interrupted() }
        let place = target.target(job.serverCommand)
        var job = job
        job.plan.subprotocols += target.subprotocol
        job.plan.trust = target.trust
        job.threads = max(job.threads, load.threads)
        if let drain = load.drain { job.plan.drainSeconds = drain }
        try check(job, place)
        var report = Report(
            load: job.load, title: job.title, unit: job.unit, server: "",
            url: target.url.joined(separator: ", "))
        for number in 1...load.runs {
            let prefix = load.runs == 1 ? job.load : "\(job.load) \(number)/\(load.runs)"
            do {
                try runOnce(job, place, ProgressLine(prefix), &report)
            } catch is Interrupted where number > 1 {
                break
            }
            if Interruption.isRequested { break }
        }
        return report
    }

    private func runOnce(
        _ job: Job, _ target: Target, _ screen: ProgressLine, _ report: inout Report
    ) throws {
        let processors = Machine.processors
        let isPinned = processors.count >= 2 && !self.target.noPin
        switch target {
        case .running(let given, let pids):
            let (urls, job) = try prepared(job, given, report, screen)
            report.server =
                urls.joined(separator: ", ") + (pids.isEmpty ? "" : ", process \(pids[0])")
            let coordinator = try Coordinator(
                job, urls: urls, pids: pids, server: nil, processors: [], screen: screen)
            report.runs.append(try coordinator.run())
        case .spawned(let command, let count):
            // The server has one processor to itself; the generators and this process share the
            // others.
            let pinsServer = isPinned && count == 1
            let others = pinsServer ? Array(processors.dropFirst()) : []
            let server = try ServerProcess(
                command, processors: pinsServer ? [processors[0]] : [], count: count)
            Machine.pin(to: others)
            defer {
                server.stop()
                Machine.pin(to: processors)
            }
            let (urls, job) = try prepared(job, [server.url], report, screen)
            report.url = urls[0]
            report.server =
                command.name
                + (count > 1
                    ? ", \(count) processes" : pinsServer ? ", on processor \(processors[0])" : "")
            let coordinator = try Coordinator(
                job, urls: urls, pids: server.pids, server: server, processors: others,
                screen: screen)
            let run = try coordinator.run()
            if run.failures.keys.contains(where: { $0.hasPrefix(FailureKind.serverGone) }) {
                screen.note(server.lastWords())
            }
            report.runs.append(run)
        }
    }

    /// URLs whose hosts need no name resolution for each connection, and the job with the source
    /// addresses of its connections.
    private func prepared(
        _ job: Job, _ texts: [String], _ report: Report, _ screen: ProgressLine
    ) throws -> (urls: [String], Job) {
        let urls = try texts.map { text in
            let url = try WebSocketURL(text)
            // A name that a certificate is compared with stays.
            let host = url.host == "localhost" && !url.isSecure ? "127.0.0.1" : url.host
            return WebSocketURL(
                host: host, port: url.port, target: url.target, isSecure: url.isSecure)
        }
        var job = job
        if job.plan.polling != nil {
            guard urls.count == 1 else { throw ValidationError("bench polling takes one --url.") }
            guard !urls[0].isSecure else {
                throw ValidationError("bench polling does not speak TLS.")
            }
        }
        guard urls.allSatisfy({ $0.isSecure == urls[0].isSecure }) else {
            throw ValidationError("Either all --url are wss, or none.")
        }
        let hosts = Set(urls.map(\.host))
        let loopback = hosts.filter { $0.hasPrefix("127.") || $0 == "localhost" }
        let elsewhere = hosts.subtracting(loopback).subtracting(["::1"]).sorted()
        if !elsewhere.isEmpty, report.runs.isEmpty {
            let names = elsewhere.joined(separator: ", ")
            screen.note("The load goes to \(names), not this machine: flood only your own.")
        }
        job.plan.sources = try Sources.addresses(
            for: job.plan.totalConnections + job.plan.neverReadCount,
            toLoopback: loopback == hosts,
            named: target.source.map { $0.split(separator: ",").map(String.init) } ?? [],
            portsPerAddress: Machine.portsPerAddress)
        return (urls.map { "\($0)" }, job)
    }

    /// Reports what cannot work before anything is started.
    private func check(_ job: Job, _ target: Target) throws {
        let each = Machine.connectionsPerProcess
        if case .spawned(let command, let count) = target,
            job.plan.totalConnections + job.plan.neverReadCount > each * count
        {
            throw ValidationError(
                "One process can hold \(Words.count(each)) connections here (RLIMIT_NOFILE): "
                    + "\(command.name) needs more processes, --servers "
                    + "\(job.plan.totalConnections / each + 1).")
        }
    }

    /// Writes the files, and ends with the status that Ctrl-C or the failures ask for.
    func finish() throws {
        if let path = output.json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
            try encoder.encode(file).write(to: URL(fileURLWithPath: path))
        }
        if let path = output.html {
            try Page.html(file).write(toFile: path, atomically: true, encoding: .utf8)
            print("The page is \(path)")
        }
        guard !Interruption.isRequested else { throw ExitCode(Interruption.status) }
        guard file.reports.allSatisfy(\.failures.isEmpty) else { throw ExitCode.failure }
    }
}
