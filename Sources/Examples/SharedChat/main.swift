// A chat over several processes: what a client of one says, the clients of all hear, through Redis.
// Beside a redis-server: `swift run shared-chat 8080` and, elsewhere, `swift run shared-chat 8081`.
import WebSocketServer

struct SharedChat: RedisHandler, OperationsHandler {
    mutating func onStart(_ io: inout ServerContext) { io.redis.subscribe("chat") }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        io.subscribe(id, to: io.topic(named: "chat"))
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        if io.redis.publish(message.bytes, to: "chat") == nil {
            io.send("Not now: there is no connection to Redis.", to: id)
        }
    }

    mutating func onRedisMessage(_ message: borrowing RedisMessage, _ io: inout ServerContext) {
        io.publish(message.text, to: io.topic(named: "chat"))
    }
}

let arguments = CommandLine.arguments.dropFirst()
var configuration = ServerConfiguration(port: arguments.first.flatMap { UInt16($0) } ?? 8080)
configuration.redis = try RedisURL(arguments.dropFirst().first ?? "redis://127.0.0.1")
serve(SharedChat(), configuration)
