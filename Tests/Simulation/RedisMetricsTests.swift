// What is counted of the connection to Redis.
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import WebSocketServerTesting

@Suite struct RedisMetricsTests {
    /// The samples of the metrics that are about Redis, without those of buckets.
    private func metrics(_ server: SimulatedServer<RedisUser>) -> [String: String] {
        var text = MetricsText(prefix: "x")
        server.withContext { _, io in
            text.write(io.statistics, io.gauges(), connectionLimit: io.connectionLimit)
        }
        let lines = text.text.split(separator: "\n").filter { $0.hasPrefix("x_redis") }
        return Dictionary(
            uniqueKeysWithValues: lines.map { $0.split(separator: " ") }.map {
                (String($0[0].dropFirst(8)), String($0[1]))
            })
    }

    @Test func `Everything that passes is counted`() throws {
        let server = try SimulatedServer(channels: ["a"])
        #expect(metrics(server)["connected"] == "0")
        server.greet()
        var before = metrics(server)
        #expect(before["connected"] == "1" && before["connections_total"] == "1")
        #expect(before["commands_total"] == "3", "HELLO, PING and SUBSCRIBE")
        #expect(before["commands_unanswered"] == "1" && before["channels"] == "1")
        server.answer(">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n")
        server.use { redis in
            redis.send(["GET", "x"])
            redis.send(["GET", "y"])
        }
        before = metrics(server)
        #expect(before["commands_unanswered"] == "2")
        server.advance(by: .milliseconds(500))
        let text = "+x\r\n>3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nz\r\n"
        server.answer(text)
        var after = metrics(server)
        #expect(after["commands_total"] == "5" && after["commands_unanswered"] == "1")
        #expect(after["pushes_total"] == "1")
        let received = { (all: [String: String]) in Int(all["received_bytes_total"] ?? "") ?? -1 }
        #expect(received(after) - received(before) == text.utf8.count)
        #expect(after["command_seconds_sum"] == "0.5" && after["command_seconds_count"] == "4")
        #expect((Int(after["sent_bytes_total"] ?? "") ?? 0) > 60)
        server.network.sockets[server.socket]!.window = 0
        server.use { _ = $0.publish("x", to: "a") }
        #expect(metrics(server)["outbox_bytes"] == "31")
        server.advance(by: .seconds(2))
        after = metrics(server)
        #expect(after["failures_total{reason=\"unanswered\"}"] == "1" && after["connected"] == "0")
        server.greet()
        #expect(metrics(server)["connections_total"] == "2")
    }

    @Test func `Without a Redis there are no metrics of it`() throws {
        let server = try SimulatedServer(RedisUser())
        #expect(metrics(server).isEmpty)
    }
}
