// The connection to Redis: greeting, pipeline, pushes, subscriptions.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import WebSocketServerTesting

@Suite struct RedisTests {
    @Test func `Nothing is sent before the greeting is answered`() throws {
        let server = try SimulatedServer(channels: ["news", "weather"])
        #expect(
            server.network.connects.map(\.address)
                == [.network(.ipv4(127, 0, 0, 1, port: 6379))])
        #expect(server.commands() == [["HELLO", "3"]])
        let early = server.use { redis in (redis.isUp, redis.send(["GET", "a"])) }
        #expect(!early.0 && early.1 == nil)
        server.answer("%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:3\r\n")
        #expect(server.commands() == [["PING"]])
        #expect(server.handler.upCount == 0)
        server.answer("+PONG\r\n")
        let isUp = server.use { $0.isUp }
        #expect(server.handler.upCount == 1 && isUp)
        #expect(server.commands() == [["SUBSCRIBE", "news"], ["SUBSCRIBE", "weather"]])
    }

    @Test(arguments: [
        ("redis://:s%20e%40c@127.0.0.1", ["HELLO", "3", "AUTH", "default", "s e@c"]),
        ("unix://ann:pw@/run/redis.sock", ["HELLO", "3", "AUTH", "ann", "pw"]),
    ])
    func `A user logs in`(url: String, command: [String]) throws {
        let server = try SimulatedServer(redis: url)
        #expect(server.commands() == [command])
    }

    @Test func `Commands of one turn are one send, and their replies come in order`() throws {
        let server = try SimulatedServer()
        server.greet()
        let sendCount = server.simulation.core.io.statistics.sendCount
        let requests = server.use { redis in
            [
                redis.send(["SET", "a", "1"]), redis.publish("hi", to: "news"),
                redis.send(["GET", "a"]),
            ]
        }
        #expect(requests.map { $0?.number } == [1, 2, 3])
        #expect(server.simulation.core.io.statistics.sendCount == sendCount + 1)
        #expect(
            server.commands() == [
                ["SET", "a", "1"], ["PUBLISH", "news", "hi"], ["GET", "a"],
            ])
        server.answer("+OK\r\n:0\r\n$1\r\n1\r\n")
        #expect(server.handler.received == ["1 = OK", "2 = 0", "3 = 1"])
    }

    /// Pushes stand between replies and answer nothing; an error answers SUBSCRIBE as a reply.
    static let mixed =
        ">3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n>3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$1\r\nx\r\n"
        + ":5\r\n-NOPERM no\r\n>2\r\n$10\r\ninvalidate\r\n*1\r\n$1\r\na\r\n"
        + ">4\r\n$8\r\npmessage\r\n$2\r\nn*\r\n$4\r\nnews\r\n$1\r\ny\r\n_\r\n"
    static let mixedReceived = ["news: x", "1 = 5", "news (n*): y", "2 = ?"]

    @Test func `Pushes come before, between and behind replies`() throws {
        let server = try SimulatedServer(channels: ["news"])
        server.greet()
        server.use { redis in
            redis.send(["INCR", "n"])
            redis.subscribe("secret")
            redis.send(["GET", "nothing"])
        }
        server.answer(Self.mixed)
        #expect(server.handler.received == Self.mixedReceived)
        #expect(server.handler.failures == [])
    }

    @Test(arguments: [1, 3, 17])
    func `It does not matter where what is received is cut`(size: Int) throws {
        let server = try SimulatedServer(channels: ["news"])
        server.network.receiveSizes = size...size
        server.network.sendSizes = size...size
        server.greet()
        server.use { redis in
            redis.send(["INCR", "n"])
            redis.subscribe("secret")
            redis.send(["GET", "nothing"])
        }
        #expect(
            server.commands() == [
                ["INCR", "n"], ["SUBSCRIBE", "secret"], ["GET", "nothing"],
            ])
        for byte in Self.mixed.utf8 {
            server.network.send([byte], on: server.socket)
            if size == 1 { server.settle() }
        }
        server.settle()
        #expect(server.handler.received == Self.mixedReceived)
    }

    @Test func `Subscriptions are renewed on each connection`() throws {
        let server = try SimulatedServer(channels: ["a"])
        server.greet()
        server.use { redis in
            redis.subscribe("a")
            redis.subscribe("b")
            redis.subscribe("c")
            redis.unsubscribe("b")
            redis.unsubscribe("d")
        }
        #expect(
            server.commands() == [
                ["SUBSCRIBE", "b"], ["SUBSCRIBE", "c"], ["UNSUBSCRIBE", "b"],
            ])
        server.network.sockets[server.socket]!.clientHasEnded = true
        server.settle()
        #expect(server.handler.failures == [.ended])
        server.use { $0.subscribe("e") }
        server.advance(by: .seconds(1))
        #expect(server.network.connects.count == 2)
        server.answer("%0\r\n")
        server.answer("+PONG\r\n")
        #expect(
            Array(server.commands().suffix(3)) == [
                ["SUBSCRIBE", "a"], ["SUBSCRIBE", "c"], ["SUBSCRIBE", "e"],
            ])
    }

    @Test func `What does not have one reply is not sent`() throws {
        let server = try SimulatedServer()
        server.greet()
        for command in [
            ["subscribe", "a"], ["MONITOR"], ["HELLO", "2"], ["client", "reply", "off"], ["Quit"],
            [],
        ] {
            let request = server.use { $0.send(command) }
            #expect(request == nil)
        }
        let request = server.use { $0.send(["CLIENT", "ID"]) }
        #expect(request != nil)
        #expect(server.commands() == [["CLIENT", "ID"]])
    }

    @Test func `A full socket takes the rest later, and nothing beyond the limit is written`()
        throws
    {
        let server = try SimulatedServer()
        server.greet()
        server.network.sockets[server.socket]!.window = 10
        let text = String(repeating: "x", count: 1 << 20)
        let taken = server.use { redis in
            (0..<20).count { _ in redis.publish(text, to: "a") != nil }
        }
        #expect(taken == 16)
        #expect(server.network.sockets[server.socket]!.window == 0 && server.commands() == [])
        server.network.sockets[server.socket]!.window = .max
        server.settle()
        #expect(server.commands() == Array(repeating: ["PUBLISH", "a", text], count: 16))
        let next = server.use { $0.publish("y", to: "a") }
        #expect(next != nil)
    }

    @Test func `What was written last goes out before the server ends`() throws {
        var simulation = try Simulation(RedisUser()) {
            $0.redis = RedisURL(.unix(path: "/run/redis.sock"))
        }
        simulation.settle()
        let (network, socket) = (simulation.network, simulation.network.connects[0].socket)
        network.send(Array("%0\r\n+PONG\r\n".utf8), on: socket)
        simulation.settle()
        simulation.perform { _, io in _ = io.redis.publish("bye", to: "a") }
        simulation.end()
        #expect(String(decoding: network.receive(on: socket), as: UTF8.self).contains("bye"))
        #expect(network.sockets[socket]!.isClosed)
    }

    @Test func `The next process makes a connection of its own`() throws {
        let server = try SimulatedServer(channels: ["a"])
        server.greet()
        let client = server.network.connect()
        server.network.send(Array(SimulatedClient.handshake([]).utf8), on: client)
        server.settle()
        let first = server.socket
        try server.handOver(to: RedisUser())
        #expect(server.network.sockets[first]!.isClosed && server.socket != first)
        server.greet()
        #expect(server.handler.upCount == 1)
        #expect(!server.network.sockets[client]!.isClosed, "the WebSocket goes on")
    }
}
