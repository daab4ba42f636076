// The load generator as its users run it, against real servers: messages arrive, failures are
// counted, and the exit status reports them.
import Foundation
import TestSupport
import Testing

@testable import bench

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
            // In the chat there are also logins, replies and presence.
            #expect(run.received >= run.sent * deliveries)
            if !load.name.contains("chat") { #expect(run.received == run.sent * deliveries) }
            #expect(run.latency?.count ?? 0 > 0)
        }
        #expect(run.server?.cpuSeconds ?? -1 >= 0)
    }

    @Test func `Connections that never read do not stop the others, and the page is written`()
        throws
    {
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

    @Test func `All clients come back from a lost network without losing a message`() throws {
        let result = try BenchRun([
            "resume", "-c", "200", "--bystanders", "10", "--rooms", "4", "--away", "0.5",
            "--within", "0.5", "--as-built", "--json", "JSON",
        ])
        let run = try result.run
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        #expect(run.extras["clients resumed"] == 200)
        // About 12 messages a room while they were away, for each of 200 clients.
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
}
