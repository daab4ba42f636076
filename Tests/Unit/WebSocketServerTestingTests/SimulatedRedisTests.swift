// Handlers with a simulated Redis: shared channels, scripted replies, and its failures.
import Testing
import WebSocketServer
import WebSocketServerTesting

/// Shares what its clients say; counts visits in Redis.
private struct Shared: RedisHandler, OperationsHandler {
    private var waiting: [RedisRequest: ConnectionID] = [:]
    private(set) var failures: [RedisFailure] = []

    mutating func onStart(_ io: inout ServerContext) {
        io.redis.subscribe("chat")
        io.redis.subscribe(pattern: "news.*")
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        io.subscribe(id, to: io.topic(named: "chat"))
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        if message.text == "count" {
            guard let request = io.redis.send(["INCR", "visits"]) else { return }
            waiting[request] = id
        } else if io.redis.publish(message.bytes, to: "chat") == nil {
            io.send("Not now.", to: id)
        }
    }

    mutating func onRedisMessage(_ message: borrowing RedisMessage, _ io: inout ServerContext) {
        io.publish(message.text, to: io.topic(named: "chat"))
    }

    mutating func onRedisReply(
        _ reply: borrowing RedisReply, to request: RedisRequest, _ io: inout ServerContext
    ) {
        guard let id = waiting.removeValue(forKey: request) else { return }
        io.send(reply.integer.map { "Visit \($0)" } ?? reply.error ?? "?", to: id)
    }

    mutating func onRedisDown(_ failure: RedisFailure, _ io: inout ServerContext) {
        failures.append(failure)
    }
}

/// Subscribes to a pattern.
private struct Subscriber: RedisHandler, OperationsHandler {
    let pattern: String

    mutating func onStart(_ io: inout ServerContext) { io.redis.subscribe(pattern: pattern) }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {}
}

@Suite struct SimulatedRedisTests {
    private func configuration(_ url: String = "redis://cache.example.org") throws
        -> ServerConfiguration
    {
        var configuration = ServerConfiguration()
        configuration.redis = try RedisURL(url)
        return configuration
    }

    @Test(arguments: [nil, 5]) func `Servers share the channels of one Redis`(limit: Int?) throws {
        let redis = SimulatedRedis()
        let left = try SimulatedServer(Shared(), configuration(), redis: redis)
        let right = try SimulatedServer(Shared(), configuration("unix:///r.sock"), redis: redis)
        (left.transferLimit, right.transferLimit) = (limit, limit)
        #expect(redis.connectionCount == 2 && redis.subscriberCount(of: "chat") == 2)
        let (ann, bob) = (try left.connect(), try right.connect())
        for number in 0..<20 { [ann, bob][number % 2].send("\(number)") }
        let all = (0..<20).map { ReceivedMessage.text("\($0)") }
        #expect(ann.receiveAll() == all && bob.receiveAll() == all)
        #expect(redis.publish("snow", to: "news.weather") == 2)
        #expect(ann.receive() == "snow" && bob.receive() == "snow")
        #expect(redis.publish("nobody hears", to: "other") == 0)
    }

    @Test func `The test answers commands`() throws {
        let server = try SimulatedServer(Shared(), configuration())
        let ann = try server.connect()
        ann.send("count")
        #expect(ann.receive() == "ERR unknown command 'INCR'")
        var count = 0
        server.redis.answer = { command in
            count += 1
            return command == ["INCR", "visits"] ? .integer(count) : .null
        }
        ann.send("count")
        ann.send("count")
        #expect(ann.receiveAll() == ["Visit 1", "Visit 2"])
        #expect(
            server.redis.receiveCommands() == [
                ["SUBSCRIBE", "chat"], ["PSUBSCRIBE", "news.*"], ["INCR", "visits"],
                ["INCR", "visits"], ["INCR", "visits"],
            ])
        // A Redis that hangs for a second answers then, and is given up after two.
        server.redis.isPaused = true
        ann.send("count")
        server.advance(by: .seconds(1))
        #expect(ann.receive() == nil)
        server.redis.isPaused = false
        #expect(ann.receive() == "Visit 3" && server.handler.failures.isEmpty)
        server.redis.isPaused = true
        ann.send("count")
        server.advance(by: .seconds(2))
        #expect(server.handler.failures == [.unanswered])
    }

    @Test func `Redis is away, and comes back`() throws {
        let server = try SimulatedServer(Shared(), configuration())
        let (redis, ann) = (server.redis, try server.connect())
        redis.stop()
        #expect(server.handler.failures == [.ended] && redis.connectionCount == 0)
        ann.send("a")
        #expect(ann.receive() == "Not now.")
        server.advance(by: .seconds(10))
        #expect(server.handler.failures.last == .notConnected(111))
        redis.start()
        server.advance(by: .seconds(2))
        ann.send("b")
        #expect(ann.receive() == "b")
        redis.endConnections()
        server.advance(by: .milliseconds(50))
        #expect(redis.publish("c", to: "chat") == 1 && ann.receive() == "c")
        redis.cut()
        ann.send("lost?")
        server.advance(by: .seconds(1))
        #expect(ann.receive() == nil && redis.connectionCount == 1)
        redis.mend()
        #expect(ann.receive() == "lost?")
        redis.cut()
        server.advance(by: .seconds(10))
        #expect(server.handler.failures.contains(.unanswered))
        #expect(server.handler.failures.last == .connectTimedOut)
        redis.mend()
        server.advance(by: .seconds(4))
        ann.send("d")
        #expect(ann.receive() == "d")
    }

    @Test func `A password is checked`() throws {
        let redis = SimulatedRedis(password: "right")
        for (url, failure) in [
            ("redis://a", "NOAUTH"), ("redis://:wrong@a", "WRONGPASS"),
        ] {
            let server = try SimulatedServer(Shared(), configuration(url), redis: redis)
            #expect("\(server.handler.failures)".contains(failure))
        }
        let server = try SimulatedServer(Shared(), configuration("redis://:right@a"), redis: redis)
        #expect(server.handler.failures.isEmpty && redis.subscriberCount(of: "chat") == 1)
    }

    @Test func `The handler has not opened its connection`() throws {
        let server = try SimulatedServer(Shared(), configuration())
        #expect(throws: NoOutgoingConnection.self) { try server.nextOutgoing() }
    }

    static let patterns: [(String, [String], [String])] = [
        ("*", ["", "a", "a.b"], []), ("a.*", ["a.", "a.b.c"], ["a", "b.a."]),
        ("*.b", ["a.b", ".b", "b.b.b"], ["b", "a.bc"]), ("a?c", ["abc", "a?c"], ["ac", "abbc"]),
        ("[ab]x", ["ax", "bx"], ["cx", "x", "abx"]), ("[^a]x", ["bx"], ["ax"]),
        ("[a-c]", ["a", "b", "c"], ["d", "-"]), ("\\*", ["*"], ["a", "\\*"]),
        ("a**c", ["ac", "abbc"], ["ab"]), ("", [""], ["a"]),
        // Each star at each place would be more than can be tried.
        (
            String(repeating: "a*", count: 20) + "b", [String(repeating: "a", count: 100) + "b"],
            [String(repeating: "a", count: 100)]
        ),
    ]

    @Test(arguments: patterns)
    func `A pattern matches as in Redis`(pattern: String, right: [String], wrong: [String]) throws {
        let server = try SimulatedServer(Subscriber(pattern: pattern), configuration())
        for name in right { #expect(server.redis.publish("x", to: name) == 1, "\(name)") }
        for name in wrong { #expect(server.redis.publish("x", to: name) == 0, "\(name)") }
    }
}
