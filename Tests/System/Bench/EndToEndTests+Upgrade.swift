// Servers whose program starts anew under a load, or does not.
import Foundation
import Glibc
import TestSupport
import Testing

@testable import bench

extension EndToEndTests {
    private static let brief = ["--as-built", "--warmup", "0.1", "--json", "JSON"]
    private static let few = [
        "upgrade", "-c", "24", "-n", "2", "--interval", "0.1", "--rate", "200",
    ]

    @Test(arguments: [
        ["--rooms", "4"], ["--idle", "30"],
        ["--rooms", "4", "--idle", "30", "--protocol", "chat"],
    ])
    func `A server is upgraded under a load, and nothing is lost`(load: [String]) throws {
        let result = try BenchRun(Self.few + load + Self.brief)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let run = try result.run
        let figures = try #require(run.upgrades)
        #expect(figures.done == 2 && figures.wanted == 2)
        #expect(figures.pause?.count == 2 && figures.bareStart?.count == 5)
        #expect(figures.wait?.max ?? 0 > 0)
        #expect(figures.lost + figures.doubled + figures.reordered + figures.closed == 0)
        #expect(run.opened == (load.contains("--idle") ? 54 : 24))
        let deliveries = run.sent * (load.contains("--rooms") ? 6 : 1)
        // In the chat there are also logins, replies and presence.
        #expect(run.sent > 0 && run.received >= deliveries)
        if !load.contains("chat") { #expect(run.received == deliveries) }
        #expect(run.warnings.allSatisfy { !$0.contains("Interrupted") })
        #expect(result.output.contains("without service: the median of 2 upgrades"))
    }

    /// A copy of a server's program, which a test may replace, with its log.
    private final class CopiedServer {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("bench-\(UUID().uuidString)")
        let server: BenchedServer
        var program: URL { folder.appendingPathComponent("server") }
        var log: String { folder.appendingPathComponent("log").path }
        var arguments: [String] {
            ["--url", server.url, "--pid", "\(server.process.processIdentifier)"]
        }

        init(_ name: String, _ flags: String = "", ignoring signals: String = "CHLD") throws {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let program = folder.appendingPathComponent("server")
            try FileManager.default.copyItem(atPath: BuildProducts.path(name), toPath: program.path)
            server = try BenchedServer([
                "/bin/sh", "-c", #"trap '' "$3"; exec "$0" "$1" \#(flags) 2>"$2""#, program.path,
                "PORT", folder.appendingPathComponent("log").path, signals,
            ])
        }

        /// Puts a program in its place that says this, and ends.
        func replace(saying words: String) throws {
            let script = folder.appendingPathComponent("script")
            try "#!/bin/sh\necho \(words) >&2\nexit 3\n".write(
                to: script, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: script.path)
            #expect(rename(script.path, program.path) == 0)
        }

        deinit { try? FileManager.default.removeItem(at: folder) }
    }

    @Test func `Without its log a server's own pause is not known`() throws {
        let server = try CopiedServer("broadcast-server", "--rooms 4 --no-limits")
        let result = try BenchRun(Self.few + ["--rooms", "4"] + server.arguments + Self.brief)
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let figures = try #require(try result.run.upgrades)
        #expect(figures.done == 2 && figures.pause == nil && figures.wait?.count == 2)
        #expect(result.output.contains("--log"))
    }

    @Test func `A program that does not take over is a failure, with its reason`() throws {
        let server = try CopiedServer("broadcast-server", "--rooms 4 --no-limits")
        try server.replace(saying: "I am broken")
        let result = try BenchRun(
            Self.few + ["--rooms", "4", "--log", server.log] + server.arguments + Self.brief)
        #expect(result.status == 1)
        let run = try result.run
        #expect(
            run.failures == ["upgrades failed: The new program refuses: I am broken": 1],
            "\(run.failures)")
        #expect(run.upgrades?.done == 0 && run.upgrades?.bareStart == nil)
        #expect(run.received == run.sent * 6, "the old one serves on")
    }

    @Test func `A server that does not obey the signal is a failure`() throws {
        let server = try CopiedServer("async-echo", ignoring: "USR1")
        let result = try BenchRun(
            Self.few + ["--rooms", "24", "--patience", "1"] + server.arguments + Self.brief)
        #expect(result.status == 1)
        let kind = "upgrades failed: no other program has taken over within 1 s of SIGUSR1"
        #expect(try result.run.failures[kind] == 1, "\(result.output)\(result.errors)")
    }
}
