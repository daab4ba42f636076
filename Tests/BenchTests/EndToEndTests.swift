// The load generator as its users run it, against real servers: what is sent arrives, what fails is
// counted, and the exit status says so.
import Foundation
import Programs
import Testing

@testable import bench

/// One call of bench, with its files.
private struct BenchRun {
    let status: Int32
    let output: String
    let errors: String
    let file: ReportFile?

    /// - Parameter meanwhile: is called while it runs.
    init(_ arguments: [String], meanwhile: (Process) throws -> Void = { _ in }) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let json = folder.appendingPathComponent("report.json")
        let (output, errors) = (
            folder.appendingPathComponent("output"), folder.appendingPathComponent("errors")
        )
        try Data().write(to: output)
        try Data().write(to: errors)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: BuildProducts.path("bench"))
        process.arguments = arguments.map { $0 == "JSON" ? json.path : $0 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
        try meanwhile(process)
        process.waitUntilExit()
        status = process.terminationStatus
        self.output = try String(contentsOf: output, encoding: .utf8)
        self.errors = try String(contentsOf: errors, encoding: .utf8)
        file = try? JSONDecoder().decode(ReportFile.self, from: Data(contentsOf: json))
    }

    /// The one run of the one report.
    var run: bench.Run {
        get throws { try #require(file?.reports.first?.runs.first, "\(output)\(errors)") }
    }
}

/// A server that a test starts itself, with a port of its own.
private final class Server {
    let process = Process()
    let url: String

    init(_ command: [String]) throws {
        let port = try #require(Machine.freePort())
        url = "ws://127.0.0.1:\(port)/"
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command.map { $0 == "PORT" ? "\(port)" : $0 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let deadline = Clock.now + 30_000_000_000
        while !Machine.isListening(on: port), process.isRunning, Clock.now < deadline {
            usleep(10_000)
        }
    }

    deinit {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

@Suite(.serialized) struct EndToEndTests {
    static let short = ["--as-built", "-t", "0.6", "--warmup", "0.2", "--json", "JSON"]

    /// Each load in short, and how many deliveries a message has.
    static let loads: [(name: String, arguments: [String], deliveries: Int?)] = [
        ("echo", ["echo", "-c", "20", "-d", "4"], 1),
        (
            "echo, open loop, two generators",
            ["echo", "-c", "10", "--rate", "400", "--threads", "2"], 1
        ),
        ("echo, binary, 70 KB", ["echo", "-c", "3", "-s", "70K", "--binary"], 1),
        ("fanout", ["fanout", "-c", "30"], 30),
        ("fanout, rooms", ["fanout", "-c", "30", "--rooms", "10", "--speakers", "3"], 3),
        ("fanout, two generators", ["fanout", "-c", "30", "--threads", "2", "--rate", "50"], 30),
        ("fanout, chat", ["fanout", "-c", "30", "--protocol", "chat", "--speakers", "2"], 30),
        ("chat", ["chat", "-u", "40", "--rooms", "4", "--every", "0.5"], 10),
        ("churn", ["churn", "-c", "8"], nil),
        ("churn, open loop", ["churn", "-c", "8", "--rate", "50"], nil),
        ("idle", ["idle", "-c", "50"], nil),
    ]

    @Test(arguments: loads.indices)
    func `Everything that is sent arrives`(index: Int) throws {
        let load = Self.loads[index]
        let result = try BenchRun(load.arguments + Self.short)
        let run = try result.run
        #expect(result.status == 0, "\(load.name): \(result.output)\(result.errors)")
        #expect(run.failures.isEmpty)
        #expect(run.opened > 0)
        if let deliveries = load.deliveries {
            #expect(run.sent > 0 && run.counted > 0)
            // Beside them come logins, replies and presence in the chat.
            #expect(run.received >= run.sent * deliveries)
            if !load.name.contains("chat") { #expect(run.received == run.sent * deliveries) }
            #expect(run.latency?.count ?? 0 > 0)
        }
        #expect(run.server?.cpuSeconds ?? -1 >= 0)
    }

    @Test func `Those who never read do not stop the others, and the page is written`() throws {
        let page = FileManager.default.temporaryDirectory
            .appendingPathComponent("bench-\(UUID().uuidString).html")
        defer { try? FileManager.default.removeItem(at: page) }
        let result = try BenchRun(
            ["slow", "-c", "4", "--never-read", "5", "--html", page.path] + Self.short)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let reports = try #require(result.file?.reports)
        #expect(reports.count == 2)
        #expect(reports[1].runs[0].extras["never read"] == 5)
        #expect(reports.allSatisfy { $0.runs[0].counted > 0 })
        #expect(try String(contentsOf: page, encoding: .utf8).contains("beside 5 who never read"))
    }

    @Test func `Everybody comes back from a lost network with everything`() throws {
        let result = try BenchRun([
            "resume", "-c", "200", "--bystanders", "10", "--rooms", "4", "--away", "0.5",
            "--within", "0.5", "--as-built", "--json", "JSON",
        ])
        let run = try result.run
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(run.extras["clients resumed"] == 200)
        // About 12 messages a room while they were away, for each of 200.
        #expect(run.extras["messages made up for"] ?? 0 >= 200)
        #expect(run.latency?.count ?? 0 > 0 && run.resume?.count == 200)
    }

    @Test func `Many server processes on one port are all reached`() throws {
        let result = try BenchRun([
            "million", "--here", "--as-built", "-c", "120", "--servers", "3", "--hold", "0", "-t",
            "6", "--json", "JSON",
        ])
        let run = try result.run
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(run.extras["reached"] == 120)
        #expect(run.server?.processCount == 3)
    }

    // MARK: Failures

    @Test func `A server that dies is a failure of each of its connections`() throws {
        let server = try Server([BuildProducts.path("echo-server"), "PORT", "--verbatim"])
        let began = Clock.now
        let result = try BenchRun(
            [
                "echo", "-c", "12", "-t", "60", "--warmup", "0.1", "--as-built", "--url",
                server.url, "--pid",
                "\(server.process.processIdentifier)", "--json", "JSON",
            ]
        ) { bench in
            // Killed once connections are being served: its own clock tells.
            let pid = server.process.processIdentifier
            while (ProcessUsage(of: pid)?.cpuSeconds ?? 1) < 0.2, bench.isRunning { usleep(10_000) }
            kill(pid, SIGKILL)
        }
        #expect(result.status == 1)
        let failures = try result.run.failures
        let lost = failures.filter { $0.key.hasPrefix("connections lost") }.values.reduce(0, +)
        #expect(lost == 12, "\(failures)")
        #expect(result.output.contains("FAILED"))
        #expect(Double(Clock.now - began) / 1e9 < 40, "it does not wait for the end of its time")
    }

    @Test func `A server that bench has started and that dies is named`() throws {
        let result = try BenchRun(
            [
                "echo", "-c", "5", "-t", "30", "--warmup", "0.1", "--as-built", "--json", "JSON",
                "--server",
                "\(BuildProducts.path("echo-server")) {port} --verbatim & sleep 1; kill -9 $!",
            ])
        #expect(result.status != 0)
        #expect((result.output + result.errors).contains("ended"))
    }

    @Test func `Nobody there, no WebSocket there, and a full server are told apart`() throws {
        let port = try #require(Machine.freePort())
        let nobody = try BenchRun(
            ["echo", "-c", "3", "--url", "ws://127.0.0.1:\(port)"] + Self.short)
        #expect(nobody.status == 1)
        #expect(try nobody.run.failures.keys.contains { $0.contains("refused") })

        let chat = try Server([BuildProducts.path("roost"), "serve", "--port", "PORT"])
        let wrong = try BenchRun(["echo", "-c", "3", "--url", chat.url + "nowhere"] + Self.short)
        #expect(wrong.status == 1)
        #expect(try wrong.run.failures.keys.contains { $0.contains("404") })

        let full = try Server([
            BuildProducts.path("echo-server"), "PORT", "--max-connections", "4",
        ])
        let crowd = try BenchRun(["idle", "-c", "10", "--url", full.url] + Self.short)
        #expect(crowd.status == 1)
        #expect(try crowd.run.failures.contains { $0.key.contains("1013") && $0.value >= 5 })
    }

    @Test func `Replies of the wrong kind are seen`() throws {
        // What one says everybody gets: for an echo that is somebody else's message.
        let server = try Server([BuildProducts.path("broadcast-server"), "PORT", "--no-limits"])
        let result = try BenchRun(["echo", "-c", "3", "--url", server.url] + Self.short)
        #expect(result.status == 1)
        #expect(try result.run.failures[FailureKind.wrongReply] ?? 0 > 0)
    }

    @Test(arguments: [
        (["echo", "--size", "19"], "at least that"), (["echo", "--url", "http://x"], "scheme"),
        (["fanout", "-c", "3", "--speakers", "4"], "speakers"),
        (["echo", "--rate", "0"], "--rate"),
        (["echo", "--pid", "1"], "--url"), (["echo", "--template", "hello"], "{payload}"),
        (["compare", "/nowhere/a", "/nowhere/b"], "no report"),
    ])
    func `What cannot work is said before anything is started`(
        arguments: [String], words: String
    ) throws {
        let more = arguments[0] == "compare" ? [] : ["--as-built"]
        let result = try BenchRun(arguments + more)
        #expect(result.status != 0)
        #expect(result.errors.contains(words), "\(result.errors)")
    }

    // MARK: Others

    private static let python = BuildProducts.packageRoot
        .appendingPathComponent(".venv-test/bin/python").path
    private static let peer = BuildProducts.packageRoot
        .appendingPathComponent("Benchmarks/peers/websockets_peer.py").path

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: python),
            "make test makes Python's environment"),
        arguments: ["echo", "fanout", "churn"])
    func `A server of somebody else's is served as well`(load: String) throws {
        let mode = load == "fanout" ? "broadcast" : "echo"
        let result = try BenchRun(
            [load, "-c", "10", "--server", "\(Self.python) \(Self.peer) \(mode) {port}"]
                + Self.short)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let run = try result.run
        #expect(run.counted > 0 && run.server?.cpuSeconds ?? 0 > 0)
        if load != "churn" { #expect(run.received == run.sent * (load == "fanout" ? 10 : 1)) }
    }

    @Test func `Messages can have any form, and a greeting is no reply`() throws {
        let server = try Server([
            BuildProducts.path("roost"), "serve", "--port", "PORT", "--no-limits",
        ])
        // The chat, spoken by hand: one room, each logs in.
        let result = try BenchRun(
            [
                "fanout", "-c", "6", "--url", server.url,
                "--template", #"{"type":"message","room":"{room}","text":"{payload}"}"#,
                "--join", #"{"type":"login","user":"{user}","join":false}"#,
                "--join", #"{"type":"join","room":"{room}"}"#,
            ] + Self.short)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(try result.run.counted > 0)
    }

    @Test func `Two files are compared`() throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let paths = ["a", "b"].map { folder.appendingPathComponent($0).path }
        var file = ReportTests.sample()
        try JSONEncoder().encode(file).write(to: URL(fileURLWithPath: paths[0]))
        for index in file.reports[0].runs[0].timeline.indices {
            file.reports[0].runs[0].timeline[index].perSecond /= 2
        }
        try JSONEncoder().encode(file).write(to: URL(fileURLWithPath: paths[1]))
        let same = try BenchRun(["compare", paths[0], paths[0], "--strict"])
        #expect(same.status == 0)
        #expect(same.output.contains("noise") && !same.output.contains("WORSE"))
        let worse = try BenchRun(["compare", paths[0], paths[1], "--strict"])
        #expect(worse.status == 1)
        #expect(worse.output.contains("WORSE") && worse.output.contains("0.500"))
    }
}
