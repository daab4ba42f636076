// Errors of a handler that are no decision of its own: of a `try decode`, for example.
import Foundation
import Logging
import Testing
import WebSocketCore

@testable import SimulationKit
@testable import WebSocketServer

private struct Mistake: Error, CustomStringConvertible {
    let description: String
}

/// Throws what the client asks for, where it asks for it.
private struct Careless: HTTPHandler {
    var causes: [CloseCause] = []

    mutating func onUpgrade(_ request: borrowing HTTPRequest) throws -> UpgradeReply {
        switch request.head.path {
        case "/mistake": throw Mistake(description: "no table")
        case "/refusal": throw HandshakeRejection(.unauthorized, reason: "Who are you?")
        default: return UpgradeReply()
        }
    }

    mutating func onRequestHead(_ request: borrowing HTTPRequest, _ io: inout ServerContext) throws
    {
        throw Mistake(description: "no table for bodies")
    }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) throws {
        switch request.head.path {
        case "/mistake": throw Mistake(description: "no table")
        case "/refusal":
            throw HandshakeRejection(
                .unauthorized, reason: "Log in.", headers: [("WWW-Authenticate", "Bearer")])
        case "/answered": io.respond(to: request.id, with: .notFound)
        case "/begun": io.beginResponse(to: request.id, .ok)
        default: return io.respond(to: request.id, with: .notFound)
        }
        throw Mistake(description: "no table")
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws {
        if id.resourceID == 2 { throw Mistake(description: "no seat") }
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws {
        switch message.text {
        case "mistake": throw Mistake(description: "no such word")
        case "leave": throw Disconnect(CloseCode(rawValue: 4000), "enough")
        default: io.send(message, to: id)
        }
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        causes.append(cause)
    }
}

@Suite struct ThrownErrorTests {
    private let log = LogKeeper()

    private func start() throws -> Simulation<Careless> {
        try Simulation(Careless(), logger: log.logger)
    }

    /// The code of the Close, which is the last frame.
    private func code(_ client: SimulatedClient) -> UInt16 {
        let frame = client.takeFrames().last
        guard let frame, frame.opcode == 8, frame.payload.count >= 2 else { return 0 }
        return UInt16(frame.payload[0]) << 8 | UInt16(frame.payload[1])
    }

    @Test func `An error of onMessage closes with 1011, and the others go on`() throws {
        var simulation = try start()
        let client = simulation.open()
        client.read()
        client.send("mistake")
        client.send("never")
        simulation.settle()
        #expect(code(client) == 1011)
        #expect(log.all == ["error: A callback about connection #1 has thrown: no such word"])
        client.send(8, [0x03, 0xF3])
        simulation.settle()
        #expect(simulation.handler.causes == [.serverClosed(.internalError)])
    }

    @Test func `An error of onOpen does the same, and a Disconnect is no error`() throws {
        var simulation = try start()
        let (first, second) = (simulation.open(), simulation.open())
        for client in [first, second] { client.read() }
        #expect(code(second) == 1011)
        #expect(log.all == ["error: A callback about connection #2 has thrown: no seat"])
        first.send("leave")
        simulation.settle()
        #expect(code(first) == 4000 && log.all.count == 1)
    }

    @Test(arguments: [("/mistake", "500", 1), ("/refusal", "401", 0), ("/", "101", 0)])
    func `An error of onUpgrade is answered with 500`(
        path: String, status: String, count: Int
    ) throws {
        var simulation = try start()
        let socket = simulation.network.connect()
        let head = SimulatedClient.handshake([]).replacing("GET / ", with: "GET \(path) ")
        simulation.network.send(Array(head.utf8), on: socket)
        simulation.settle()
        let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
        #expect(log.all.count == count && !answer.contains("no table"))
    }

    @Test(arguments: [
        ("/mistake", "500", 1), ("/refusal", "401", 0), ("/answered", "404", 1),
    ])
    func `An error of onRequest is the answer, if there is none yet`(
        path: String, status: String, count: Int
    ) throws {
        var simulation = try start()
        let socket = simulation.network.connect()
        let head = "GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n"
        simulation.network.send(Array((head + head).utf8), on: socket)
        simulation.settle()
        let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        #expect(answer.components(separatedBy: "HTTP/1.1 \(status) ").count == 3, "\(answer)")
        #expect(answer.contains("WWW-Authenticate: Bearer") == (status == "401"))
        #expect(log.all.count == 2 * count && !answer.contains("no table"))
    }

    @Test func `A response that has begun is not taken for complete after an error`() throws {
        var simulation = try start()
        let socket = simulation.network.connect()
        let head = "GET /begun HTTP/1.1\r\nHost: a\r\n\r\n"
        simulation.network.send(Array(head.utf8), on: socket)
        simulation.settle()
        let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        #expect(!answer.hasSuffix("0\r\n\r\n") && log.all.count == 1)
        #expect(simulation.core.io.connections.slots.count == 0)
    }

    @Test func `An error of onRequestHead is answered with 500`() throws {
        var simulation = try start()
        let socket = simulation.network.connect()
        let head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
        simulation.network.send(Array(head.utf8), on: socket)
        simulation.settle()
        let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 500 ") && !answer.contains("no table"), "\(answer)")
        #expect(log.all.count == 1)
    }
}
