// What ends the connection to Redis, and how the next one is made.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import WebSocketServerTesting

@Suite struct RedisFailureTests {
    @Test func `A command that is not answered in 2 s ends the connection`() throws {
        let server = try SimulatedServer()
        server.greet()
        server.use { _ = $0.send(["GET", "a"]) }
        server.advance(by: .milliseconds(1_500))
        server.use { _ = $0.send(["GET", "b"]) }
        server.answer("+1\r\n")
        server.advance(by: .milliseconds(1_500))
        #expect(server.handler.failures == [])
        // The second is late now. Other bytes do not excuse it.
        server.answer(">1\r\n+x\r\n")
        server.advance(by: .seconds(1))
        #expect(server.handler.failures == [.unanswered])
        server.advance(by: .seconds(1))
        server.greet()
        server.use { _ = $0.send(["GET", "c"]) }
        server.answer("+3\r\n")
        #expect(server.handler.received == ["1 = 1", "3 = 3"], "the second never comes")
    }

    @Test func `A greeting that is not answered ends the connection`() throws {
        let server = try SimulatedServer()
        server.advance(by: .milliseconds(1_900))
        #expect(server.handler.failures == [])
        server.advance(by: .milliseconds(200))
        #expect(server.handler.failures == [.unanswered])
    }

    @Test func `After a silence Redis is asked whether it lives`() throws {
        let server = try SimulatedServer()
        server.greet()
        server.advance(by: .milliseconds(5_100))
        #expect(server.commands() == [["PING"]])
        server.answer("+PONG\r\n")
        server.advance(by: .milliseconds(4_900))
        #expect(server.commands() == [])
        server.advance(by: .milliseconds(200))
        #expect(server.commands() == [["PING"]])
        server.advance(by: .milliseconds(2_100))
        #expect(server.handler.failures == [.unanswered])
    }

    @Test func `A server that stood still reads before it counts anything as late`() throws {
        let server = try SimulatedServer()
        server.greet()
        server.use { _ = $0.send(["GET", "a"]) }
        server.network.clock = server.network.clock + .seconds(10)
        server.settle()
        #expect(server.handler.failures == [])
        server.answer("+1\r\n")
        server.advance(by: .seconds(2))
        #expect(server.handler.failures == [] && server.handler.received == ["1 = 1"])
    }

    @Test func `A reply that nobody has asked for ends the connection`() throws {
        let server = try SimulatedServer()
        server.greet()
        server.answer("+OK\r\n")
        #expect(server.handler.failures == [.violation("There is a reply to no command.")])
    }

    @Test func `A lost connection is reported with its error`() throws {
        let server = try SimulatedServer()
        server.greet()
        server.network.sockets[server.socket]!.isReset = true
        server.settle()
        #expect(server.handler.failures == [.lost(104)])
    }

    @Test(arguments: 1...5)
    func `Attempts follow each other later and later, up to 2 s`(seed: UInt64) throws {
        let server = try SimulatedServer(redis: "redis://127.0.0.1", seed: seed)
        server.network.attempt = { _ in .fails(111) }
        server.network.sockets[server.socket]!.clientHasEnded = true
        var times: [Instant] = []
        var count = 1
        for _ in 0..<2_000 where times.count < 12 {
            server.advance(by: .milliseconds(5))
            if server.network.connects.count > count {
                count = server.network.connects.count
                times.append(server.network.clock)
            }
        }
        let gaps = zip(times.dropFirst(), times).map { $0.since($1) }
        #expect(gaps.count >= 7)
        for (index, gap) in gaps.enumerated() {
            let full = min(Duration.milliseconds(100 << index), .seconds(2))
            #expect(gap >= full / 2 - .milliseconds(6) && gap <= full + .milliseconds(6))
        }
        #expect(Set(server.handler.failures) == [.notGreeted, .notConnected(111)])
        // Once it has succeeded, the next failure is a first one.
        server.network.attempt = { _ in .succeeds }
        server.advance(by: .seconds(2))
        server.greet()
        server.network.sockets[server.socket]!.clientHasEnded = true
        server.settle()
        server.advance(by: .milliseconds(60))
        server.greet()
        #expect(server.handler.upCount == 2)
    }

    @Test func `The addresses of a name are tried one after the other`() throws {
        let server = try SimulatedServer(redis: "redis://redis.example:7000")
        let first = NetworkAddress.ipv4(192, 0, 2, 71, port: 0)
        let second = NetworkAddress.ipv4(192, 0, 2, 72, port: 0)
        server.network.names["redis.example"] = Resolution(
            ticket: 0, status: 0, addresses: [first, second])
        server.network.attempt = {
            $0 == .network(first.with(port: 7000)) ? .fails(111) : .succeeds
        }
        server.redis.endConnections()
        server.advance(by: .milliseconds(100))
        #expect(
            server.network.connects.dropFirst().map(\.address)
                == [.network(first.with(port: 7000)), .network(second.with(port: 7000))])
        server.greet()
        #expect(server.handler.upCount == 1 && server.handler.failures == [.notGreeted])
    }

    @Test func `A name that nobody knows, and an address that never answers`() throws {
        let server = try SimulatedServer(redis: "redis://redis.example:7000")
        server.setDestination("redis.example", .unknown)
        server.redis.endConnections()
        server.advance(by: .milliseconds(100))
        #expect(server.handler.failures == [.notGreeted, .unknownHost(-2)])
        server.setDestination("redis.example", .silent)
        server.advance(by: .seconds(3))
        #expect(server.handler.failures.last == .connectTimedOut)
        #expect(server.network.sockets[server.network.connects[1].socket]!.isClosed)
    }
}
