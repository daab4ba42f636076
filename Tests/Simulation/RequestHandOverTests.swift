// Requests that are under way when another process takes over: its handler answers them, and their
// clients notice nothing.
import LinuxReactor
import Storage
import Testing

@testable import SimulationKit
@testable import WebSocketServer

/// Keeps what it is asked at `/later`, streams at `/parts`, and answers anything else with the
/// number of bytes that came. All that it knows is handed over.
struct Clerk: HTTPHandler, TimerHandler, HandOverHandler {
    var waiting: [ConnectionID] = []
    var timers: [TimerName] = []

    func onMessage(_: borrowing Message, from id: ConnectionID, _ io: inout ServerContext) {}

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        switch request.head.path {
        case "/later": waiting.append(request.id)
        case "/parts":
            waiting.append(request.id)
            io.beginResponse(to: request.id, .ok)
            io.sendBody([UInt8]("one ".utf8).span, to: request.id)
        case "/large":
            let body = [UInt8](repeating: 0x6C, count: 5000)
            io.respond(to: request.id, with: HTTPResponse(.ok, body: body))
        default: io.respond(to: request.id, with: .text(.ok, "\(request.body.count) bytes"))
        }
    }

    mutating func onTimer(_ timer: TimerName, for id: ConnectionID?, _ io: inout ServerContext) {
        timers.append(timer)
    }

    func save(to writer: inout StateWriter, _ io: borrowing ServerContext) {
        writer.write(UInt32(waiting.count))
        for id in waiting {
            writer.writeRecord { writer in
                writer.write(id.resourceID)
                writer.write(id.slot)
            }
        }
    }

    mutating func restore(
        from reader: inout StateReader, _ io: inout ServerContext
    ) throws(StateError) {
        waiting = []
        for _ in 0..<(try reader.read(UInt32.self)) {
            waiting.append(
                try reader.readRecord { reader throws(StateError) in
                    ConnectionID(resourceID: try reader.read(), slot: try reader.read())
                })
        }
    }
}

@Suite(.overTLSToo) struct RequestHandOverTests {
    private let client = NetworkAddress.ipv4(192, 0, 2, 1, port: 9)

    private func ask(
        _ simulation: inout Simulation<Clerk>, _ path: String, _ fields: String = ""
    ) -> Int32 {
        let socket = simulation.network.connect(from: client)
        send(&simulation, "GET \(path) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n", on: socket)
        return socket
    }

    private func send(_ simulation: inout Simulation<Clerk>, _ text: String, on socket: Int32) {
        simulation.network.send(Array(text.utf8), on: socket)
        simulation.settle()
    }

    private func received(_ simulation: borrowing Simulation<Clerk>, _ socket: Int32) -> String {
        String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
    }

    private func respond(_ simulation: inout Simulation<Clerk>) {
        simulation.perform { clerk, io in
            for id in clerk.waiting { io.respond(to: id, with: .text(.ok, "late")) }
            clerk.waiting = []
        }
        simulation.settle()
    }

    @Test func `The next handler answers a request that waits, and the connection is kept`()
        throws
    {
        var simulation = try Simulation(Clerk())
        let socket = ask(&simulation, "/later")
        // The next request has come already.
        send(&simulation, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", on: socket)
        for _ in 0..<3 {
            simulation.handler = Clerk(waiting: simulation.handler.waiting)
            try simulation.handOver()
            simulation.settle()
            #expect(received(simulation, socket) == "")
            let isUnfinished = simulation.core.hasUnfinishedWork
            #expect(!isUnfinished)
        }
        #expect(simulation.core.listening.admission.totals == (1, 0))
        respond(&simulation)
        let answers = received(simulation, socket)
        #expect(answers.contains("late\n") && answers.hasSuffix("0 bytes\n"), "\(answers)")
        send(&simulation, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n", on: socket)
        respond(&simulation)
        #expect(received(simulation, socket).hasSuffix("late\n"))
    }

    @Test func `A client that leaves is noticed by the next process`() throws {
        var simulation = try Simulation(Clerk())
        let socket = ask(&simulation, "/later")
        try simulation.handOver()
        simulation.network.sockets[socket]!.clientHasEnded = true
        simulation.settle()
        #expect(simulation.core.takenCounts == TakenCounts())
        #expect(simulation.core.listening.admission.totals == (0, 0))
    }

    @Test(arguments: ["Content-Length: 10\r\n", "Transfer-Encoding: chunked\r\n"])
    func `A body goes on wherever it was cut`(framing: String) throws {
        let isChunked = framing.hasPrefix("T")
        let body = isChunked ? "4;x=y\r\nabcd\r\n6\r\nefghij\r\n0\r\nX: y\r\n\r\n" : "abcdefghij"
        let request = "POST / HTTP/1.1\r\nHost: a\r\n\(framing)\r\n\(body)"
        for place in 1..<request.utf8.count {
            var simulation = try Simulation(Clerk())
            let socket = simulation.network.connect(from: client)
            send(&simulation, String(request.prefix(place)), on: socket)
            try simulation.handOver()
            send(&simulation, String(request.dropFirst(place)), on: socket)
            let answer = received(simulation, socket)
            #expect(answer.hasSuffix("10 bytes\n"), "cut at \(place): \(answer)")
        }
    }

    @Test func `An answer in parts goes on, and one whose end was not taken is completed`() throws {
        var simulation = try Simulation(Clerk())
        let (parts, large) = (ask(&simulation, "/parts"), simulation.network.connect(from: client))
        simulation.network.sockets[large]!.window = 1000
        send(
            &simulation, "GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", on: large)
        try simulation.handOver()
        simulation.settle()
        simulation.perform { clerk, io in
            io.sendBody([UInt8]("two".utf8).span, to: clerk.waiting[0])
            io.endResponse(to: clerk.waiting[0])
        }
        simulation.network.sockets[large]!.window = .max
        simulation.settle()
        #expect(received(simulation, parts).hasSuffix("\r\n\r\n4\r\none \r\n3\r\ntwo\r\n0\r\n\r\n"))
        #expect(received(simulation, large).count { $0 == "l" } >= 5000)
        // Our side is shut down: the peer's end is waited for, in the next process, too.
        try simulation.handOver()
        simulation.network.sockets[large]!.clientHasEnded = true
        simulation.settle()
        #expect(!simulation.network.sockets[large]!.wasReset)
        #expect(simulation.core.takenCounts.connections == 1)
    }

    @Test func `A request that nobody answers any more gets 503 after two minutes`() throws {
        var simulation = try Simulation(Clerk())
        let socket = ask(&simulation, "/later")
        simulation.handler.waiting = []
        try simulation.handOver()
        simulation.run(for: .seconds(115))
        #expect(received(simulation, socket) == "")
        simulation.run(for: .seconds(10))
        let answer = received(simulation, socket)
        #expect(answer.hasPrefix("HTTP/1.1 503 ") && answer.contains("Retry-After: 1\r\n"))
        simulation.network.sockets[socket]!.clientHasEnded = true
        simulation.settle()
        #expect(simulation.core.takenCounts == TakenCounts())
        // A request of this process has no such deadline.
        let next = ask(&simulation, "/later")
        simulation.run(for: .seconds(300))
        #expect(received(simulation, next) == "")
    }

    @Test func `A timer of a request goes on with it`() throws {
        var simulation = try Simulation(Clerk())
        _ = ask(&simulation, "/later")
        _ = simulation.perform { clerk, io in
            io.setTimer(7, after: .seconds(3), for: clerk.waiting[0])
        }
        try simulation.handOver()
        simulation.run(for: .seconds(4))
        #expect(simulation.handler.timers == [7])
    }

    @Test(.plainAlone("a local socket speaks no TLS"))
    func `An operator's request goes on, and its connection has a place of its kind`() throws {
        var simulation = try Simulation(Clerk()) {
            $0.addressesByKind[.control] = [.unix(path: "/run/x/control.sock")]
        }
        let local = NetworkAddress(family: .local)
        let (waiting, idle) = (
            simulation.network.connect(from: local, toListener: 1),
            simulation.network.connect(from: local, toListener: 1)
        )
        send(&simulation, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", on: idle)
        send(&simulation, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n", on: waiting)
        try simulation.handOver()
        simulation.settle()
        // Nobody waits on the other one.
        #expect(simulation.network.sockets[idle]!.isClosed)
        #expect(simulation.core.listening.internalSlots(.control).count == 1)
        respond(&simulation)
        #expect(received(simulation, waiting).hasSuffix("late\n"))
        simulation.network.sockets[waiting]!.clientHasEnded = true
        simulation.settle()
        #expect(simulation.core.listening.internalSlots(.control).isEmpty)
    }

    @Test func `Requests of a handler that keeps its state are waited for, and cut then`() throws {
        var simulation = try Simulation(Silent())
        let socket = simulation.network.connect(from: client)
        simulation.network.send(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8), on: socket)
        simulation.settle()
        let isUnfinished = simulation.core.hasUnfinishedWork
        #expect(isUnfinished)
        try simulation.handOver()
        #expect(simulation.network.sockets[socket]!.isClosed)
        #expect(simulation.core.takenCounts == TakenCounts())
    }
}

/// Answers no request. Its state is not handed over.
private struct Silent: HTTPHandler {
    func onMessage(_: borrowing Message, from id: ConnectionID, _ io: inout ServerContext) {}
    func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {}
}
