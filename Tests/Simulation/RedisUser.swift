// A handler that uses Redis, and the Redis that a test plays.
import Testing
import WebSocketServer
import WireKit

@testable import SimulationKit

/// Records what comes from Redis.
struct RedisUser: RedisHandler, OperationsHandler {
    var channels: [String] = []
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

    mutating func onRedisUp(_ io: inout ServerContext) { upCount += 1 }

    mutating func onRedisDown(_ failure: RedisFailure, _ io: inout ServerContext) {
        failures.append(failure)
    }

    mutating func onRedisMessage(_ message: borrowing RedisMessage, _ io: inout ServerContext) {
        received.append("\(message.channel): \(message.text)")
    }

    mutating func onRedisReply(
        _ reply: borrowing RedisReply, to request: RedisRequest, _ io: inout ServerContext
    ) {
        let value = reply.error ?? reply.text ?? reply.integer.map { "\($0)" } ?? "?"
        received.append("\(request.number) = \(value)")
    }
}

extension Simulation<RedisUser> {
    static let here = "redis://127.0.0.1"

    init(redis url: String = here, channels: [String] = [], seed: UInt64 = 1) throws {
        try self.init(RedisUser(channels: channels), seed: seed) {
            $0.redis = try? RedisURL(url)
        }
        settle()
    }

    /// The latest socket that was connected.
    var redis: Int32 { network.connects.last!.socket }

    /// What the server has sent to Redis since the last time: the words of each command.
    func commands(on socket: Int32? = nil) -> [[String]] {
        var bytes = network.receive(on: socket ?? redis)
        var commands: [[String]] = []
        while case .reply(.values(_, let words), let byteCount) = PlainReplyReader.read(bytes) {
            commands.append(
                words.map {
                    guard case .body(_, let word) = $0 else { return "not a bulk string" }
                    return String(decoding: word, as: UTF8.self)
                })
            bytes.removeFirst(byteCount)
        }
        #expect(bytes.isEmpty, "part of a command")
        return commands
    }

    /// Redis sends this.
    mutating func answer(_ text: String) {
        network.send(Array(text.utf8), on: redis)
        settle()
    }

    /// Redis answers the greeting.
    mutating func greet() {
        answer("%1\r\n$5\r\nproto\r\n:3\r\n")
        answer("+PONG\r\n")
        _ = commands()
    }

    /// The handler does something with Redis.
    @discardableResult
    mutating func use<Result>(_ body: (inout RedisConnection) -> Result) -> Result {
        defer { settle() }
        return perform { _, io in body(&io.redis) }
    }
}
