// Patterns, sharded channels, and subscriptions that Redis refuses or ends.
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import WebSocketServerTesting

@Suite struct RedisChannelTests {
    @Test func `Three kinds of channels are subscribed to, each with its commands`() throws {
        let server = try SimulatedServer()
        server.greet()
        server.use { redis in
            redis.subscribe("a")
            redis.subscribe(pattern: "a")
            redis.subscribe(sharded: "a")
            redis.subscribe(pattern: "a")
            redis.publish("x", toSharded: "a")
            redis.unsubscribe(pattern: "a")
            redis.unsubscribe(pattern: "b")
        }
        #expect(
            server.commands() == [
                ["SUBSCRIBE", "a"], ["PSUBSCRIBE", "a"], ["SSUBSCRIBE", "a"],
                ["SPUBLISH", "a", "x"], ["PUNSUBSCRIBE", "a"],
            ])
        server.redis.endConnections()
        server.advance(by: .seconds(1))
        server.answer("%0\r\n+PONG\r\n")
        #expect(server.commands().suffix(2) == [["SUBSCRIBE", "a"], ["SSUBSCRIBE", "a"]])
    }

    @Test func `A message says by which subscription it comes`() throws {
        let server = try SimulatedServer()
        server.redis.isPaused = false
        server.use { redis in
            redis.subscribe("news.a")
            redis.subscribe(pattern: "news.?")
            redis.subscribe(sharded: "news.a")
        }
        #expect(server.redis.publish("one", to: "news.a") == 2)
        #expect(server.redis.publish("two", to: "news.b") == 1)
        #expect(server.redis.publish("three", toSharded: "news.a") == 1)
        #expect(
            server.handler.received == [
                "news.a: one", "news.a (news.?): one", "news.b (news.?): two",
                "news.a (sharded): three",
            ])
    }

    @Test func `A subscription that is refused or ended is said, with what to do`() throws {
        let server = try SimulatedServer(channels: ["a"])
        server.greet()
        server.use { redis in
            redis.subscribe("secret")
            redis.subscribe(sharded: "far")
            redis.subscribe(sharded: "near")
            redis.send(["GET", "x"])
        }
        let begun = ">3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"
        server.answer(begun + "-NOPERM No permissions to access a channel\r\n")
        server.answer("-MOVED 7365 127.0.0.1:7001\r\n")
        // A shard leaves while another is asked for: that is no answer to what was asked.
        server.answer(">3\r\n$12\r\nsunsubscribe\r\n$3\r\nfar\r\n:0\r\n")
        server.answer(">3\r\n$10\r\nssubscribe\r\n$4\r\nnear\r\n:1\r\n:5\r\n")
        #expect(server.handler.received == ["1 = 5"] && server.handler.failures == [])
        let said = server.log.filter { $0.metadata["event"] == "redis-refused" }.map(\.message)
        #expect(said.count == 3, "\(said)")
        for (text, words) in zip(
            said,
            [
                ["the channel \"secret\"", "NOPERM", "ACL SETUSER"],
                ["the sharded channel \"far\"", "MOVED", "Another node"],
                ["has ended the subscription to the sharded channel \"far\"", "another node"],
            ])
        {
            for word in words { #expect(text.contains(word), "\(text)") }
        }
    }

    @Test func `There is a bound for subscriptions`() throws {
        let server = try SimulatedServer()
        let results = server.use { redis in
            let all = (0..<65_536).count { redis.subscribe("\($0)") }
            let more = redis.subscribe(pattern: "*")
            let again = redis.subscribe("7")
            redis.unsubscribe("7")
            return (all, more, again, redis.subscribe(pattern: "*"))
        }
        #expect(results == (65_536, false, true, true))
    }
}
