// A handler that gives its connection to Redis up.
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import WebSocketServerTesting

@Suite struct RedisReconnectTests {
    @Test func `What the handler gives up is replaced`() throws {
        let server = try SimulatedServer()
        server.greet()
        server.advance(by: .seconds(3))
        let first = server.socket
        let isUp = server.use { redis in
            redis.send(["GET", "a"])
            redis.reconnect(because: "The probe does not come back.")
            redis.reconnect(because: "And again.")
            #expect(redis.send(["GET", "b"]) == nil)
            return redis.isUp
        }
        let failure = RedisFailure.abandoned("The probe does not come back.")
        #expect(!isUp && server.handler.failures == [failure])
        #expect(server.network.sockets[first]!.isClosed && server.commands() == [])
        #expect(server.log.last?.message.hasSuffix(": The probe does not come back.") == true)
        server.advance(by: .milliseconds(60))
        server.greet()
        #expect(server.socket != first && server.handler.upCount == 2)
    }

    @Test func `Nothing comes of a connection that a callback has given up`() throws {
        let server = try SimulatedServer(channels: ["a"])
        server.greet()
        server.handler.givesUpAt = "enough"
        let message = { (text: String) in
            ">3\r\n$7\r\nmessage\r\n$1\r\na\r\n$\(text.utf8.count)\r\n\(text)\r\n"
        }
        server.answer(message("one") + message("enough") + message("two") + "+OK\r\n>")
        #expect(server.handler.received == ["a: one", "a: enough"])
        #expect(server.handler.failures == [.abandoned("enough")])
    }

    @Test func `Without a connection there is nothing to give up`() throws {
        let server = try SimulatedServer()
        server.use { $0.reconnect(because: "Why not?") }
        server.greet()
        #expect(server.handler.failures == [] && server.handler.upCount == 1)
    }

    @Test func `What is given up again and again is made later and later`() throws {
        let server = try SimulatedServer()
        server.handler.givesUpAlways = true
        server.redis.isPaused = false
        server.advance(by: .seconds(10))
        // At 2 s at least 1 s apart, after half a dozen that come faster.
        #expect(
            (8...18).contains(server.network.connects.count), "\(server.network.connects.count)")
        server.handler.givesUpAlways = false
        server.advance(by: .seconds(5))
        let count = server.network.connects.count
        server.use { $0.reconnect(because: "Once more.") }
        server.advance(by: .milliseconds(60))
        #expect(server.network.connects.count == count + 1, "it was good for a while")
    }
}
