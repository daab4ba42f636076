// Requests that a handler refuses by their head: nothing of the body is read.
import LinuxReactor
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

/// Takes bodies from those who say "please".
private struct Doorman: HTTPHandler, OperationsHandler {
    var heads = 0
    var bodies: [String] = []
    var refused: [String] = []

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {}

    mutating func onRequestHead(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) throws(HandshakeRejection) {
        heads += 1
        #expect(request.body.count == 0)
        guard request.head.header("X-Word") == "please" else {
            throw HandshakeRejection(
                .unauthorized, reason: "Say the word.", headers: [("WWW-Authenticate", "Bearer")])
        }
    }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        bodies.append(String(decoding: Array(request.body), as: UTF8.self))
        io.respond(to: request.id, with: .text(.ok, "thanks"))
    }

    mutating func onRefusal(_ refused: RefusedConnection, _ io: inout ServerContext) {
        self.refused.append("\(refused.refusal.name) \(refused.status?.rawValue ?? 0)")
    }
}

extension Array where Element == UInt8 {
    fileprivate init(_ span: Span<UInt8>) {
        self = (0..<span.count).map { span[$0] }
    }
}

@Suite struct RequestHeadTests {
    private func post(_ fields: String, _ body: String = "") -> [UInt8] {
        Array("POST / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n\(body)".utf8)
    }

    private func answer(_ simulation: borrowing Simulation<Doorman>, _ socket: Int32) -> String {
        String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
    }

    @Test(arguments: [
        "Content-Length: 60000\r\n", "Transfer-Encoding: chunked\r\n",
        "Content-Length: 5\r\nExpect: 100-continue\r\n", "Content-Length: 5000000\r\n",
    ])
    func `The answer comes before the body, and the connection ends in order`(
        fields: String
    ) throws {
        var simulation = try Simulation(Doorman())
        let socket = simulation.network.connect()
        simulation.network.send(post(fields), on: socket)
        simulation.settle()
        let text = answer(simulation, socket)
        #expect(text.hasPrefix("HTTP/1.1 401 ") && text.contains("WWW-Authenticate: Bearer\r\n"))
        #expect(text.contains("Connection: close\r\n") && text.hasSuffix("\r\n\r\nSay the word.\n"))
        // A client that goes on sending is not reset, and gets no second answer.
        simulation.network.send([UInt8](repeating: 0x61, count: 5000), on: socket)
        simulation.settle()
        #expect(!simulation.network.sockets[socket]!.wasReset)
        simulation.network.sockets[socket]!.clientHasEnded = true
        simulation.run(for: .seconds(6))
        #expect(simulation.network.sockets[socket]!.isClosed)
        #expect(!simulation.network.sockets[socket]!.wasReset)
        #expect(answer(simulation, socket) == "")
        #expect(simulation.handler.bodies == [] && simulation.handler.heads == 1)
        #expect(simulation.handler.refused == ["request 401"])
        #expect(simulation.core.takenCounts == TakenCounts())
    }

    @Test func `A body that is welcome is asked for and read`() throws {
        var simulation = try Simulation(Doorman())
        let socket = simulation.network.connect()
        let fields = "X-Word: please\r\nContent-Length: 5\r\nExpect: 100-continue\r\n"
        simulation.network.send(post(fields), on: socket)
        simulation.settle()
        #expect(answer(simulation, socket) == "HTTP/1.1 100 Continue\r\n\r\n")
        simulation.network.send(Array("hello".utf8), on: socket)
        simulation.settle()
        #expect(answer(simulation, socket).hasPrefix("HTTP/1.1 200 "))
        simulation.network.send(post("X-Word: please\r\nContent-Length: 2\r\n", "ho"), on: socket)
        simulation.settle()
        #expect(simulation.handler.bodies == ["hello", "ho"] && simulation.handler.heads == 2)
    }

    @Test func `A request without a body is not asked about twice`() throws {
        var simulation = try Simulation(Doorman())
        let socket = simulation.network.connect()
        simulation.network.send(post("Content-Length: 0\r\n") + post(""), on: socket)
        simulation.settle()
        #expect(simulation.handler.bodies == ["", ""] && simulation.handler.heads == 0)
    }
}
