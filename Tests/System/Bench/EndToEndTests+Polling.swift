// The three ways of reading a room, by real readers of a real server.
import Foundation
import Testing

@testable import bench

extension EndToEndTests {
    @Test func `Polling, long poll and push all bring everything, at different costs`()
        throws
    {
        let result = try BenchRun([
            "polling", "-c", "12", "--interval", "0.5", "--wait", "2", "--rate", "10", "--as-built",
            "-t", "1", "--warmup", "0.2", "--json", "JSON",
        ])
        // Each message at each reader, none lost and none twice: otherwise there would be failures.
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let runs = try #require(result.file?.reports.map { $0.runs[0] })
        try #require(runs.count == 3)
        let (ask, long, push) = (runs[0], runs[1], runs[2])
        #expect(runs.allSatisfy { $0.counted > 0 && $0.latency != nil && $0.wireReceived > 0 })
        #expect(ask.requests > 0 && long.requests > 0 && push.requests == 0)
        // Half an interval on average, against one network round trip.
        #expect(try #require(ask.latency).mean > 100_000)
        #expect(try #require(push.latency).p50 < #require(ask.latency).p50)
        // Twice a second for each of twelve readers.
        #expect((12...48).contains(ask.requests))
        for name in ["ask every 0.5 s", "long poll", "push"] {
            #expect(result.output.contains(name), "\(result.output)")
        }
    }

    @Test func `A missing server is a failure of each way`() throws {
        let port = try #require(Machine.freePort())
        let result = try BenchRun(
            ["polling", "-c", "3", "--url", "ws://127.0.0.1:\(port)"] + EndToEndTests.short)
        #expect(result.status == 1)
        let reports = try #require(result.file?.reports)
        #expect(reports.count == 3)
        for report in reports {
            #expect(report.failures.contains { $0.key.contains("refused") && $0.value >= 3 })
        }
    }
}
