// What ends the connection to Redis, and how the next one is made.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit

@Suite struct RedisFailureTests {
    static let greetings: [(String, RedisFailure)] = [
        (
            "-WRONGPASS invalid username-password pair\r\n",
            .refused("WRONGPASS invalid username-password pair")
        ),
        (
            "-NOAUTH HELLO must be called with the client already authenticated\r\n",
            .refused("NOAUTH HELLO must be called with the client already authenticated")
        ),
        ("-ERR unknown command `HELLO`\r\n", .tooOld), ("-NOPROTO unsupported\r\n", .tooOld),
        ("%0\r\n|-LOADING Redis is loading\r\n", .refused("LOADING Redis is loading")),
        (
            "-ERR max number of clients reached\r\n",
            .refused("ERR max number of clients reached")
        ),
        ("+OK\r\n", .violation("HELLO has no map as its reply.")),
        (
            "HTTP/1.1 400 Bad Request\r\n",
            .violation("This is not Redis: a reply cannot begin with 'H'.")
        ),
    ]

    @Test(arguments: greetings)
    func `A greeting that is refused is a failure`(text: String, failure: RedisFailure) throws {
        var simulation = try Simulation()
        let first = simulation.redis
        for part in text.split(separator: "|") { simulation.answer(String(part)) }
        #expect(simulation.handler.failures == [failure] && simulation.handler.upCount == 0)
        #expect(simulation.network.sockets[first]!.isClosed)
        #expect("\(failure)".hasSuffix(".") || "\(failure)".contains(": "))
        simulation.run(for: .seconds(1))
        #expect(simulation.network.connects.count == 2)
        simulation.greet()
        #expect(simulation.handler.upCount == 1)
    }

    @Test func `A command that is not answered in 2 s ends the connection`() throws {
        var simulation = try Simulation()
        simulation.greet()
        simulation.use { _ = $0.send(["GET", "a"]) }
        simulation.advance(by: .milliseconds(1_500))
        simulation.use { _ = $0.send(["GET", "b"]) }
        simulation.answer("+1\r\n")
        simulation.advance(by: .milliseconds(1_500))
        #expect(simulation.handler.failures == [])
        // The second is late now. Other bytes do not excuse it.
        simulation.answer(">1\r\n+x\r\n")
        simulation.advance(by: .seconds(1))
        #expect(simulation.handler.failures == [.unanswered])
        simulation.run(for: .seconds(1))
        simulation.greet()
        simulation.use { _ = $0.send(["GET", "c"]) }
        simulation.answer("+3\r\n")
        #expect(simulation.handler.received == ["1 = 1", "3 = 3"], "the second never comes")
    }

    @Test func `A greeting that is not answered ends the connection`() throws {
        var simulation = try Simulation()
        simulation.advance(by: .milliseconds(1_900))
        #expect(simulation.handler.failures == [])
        simulation.advance(by: .milliseconds(200))
        #expect(simulation.handler.failures == [.unanswered])
    }

    @Test func `After a silence Redis is asked whether it lives`() throws {
        var simulation = try Simulation()
        simulation.greet()
        simulation.advance(by: .milliseconds(5_100))
        #expect(simulation.commands() == [["PING"]])
        simulation.answer("+PONG\r\n")
        simulation.advance(by: .milliseconds(4_900))
        #expect(simulation.commands() == [])
        simulation.advance(by: .milliseconds(200))
        #expect(simulation.commands() == [["PING"]])
        simulation.advance(by: .milliseconds(2_100))
        #expect(simulation.handler.failures == [.unanswered])
    }

    @Test func `A server that stood still reads before it counts anything as late`() throws {
        var simulation = try Simulation()
        simulation.greet()
        simulation.use { _ = $0.send(["GET", "a"]) }
        simulation.network.clock = simulation.network.clock + .seconds(10)
        simulation.settle()
        #expect(simulation.handler.failures == [])
        simulation.answer("+1\r\n")
        simulation.run(for: .seconds(2))
        #expect(simulation.handler.failures == [] && simulation.handler.received == ["1 = 1"])
    }

    @Test func `A reply that nobody has asked for ends the connection`() throws {
        var simulation = try Simulation()
        simulation.greet()
        simulation.answer("+OK\r\n")
        #expect(simulation.handler.failures == [.violation("There is a reply to no command.")])
    }

    @Test func `A lost connection is reported with its error`() throws {
        var simulation = try Simulation()
        simulation.greet()
        simulation.network.sockets[simulation.redis]!.isReset = true
        simulation.settle()
        #expect(simulation.handler.failures == [.lost(104)])
    }

    @Test(arguments: 1...5)
    func `Attempts follow each other later and later, up to 2 s`(seed: UInt64) throws {
        var simulation = try Simulation(redis: "redis://127.0.0.1", seed: seed)
        simulation.network.attempt = { _ in .fails(111) }
        simulation.network.sockets[simulation.redis]!.clientHasEnded = true
        var times: [Instant] = []
        var count = 1
        for _ in 0..<2_000 where times.count < 12 {
            simulation.advance(by: .milliseconds(5))
            if simulation.network.connects.count > count {
                count = simulation.network.connects.count
                times.append(simulation.network.clock)
            }
        }
        let gaps = zip(times.dropFirst(), times).map { $0.since($1) }
        #expect(gaps.count >= 7)
        for (index, gap) in gaps.enumerated() {
            let full = min(Duration.milliseconds(100 << index), .seconds(2))
            #expect(gap >= full / 2 - .milliseconds(6) && gap <= full + .milliseconds(6))
        }
        #expect(Set(simulation.handler.failures) == [.ended, .notConnected(111)])
        // Once it has succeeded, the next failure is a first one.
        simulation.network.attempt = { _ in .succeeds }
        simulation.run(for: .seconds(2))
        simulation.greet()
        simulation.network.sockets[simulation.redis]!.clientHasEnded = true
        simulation.settle()
        simulation.advance(by: .milliseconds(60))
        simulation.greet()
        #expect(simulation.handler.upCount == 2)
    }

    @Test func `The addresses of a name are tried one after the other`() throws {
        var simulation = try Simulation(RedisUser()) {
            $0.redis = RedisURL(.tcp(host: "redis.example", port: 7000))
        }
        let first = NetworkAddress.ipv4(192, 0, 2, 1, port: 0)
        let second = NetworkAddress.ipv4(192, 0, 2, 2, port: 0)
        simulation.network.names["redis.example"] = Resolution(
            ticket: 0, status: 0, addresses: [first, second])
        simulation.network.attempt = {
            $0 == .network(first.with(port: 7000)) ? .fails(111) : .succeeds
        }
        simulation.settle()
        #expect(
            simulation.network.connects.map(\.address)
                == [.network(first.with(port: 7000)), .network(second.with(port: 7000))])
        simulation.greet()
        #expect(simulation.handler.upCount == 1 && simulation.handler.failures == [])
    }

    @Test func `A name that nobody knows, and an address that never answers`() throws {
        var simulation = try Simulation(RedisUser()) {
            $0.redis = RedisURL(.tcp(host: "redis.example", port: 7000))
        }
        simulation.network.names["redis.example"] = Resolution(
            ticket: 0, status: -2, addresses: [])
        simulation.settle()
        #expect(simulation.handler.failures == [.unknownHost(-2)])
        simulation.network.names["redis.example"] = Resolution(
            ticket: 0, status: 0, addresses: [.ipv4(192, 0, 2, 1, port: 0)])
        simulation.network.attempt = { _ in .pending }
        simulation.run(for: .seconds(3))
        #expect(simulation.handler.failures.last == .connectTimedOut)
        let closed = simulation.network.connects.first.map {
            simulation.network.sockets[$0.socket]!.isClosed
        }
        #expect(closed == true)
    }
}
