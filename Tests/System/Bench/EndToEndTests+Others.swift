// Servers and message formats of others, several loads in one call, and comparing files.
import Foundation
import TestSupport
import Testing

@testable import bench

extension EndToEndTests {
    private static let python = BuildProducts.packageRoot
        .appendingPathComponent(".venv-test/bin/python").path
    private static let peer = BuildProducts.packageRoot
        .appendingPathComponent("Benchmarks/peers/websockets_peer.py").path

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: python),
            "make test makes Python's environment"),
        arguments: ["echo", "fanout", "churn"])
    func `Another project's server can be measured`(load: String) throws {
        let mode = load == "fanout" ? "broadcast" : "echo"
        let result = try BenchRun(
            [load, "-c", "10", "--server", "\(Self.python) \(Self.peer) \(mode) {port}"]
                + Self.short)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let run = try result.run
        #expect(run.counted > 0 && run.server?.cpuSeconds ?? 0 > 0)
        if load != "churn" { #expect(run.received == run.sent * (load == "fanout" ? 10 : 1)) }
    }

    @Test(arguments: ["echo", "fanout", "churn"])
    func `A server is measured over TLS`(load: String) throws {
        let result = try BenchRun([load, "-c", "10", "--tls"] + Self.short)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(result.output.contains("--tls-self-signed"))
        #expect(try result.run.counted > 0)
    }

    @Test(arguments: [false, true])
    func `Handshakes in full and resumed are counted apart`(resumes: Bool) throws {
        let result = try BenchRun(
            ["churn", "-c", "4", "--tls"] + (resumes ? ["--resume"] : []) + Self.short)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let run = try result.run
        let full = try #require(run.extras["TLS handshakes a second, full"])
        let resumed = try #require(run.extras["TLS handshakes a second, resumed"])
        #expect(abs((full + resumed) * run.seconds - Double(run.counted)) < 1)
        // The first are over before measuring begins, or soon after.
        #expect(resumes ? resumed > full : resumed == 0)
    }

    @Test func `Messages can have any format, and a greeting is not a reply`() throws {
        let server = try BenchedServer([
            BuildProducts.path("roost"), "serve", "--history", "memory", "--port", "PORT",
            "--no-limits",
        ])
        // The chat protocol by hand: one room, each connection logs in.
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
        var run = bench.Run(seconds: 3)
        run.timeline = (0..<30).map {
            let perSecond = 100_000 + Double($0 % 7) * 900
            return Slice(at: Double($0) / 10, perSecond: perSecond, p50: 600, p99: 1100, max: 1500)
        }
        var file = ReportFile(command: ["bench", "echo"], machine: "A machine")
        file.reports = [
            Report(
                load: "echo", title: "32 B", unit: "messages", server: "echo-server",
                url: "ws://127.0.0.1:1/", runs: [run])
        ]
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

    @Test(
        .enabled(
            if: FileManager.default.fileExists(atPath: "/usr/include/libwebsockets.h"),
            "needs libwebsockets-dev"))
    func `Peers are measured beside our own, in one table`() throws {
        let result = try BenchRun([
            "peers", "--only", "libwebsockets", "--as-built", "-t", "0.2", "--warmup", "0.1",
            "--json", "JSON",
        ])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let rows = result.output.split(separator: "\n").filter { $0.hasPrefix("| ") }
        try #require(rows.count == 3, "a head, ours and theirs: \(result.output)")
        for row in rows[1...] {
            let figures = row.split(separator: "|").dropFirst(1)
            #expect(figures.count == 7)
            // In this short time a server may get no processor time on a busy machine: a dash.
            #expect(
                figures.allSatisfy { $0.contains(where: \.isNumber) || $0.contains("–") }, "\(row)")
            #expect(figures.last?.contains(where: \.isNumber) == true, "\(row)")
        }
        #expect(result.output.contains("libwebsockets (C): "))
        let reports = try #require(result.file?.reports)
        #expect(reports.count == 14 && reports.allSatisfy { $0.failures.isEmpty })
    }

    @Test func `The tour runs each load in turn`() throws {
        let result = try BenchRun(["tour", "--scale", "0.02", "--as-built", "--json", "JSON"])
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let loads = try #require(result.file?.reports.map(\.load))
        #expect(
            loads == [
                "echo", "echo", "echo", "fanout", "fanout", "fanout", "chat", "churn", "idle",
                "slow", "slow", "resume",
            ])
        let lines = result.output.split(separator: "\n")
        for load in Set(loads) {
            let rows = lines.filter { $0.hasPrefix("  \(load) ") }
            #expect(rows.count == loads.count { $0 == load }, "\(result.output)")
            #expect(rows.allSatisfy { !$0.contains("failure") })
        }
        #expect(lines.allSatisfy { $0.count <= 132 }, "one screen")
    }
}
