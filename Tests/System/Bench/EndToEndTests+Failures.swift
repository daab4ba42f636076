// Failures are counted by kind and determine the exit status; so does Ctrl-C.
import Foundation
import TestSupport
import Testing

@testable import bench

extension EndToEndTests {
    @Test func `A server that dies is a failure of each of its connections`() throws {
        let server = try BenchedServer([BuildProducts.path("echo-server"), "PORT", "--verbatim"])
        let began = Clock.now
        let result = try BenchRun(
            [
                "echo", "-c", "12", "-t", "60", "--warmup", "0.1", "--as-built", "--url",
                server.url, "--pid",
                "\(server.process.processIdentifier)", "--json", "JSON",
            ]
        ) { bench in
            // Killed once it serves connections, which its processor time shows.
            let pid = server.process.processIdentifier
            while (ProcessUsage(of: pid)?.cpuSeconds ?? 1) < 0.2, bench.isRunning { usleep(10_000) }
            kill(pid, SIGKILL)
        }
        #expect(result.status == 1)
        let failures = try result.run.failures
        let lost = failures.filter { $0.key.hasPrefix("connections lost") }.values.reduce(0, +)
        #expect(lost == 12, "\(failures)")
        #expect(result.output.contains("FAILED"))
        #expect(Double(Clock.now - began) / 1e9 < 40, "it does not wait until its time is over")
    }

    @Test func `A server that bench has started is named when it dies`() throws {
        let result = try BenchRun(
            [
                "echo", "-c", "5", "-t", "30", "--warmup", "0.1", "--as-built", "--json", "JSON",
                "--server",
                "\(BuildProducts.path("echo-server")) {port} --verbatim & sleep 1; kill -9 $!",
            ])
        #expect(result.status != 0)
        #expect((result.output + result.errors).contains("ended"))
    }

    @Test func `No server, no WebSocket, and a full server are different failures`() throws {
        let port = try #require(Machine.freePort())
        let nobody = try BenchRun(
            ["echo", "-c", "3", "--url", "ws://127.0.0.1:\(port)"] + Self.short)
        #expect(nobody.status == 1)
        #expect(try nobody.run.failures.keys.contains { $0.contains("refused") })

        let chat = try BenchedServer([
            BuildProducts.path("roost"), "serve", "--history", "memory", "--port", "PORT",
        ])
        let wrong = try BenchRun(["echo", "-c", "3", "--url", chat.url + "nowhere"] + Self.short)
        #expect(wrong.status == 1)
        #expect(try wrong.run.failures.keys.contains { $0.contains("404") })

        let full = try BenchedServer([
            BuildProducts.path("echo-server"), "PORT", "--max-connections", "4",
        ])
        let crowd = try BenchRun(["idle", "-c", "10", "--url", full.url] + Self.short)
        #expect(crowd.status == 1)
        #expect(try crowd.run.failures.contains { $0.key.contains("1013") && $0.value >= 5 })
    }

    @Test func `Replies of the wrong kind are failures`() throws {
        // A broadcast server: to an echo load, these are other connections' messages.
        let server = try BenchedServer([
            BuildProducts.path("broadcast-server"), "PORT", "--no-limits",
        ])
        let result = try BenchRun(["echo", "-c", "3", "--url", server.url] + Self.short)
        #expect(result.status == 1)
        #expect(try result.run.failures[FailureKind.wrongReply] ?? 0 > 0)
    }

    @Test(arguments: [
        (["echo", "--size", "19"], "at least that"), (["echo", "--url", "http://x"], "scheme"),
        (["fanout", "-c", "3", "--speakers", "4"], "speakers"),
        (["echo", "--rate", "0"], "--rate"),
        (["echo", "--pid", "1"], "--url"), (["echo", "--template", "hello"], "{payload}"),
        (["peers", "--url", "ws://127.0.0.1:1"], "no --url or"),
        (["peers", "--only", "nobody"], "uWebSockets"),
        (["compare", "/nowhere/a", "/nowhere/b"], "not a report"),
        (["upgrade", "--times", "0"], "--times"), (["upgrade", "--url", "ws://x"], "--pid"),
        (["upgrade", "--idle", "5", "--rooms", "2"], "--rooms"),
        (["upgrade", "--servers", "2"], "One process"), (["upgrade", "--log", "x"], "--log"),
        (["upgrade", "-c", "3", "--rooms", "4"], "--rooms is"),
        (["upgrade", "--signal", "KILL"], "USR1"),
    ])
    func `Invalid options are reported before anything is started`(
        arguments: [String], words: String
    ) throws {
        let more = arguments[0] == "compare" ? [] : ["--as-built"]
        let result = try BenchRun(arguments + more)
        #expect(result.status != 0)
        #expect(result.errors.contains(words), "\(result.errors)")
    }

    // MARK: Ctrl-C

    /// Started so that SIGINT is not ignored, as it would be below a script in the background.
    private func interrupted(_ arguments: [String]) throws -> BenchRun {
        try BenchRun(arguments + ["--as-built", "--json", "JSON"], listensToInterrupts: true) {
            bench in
            // Its generators are its children; once one has used processor time, the load is
            // running.
            while bench.isRunning, try !Self.isLoading(bench.processIdentifier) { usleep(20_000) }
            kill(bench.processIdentifier, SIGINT)
        }
    }

    private static func isLoading(_ pid: pid_t) throws -> Bool {
        let children = children(pid)
        return children.count >= 2 && children.contains(where: isGenerator)
            && children.allSatisfy { (ProcessUsage(of: $0)?.cpuSeconds ?? 0) > 0.1 }
    }

    private static func children(_ pid: pid_t) -> [pid_t] {
        let list =
            (try? String(contentsOfFile: "/proc/\(pid)/task/\(pid)/children", encoding: .utf8))
        return (list ?? "").split(separator: " ").compactMap { pid_t($0) }
    }

    /// How many descriptors the server has, which is the child with most of them.
    private static func mostDescriptors(_ bench: Process) -> Int {
        children(bench.processIdentifier).filter { !isGenerator($0) }.map {
            (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\($0)/fd").count) ?? 0
        }.max() ?? 0
    }

    private static func isGenerator(_ pid: pid_t) -> Bool {
        (try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8))?
            .split(separator: "\0").contains("worker") == true
    }

    @Test func `Ctrl-C ends measuring, and what was measured is reported`() throws {
        let began = Clock.now
        let result = try interrupted(["echo", "-c", "10", "-t", "100", "--warmup", "0"])
        #expect(Double(Clock.now - began) / 1e9 < 60)
        #expect(result.status == 130, "\(result.output)\(result.errors)")
        let run = try result.run
        #expect(run.failures.isEmpty && run.received == run.sent)
        #expect(run.counted > 0 && run.seconds < 60)
        #expect(run.server?.cpuSeconds ?? 0 > 0)
        #expect(run.warnings.contains { $0.hasPrefix("Interrupted: ") })
        // The rate is that of the time that was measured.
        let whole = run.timeline.dropLast().map(\.perSecond)
        #expect(whole.allSatisfy { $0 > 0 }, "\(whole)")
    }

    @Test func `Ctrl-C while clients come back leaves a report of the ones back`() throws {
        // They come back over a minute; Ctrl-C comes while they do.
        let result = try BenchRun(
            [
                "resume", "-c", "60", "--bystanders", "5", "--rooms", "2", "--away", "0.2",
                "--within", "60", "--rate", "10", "--drain", "3", "--as-built", "--json", "JSON",
            ], listensToInterrupts: true
        ) { bench in
            // The server has 65 connections, then 5, then more again, one by one.
            for isNext in [{ $0 >= 65 }, { $0 < 40 }, { $0 > 40 }] as [(Int) -> Bool] {
                while bench.isRunning, !isNext(Self.mostDescriptors(bench)) { usleep(10_000) }
            }
            kill(bench.processIdentifier, SIGINT)
        }
        #expect(result.status == 130, "\(result.output)\(result.errors)")
        let run = try result.run
        #expect(run.failures.isEmpty, "\(run.failures)")
        let back = try #require(run.extras["clients resumed"])
        #expect(back > 0 && run.extras["clients still away"] == 60 - back)
        #expect(run.latency?.count ?? 0 > 0, "the bystanders' figures are there too")
        #expect(result.output.contains("clients still away"))
    }

    @Test(arguments: ["--url", "--server"])
    func `A generator that ends early is a failure, and the rest is reported`(how: String) throws {
        let server = try BenchedServer([BuildProducts.path("echo-server"), "PORT", "--verbatim"])
        let command = "\(BuildProducts.path("echo-server")) {port} --verbatim"
        let place = how == "--url" ? server.url : command
        let result = try BenchRun(
            [
                "echo", "-c", "12", "-t", "15", "--warmup", "0.1", "--threads", "2", "--drain", "1",
                "--as-built", "--json", "JSON", how, place,
            ]
        ) { bench in
            while bench.isRunning, try !Self.isLoading(bench.processIdentifier) { usleep(20_000) }
            let generators = Self.children(bench.processIdentifier).filter(Self.isGenerator)
            kill(try #require(generators.first), SIGKILL)
        }
        #expect(result.status == 1, "\(result.output)\(result.errors)")
        let run = try result.run
        #expect(run.failures["\(FailureKind.generatorGone) (signal 9)"] == 1, "\(run.failures)")
        #expect(run.counted > 0 && run.opened == 6, "the other one goes on, and is reported")
        #expect(result.output.contains("generator ended early"))
    }

    @Test func `Ctrl-C before there is anything to report is explained`() throws {
        let result = try interrupted(["echo", "-c", "10", "--warmup", "100"])
        #expect(result.status == 130)
        #expect(result.errors.contains("echo: interrupted before"), "\(result.errors)")
        #expect(result.file?.reports.isEmpty == true)
    }
}
