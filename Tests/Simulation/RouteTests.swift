// Answers to plain HTTP on their way to peers that read slowly, not at all, or no longer.
import LinuxReactor
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

/// Answers at once with the number of bytes in the path; "/stream" and "/later" wait for the test.
struct Library: HTTPHandler {
    var asked: [String] = []
    var waiting: [ConnectionID] = []

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {}

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        let path = request.head.path
        asked.append(path)
        if let count = Int(path.dropFirst()) {
            io.respond(to: request.id, with: HTTPResponse(.ok, body: Self.body(count)))
        } else {
            waiting.append(request.id)
            if path == "/stream" { io.beginResponse(to: request.id, .ok) }
        }
    }

    static func body(_ count: Int) -> [UInt8] {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz".utf8)
        var body = [UInt8](repeating: 0, count: count)
        for index in stride(from: 0, to: count, by: 26) {
            let end = min(index + 26, count)
            body[index..<end] = alphabet[..<(end - index)]
        }
        return body
    }
}

@Suite struct SimulatedRouteTests {
    private static func get(_ path: String, _ fields: String = "") -> [UInt8] {
        Array("GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n".utf8)
    }

    private let here = NetworkAddress.ipv4(192, 0, 2, 1, port: 1)

    /// The bodies of whole answers with a Content-Length, one after the other.
    private func bodies(_ bytes: [UInt8]) -> [[UInt8]] {
        var (rest, bodies) = (bytes[...], [[UInt8]]())
        while let end = rest.firstRange(of: Array("\r\n\r\n".utf8)) {
            let head = String(decoding: rest[..<end.lowerBound], as: UTF8.self)
            guard let field = head.firstRange(of: "Content-Length: "),
                let count = Int(head[field.upperBound...].prefix { $0.isNumber })
            else { return bodies }
            let body = rest[end.upperBound...].prefix(count)
            guard body.count == count else { return bodies }
            bodies.append(Array(body))
            rest = rest[body.endIndex...]
        }
        return bodies
    }

    @Test func `An answer may take long as long as its reader goes on reading`() throws {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        simulation.network.sockets[socket]!.window = 0
        simulation.network.send(Self.get("/300000"), on: socket)
        var received: [UInt8] = []
        for _ in 0..<40 {
            simulation.network.sockets[socket]!.window = 10_000
            simulation.run(for: .seconds(3))
            received += simulation.network.receive(on: socket)
        }
        #expect(bodies(received) == [Library.body(300_000)])
        #expect(!simulation.network.sockets[socket]!.wasReset)
    }

    @Test(arguments: ["/later", "/stream"])
    func `A request ends when its client has gone`(path: String) throws {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        simulation.network.send(Self.get(path), on: socket)
        simulation.settle()
        let id = simulation.handler.waiting[0]
        simulation.run(for: .seconds(30))
        #expect(!simulation.network.sockets[socket]!.isClosed)
        simulation.network.sockets[socket]!.clientHasEnded = true
        simulation.settle()
        #expect(simulation.network.sockets[socket]!.isClosed)
        let isAnswerable = simulation.core.io.isAnswerable(id)
        #expect(!isAnswerable)
        #expect(simulation.core.takenCounts == TakenCounts())
    }

    @Test func `A client that ends its side still gets what was answered at once`() throws {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        simulation.network.send(Self.get("/10") + Self.get("/20"), on: socket)
        simulation.network.sockets[socket]!.clientHasEnded = true
        simulation.settle()
        #expect(
            bodies(simulation.network.receive(on: socket)) == [Library.body(10), Library.body(20)])
    }

    @Test(arguments: ["/1200000", "/stream"])
    func `A reader that stops is reset, whatever is unsent`(path: String) throws {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        simulation.network.sockets[socket]!.window = 1000
        simulation.network.send(Self.get(path), on: socket)
        simulation.settle()
        if path == "/stream" {
            simulation.core.io.sendBody(Library.body(5000).span, to: simulation.handler.waiting[0])
        }
        simulation.run(for: .seconds(9))
        #expect(!simulation.network.sockets[socket]!.isClosed)
        simulation.run(for: .seconds(3))
        #expect(simulation.network.sockets[socket]!.wasReset)
        #expect(simulation.core.takenCounts == TakenCounts())
    }

    @Test func `An answer may be larger than the limit on output caused by others`() throws {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        simulation.network.sockets[socket]!.window = 1000
        simulation.network.send(Self.get("/1500000"), on: socket)
        simulation.settle()
        simulation.network.sockets[socket]!.window = .max
        simulation.settle()
        #expect(bodies(simulation.network.receive(on: socket)) == [Library.body(1_500_000)])
    }

    @Test func `Requests are not answered faster than the answers are read`() throws {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        simulation.network.sockets[socket]!.window = 0
        let count = 30
        let requests = (0..<count).flatMap { _ in Self.get("/50000") }
        simulation.network.send(requests, on: socket)
        simulation.settle()
        // 256 KiB, and the answer that had begun.
        #expect(simulation.handler.asked.count < 8)
        simulation.network.sockets[socket]!.window = .max
        simulation.settle()
        let received = bodies(simulation.network.receive(on: socket))
        #expect(received.count == count)
        #expect(received.allSatisfy { $0 == Library.body(50_000) })
    }

    @Test(arguments: [1, 3, 20])
    func `A peer that has ended its side still gets all its answers`(count: Int) throws {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        simulation.network.sockets[socket]!.window = 10_000
        simulation.network.send((0..<count).flatMap { _ in Self.get("/100000") }, on: socket)
        simulation.network.sockets[socket]!.clientHasEnded = true
        simulation.settle()
        #expect(!simulation.network.sockets[socket]!.isClosed)
        simulation.network.sockets[socket]!.window = .max
        simulation.settle()
        let expected = [[UInt8]](repeating: Library.body(100_000), count: count)
        #expect(bodies(simulation.network.receive(on: socket)) == expected)
        #expect(simulation.network.sockets[socket]!.isClosed)
    }

    @Test func `A stop lets an answer that has begun go out`() throws {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        simulation.network.sockets[socket]!.window = 10_000
        simulation.network.send(Self.get("/100000"), on: socket)
        simulation.settle()
        simulation.core.io.stop(grace: .zero)
        simulation.settle()
        simulation.network.sockets[socket]!.window = .max
        simulation.settle()
        #expect(bodies(simulation.network.receive(on: socket)) == [Library.body(100_000)])
        simulation.network.sockets[socket]!.clientHasEnded = true
        simulation.settle()
        let isDone = simulation.core.isDone
        #expect(isDone)
    }

    @Test func `A stream is bounded by its unread bytes`() throws {
        var limits = Limits()
        limits.outboxByteCount = 50_000
        var simulation = try Simulation(Library(), limits: limits)
        let socket = simulation.network.connect()
        simulation.network.sockets[socket]!.window = 1000
        simulation.network.send(Self.get("/stream"), on: socket)
        simulation.settle()
        for _ in 0..<10 {
            simulation.core.io.sendBody(
                Library.body(10_000).span, to: simulation.handler.waiting[0])
            simulation.settle()
        }
        #expect(simulation.network.sockets[socket]!.wasReset)
        // Bytes added later are dropped.
        simulation.core.io.sendBody(Library.body(10).span, to: simulation.handler.waiting[0])
        simulation.core.io.endResponse(to: simulation.handler.waiting[0])
        simulation.settle()
        #expect(simulation.core.takenCounts == TakenCounts())
    }

    @Test func `An answer to a peer that has gone is dropped, and keeps no memory`() throws {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        simulation.network.send(Self.get("/later"), on: socket)
        simulation.settle()
        simulation.network.sockets[socket]!.isReset = true
        simulation.settle()
        #expect(simulation.network.sockets[socket]!.isClosed)
        let isAnswerable = simulation.core.io.isAnswerable(simulation.handler.waiting[0])
        #expect(!isAnswerable)
        simulation.core.io.respond(to: simulation.handler.waiting[0], with: .notFound)
        simulation.settle()
        #expect(simulation.core.takenCounts == TakenCounts())
    }

    @Test func `A request that waits for its answer for an hour gets it`() throws {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        simulation.network.send(Self.get("/later"), on: socket)
        simulation.run(for: .seconds(3600))
        simulation.core.io.respond(to: simulation.handler.waiting[0], with: .text(.ok, "at last"))
        simulation.settle()
        #expect(bodies(simulation.network.receive(on: socket)) == [Array("at last\n".utf8)])
    }

    @Test func `A connection kept for the next request is closed when none comes`() throws {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        simulation.network.send(Self.get("/1"), on: socket)
        simulation.run(for: .seconds(8))
        simulation.network.send(Self.get("/2"), on: socket)
        simulation.run(for: .seconds(8))
        #expect(bodies(simulation.network.receive(on: socket)).map(\.count) == [1, 2])
        #expect(!simulation.network.sockets[socket]!.isClosed)
        simulation.run(for: .seconds(3))
        #expect(simulation.network.sockets[socket]!.isClosed)
        #expect(!simulation.network.sockets[socket]!.wasReset)
        #expect(simulation.core.io.statistics.refusalCounts.allSatisfy { $0 == 0 })
    }

    @Test func `A body that does not come is 408, and counted once`() throws {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        simulation.network.send(
            Array("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc".utf8), on: socket)
        simulation.run(for: .seconds(11))
        let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 408 "))
        #expect(simulation.core.io.statistics.refusals(.handshakeTimeout) == 1)
        #expect(simulation.core.io.statistics.refusalCounts.reduce(0, +) == 1)
        #expect(simulation.handler.asked.isEmpty)
    }

    @Test func `A body that is too large is refused before it is asked for`() throws {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        simulation.network.send(
            Array(
                "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 70000\r\nExpect: 100-continue\r\n\r\n"
                    .utf8), on: socket)
        simulation.settle()
        let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 413 "))
    }

    @Test func `A connection over the limit is not served in HTTP either`() throws {
        var limits = Limits()
        // Of plain connections an address may have six times as many.
        limits.connectionsPerAddress = 1
        var simulation = try Simulation(Library(), limits: limits)
        let sockets = (0..<7).map { _ in simulation.network.connect(from: here) }
        for socket in sockets { simulation.network.send(Self.get("/1"), on: socket) }
        simulation.settle()
        let answers = sockets.map {
            String(decoding: simulation.network.receive(on: $0), as: UTF8.self)
        }
        #expect(answers.dropLast().allSatisfy { $0.hasPrefix("HTTP/1.1 200 ") })
        #expect(answers[6].hasPrefix("HTTP/1.1 503 "))
        #expect(answers[6].contains("Retry-After: 10\r\n"))
        #expect(answers[6].contains("Too many connections from your address."))
        #expect(simulation.handler.asked.count == 6)
        #expect(simulation.core.io.statistics.refusalCounts.reduce(0, +) == 1)
    }
}
