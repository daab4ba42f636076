// A handler that uses Redis, and a simulated Redis that leaves every answer to the test.
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import WebSocketServerTesting

/// Records what comes from Redis.
struct RedisUser: RedisHandler, OperationsHandler {
    var channels: [String] = []
    /// The text of a message, or the moment, at which it gives the connection up.
    var givesUpAt: String?
    var givesUpAlways = false
    private(set) var upCount = 0
    private(set) var failures: [RedisFailure] = []
    /// Replies and messages, in their order.
    private(set) var received: [String] = []

    mutating func onStart(_ io: inout ServerContext) {
        for channel in channels { io.redis.subscribe(channel) }
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        io.redis.publish(message.bytes, to: "clients")
    }

    mutating func onRedisUp(_ io: inout ServerContext) {
        upCount += 1
        if givesUpAlways { io.redis.reconnect(because: "always") }
    }

    mutating func onRedisDown(_ failure: RedisFailure, _ io: inout ServerContext) {
        failures.append(failure)
    }

    mutating func onRedisMessage(_ message: borrowing RedisMessage, _ io: inout ServerContext) {
        let way = message.pattern.map { " (\($0))" } ?? (message.isSharded ? " (sharded)" : "")
        received.append("\(message.channel)\(way): \(message.text)")
        if message.text == givesUpAt { io.redis.reconnect(because: message.text) }
    }

    mutating func onRedisReply(
        _ reply: borrowing RedisReply, to request: RedisRequest, _ io: inout ServerContext
    ) {
        let value = reply.error ?? reply.text ?? reply.integer.map { "\($0)" } ?? "?"
        received.append("\(request.number) = \(value)")
    }
}

extension SimulatedServer<RedisUser> {
    static let here = "redis://127.0.0.1"

    /// A server that has begun to connect, to a Redis that says nothing by itself.
    convenience init(
        redis url: String = here, channels: [String] = [], seed: UInt64 = 1,
        configure: (inout ServerConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = ServerConfiguration()
        configuration.redis = try RedisURL(url)
        configuration.stopSignals = [.terminate]
        configure(&configuration)
        let redis = SimulatedRedis()
        redis.isPaused = true
        try self.init(RedisUser(channels: channels), configuration, seed: seed, redis: redis)
        simulation.core.checksInvariants = true
    }

    /// The latest socket that was connected.
    var socket: Int32 { network.connects.last!.socket }

    /// What the server has sent to Redis since the last time: the words of each command.
    func commands() -> [[String]] { redis.takeCommands() }

    /// Redis sends this.
    func answer(_ text: String) { redis.send(raw: Array(text.utf8)) }

    /// Redis answers the greeting.
    func greet() {
        answer("%1\r\n$5\r\nproto\r\n:3\r\n")
        answer("+PONG\r\n")
        _ = commands()
    }

    /// The handler does something with Redis.
    @discardableResult
    func use<Result>(_ body: (inout RedisConnection) -> Result) -> Result {
        withContext { _, io in body(&io.redis) }
    }
}
