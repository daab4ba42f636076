// The connection to Redis: greeting, pipeline, pushes, subscriptions.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit

@Suite struct RedisTests {
    @Test func `Nothing is sent before the greeting is answered`() throws {
        var simulation = try Simulation(channels: ["news", "weather"])
        #expect(
            simulation.network.connects.map(\.address)
                == [.network(.ipv4(127, 0, 0, 1, port: 6379))])
        #expect(simulation.commands() == [["HELLO", "3"]])
        let early = simulation.use { redis in (redis.isUp, redis.send(["GET", "a"])) }
        #expect(!early.0 && early.1 == nil)
        simulation.answer("%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:3\r\n")
        #expect(simulation.commands() == [["PING"]])
        #expect(simulation.handler.upCount == 0)
        simulation.answer("+PONG\r\n")
        let isUp = simulation.use { $0.isUp }
        #expect(simulation.handler.upCount == 1 && isUp)
        #expect(simulation.commands() == [["SUBSCRIBE", "news"], ["SUBSCRIBE", "weather"]])
    }

    @Test(arguments: [
        ("redis://:s%20e%40c@127.0.0.1", ["HELLO", "3", "AUTH", "default", "s e@c"]),
        ("unix://ann:pw@/run/redis.sock", ["HELLO", "3", "AUTH", "ann", "pw"]),
    ])
    func `A user logs in`(url: String, command: [String]) throws {
        let simulation = try Simulation(redis: url)
        #expect(simulation.commands() == [command])
    }

    @Test func `Commands of one turn are one send, and their replies come in order`() throws {
        var simulation = try Simulation()
        simulation.greet()
        let sendCount = simulation.core.io.statistics.sendCount
        let requests = simulation.use { redis in
            [
                redis.send(["SET", "a", "1"]), redis.publish("hi", to: "news"),
                redis.send(["GET", "a"]),
            ]
        }
        #expect(requests.map { $0?.number } == [1, 2, 3])
        #expect(simulation.core.io.statistics.sendCount == sendCount + 1)
        #expect(
            simulation.commands() == [
                ["SET", "a", "1"], ["PUBLISH", "news", "hi"], ["GET", "a"],
            ])
        simulation.answer("+OK\r\n:0\r\n$1\r\n1\r\n")
        #expect(simulation.handler.received == ["1 = OK", "2 = 0", "3 = 1"])
    }

    /// Pushes stand between replies and answer nothing; an error answers SUBSCRIBE as a reply.
    static let mixed =
        ">3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n>3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\nx\r\n"
        + ":5\r\n-NOPERM no\r\n>2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\na\r\n"
        + ">4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$4\r\nnews\r\n$1\r\ny\r\n_\r\n"
    static let mixedReceived = ["news: x", "1 = 5", "news: y", "2 = ?"]

    @Test func `Pushes come before, between and behind replies`() throws {
        var simulation = try Simulation(channels: ["news"])
        simulation.greet()
        simulation.use { redis in
            redis.send(["INCR", "n"])
            redis.subscribe("secret")
            redis.send(["GET", "nothing"])
        }
        simulation.answer(Self.mixed)
        #expect(simulation.handler.received == Self.mixedReceived)
        #expect(simulation.handler.failures == [])
    }

    @Test(arguments: [1, 3, 17])
    func `It does not matter where what is received is cut`(size: Int) throws {
        var simulation = try Simulation(channels: ["news"])
        simulation.network.receiveSizes = size...size
        simulation.network.sendSizes = size...size
        simulation.greet()
        simulation.use { redis in
            redis.send(["INCR", "n"])
            redis.subscribe("secret")
            redis.send(["GET", "nothing"])
        }
        #expect(
            simulation.commands() == [
                ["INCR", "n"], ["SUBSCRIBE", "secret"], ["GET", "nothing"],
            ])
        for byte in Self.mixed.utf8 {
            simulation.network.send([byte], on: simulation.redis)
            if size == 1 { simulation.settle() }
        }
        simulation.settle()
        #expect(simulation.handler.received == Self.mixedReceived)
    }

    @Test func `Subscriptions are renewed on each connection`() throws {
        var simulation = try Simulation(channels: ["a"])
        simulation.greet()
        simulation.use { redis in
            redis.subscribe("a")
            redis.subscribe("b")
            redis.subscribe("c")
            redis.unsubscribe("b")
            redis.unsubscribe("d")
        }
        #expect(
            simulation.commands() == [
                ["SUBSCRIBE", "b"], ["SUBSCRIBE", "c"], ["UNSUBSCRIBE", "b"],
            ])
        simulation.network.sockets[simulation.redis]!.clientHasEnded = true
        simulation.settle()
        #expect(simulation.handler.failures == [.ended])
        simulation.use { $0.subscribe("e") }
        simulation.run(for: .seconds(1))
        #expect(simulation.network.connects.count == 2)
        simulation.answer("%0\r\n")
        simulation.answer("+PONG\r\n")
        #expect(
            Array(simulation.commands().suffix(3)) == [
                ["SUBSCRIBE", "a"], ["SUBSCRIBE", "c"], ["SUBSCRIBE", "e"],
            ])
    }

    @Test func `What does not have one reply is not sent`() throws {
        var simulation = try Simulation()
        simulation.greet()
        for command in [
            ["subscribe", "a"], ["MONITOR"], ["HELLO", "2"], ["client", "reply", "off"], ["Quit"],
            [],
        ] {
            let request = simulation.use { $0.send(command) }
            #expect(request == nil)
        }
        let request = simulation.use { $0.send(["CLIENT", "ID"]) }
        #expect(request != nil)
        #expect(simulation.commands() == [["CLIENT", "ID"]])
    }

    @Test func `A full socket takes the rest later, and nothing beyond the limit is written`()
        throws
    {
        var simulation = try Simulation()
        simulation.greet()
        simulation.network.sockets[simulation.redis]!.window = 10
        let text = String(repeating: "x", count: 1 << 20)
        let taken = simulation.use { redis in
            (0..<20).count { _ in redis.publish(text, to: "a") != nil }
        }
        #expect(taken == 16)
        #expect(simulation.network.receive(on: simulation.redis).count == 10)
        simulation.network.sockets[simulation.redis]!.window = .max
        simulation.settle()
        #expect(simulation.network.receive(on: simulation.redis).count > 16 << 20)
        let next = simulation.use { $0.publish("y", to: "a") }
        #expect(next != nil)
    }

    @Test func `What was written last goes out before the server ends`() throws {
        var simulation = try Simulation()
        simulation.greet()
        let (network, socket) = (simulation.network, simulation.redis)
        simulation.perform { _, io in _ = io.redis.publish("bye", to: "a") }
        simulation.end()
        #expect(String(decoding: network.receive(on: socket), as: UTF8.self).contains("bye"))
        #expect(network.sockets[socket]!.isClosed)
    }

    @Test func `The next process makes a connection of its own`() throws {
        var simulation = try Simulation(channels: ["a"])
        simulation.greet()
        let client = simulation.network.connect()
        simulation.network.send(Array(SimulatedClient.handshake([]).utf8), on: client)
        simulation.settle()
        let first = simulation.redis
        try simulation.handOver()
        simulation.start()
        simulation.settle()
        #expect(simulation.network.sockets[first]!.isClosed && simulation.redis != first)
        simulation.greet()
        #expect(simulation.handler.upCount == 2)
        #expect(!simulation.network.sockets[client]!.isClosed, "the WebSocket goes on")
    }
}
