// Opening handshakes whose handler decides later: at every time at which a client can leave, time
// can run out, and a server can stop.
import LinuxReactor
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

@Suite(.overTLSToo) struct LaterUpgradeTests {
    private func accept(
        _ reply: UpgradeReply = UpgradeReply()
    ) -> @Sendable (ConnectionID, inout ServerContext) -> Void {
        { id, io in io.acceptUpgrade(id, reply) }
    }

    private let refuse: @Sendable (ConnectionID, inout ServerContext) -> Void = { id, io in
        io.refuseUpgrade(id, HandshakeRejection(.unauthorized, reason: "No such token."))
    }

    private func asking(
        _ simulation: inout Simulation<Registrar>, _ fields: [String] = []
    ) -> SimulatedClient {
        let client = simulation.open(fields: fields)
        client.read()
        #expect(client.head == nil, "answered before it was decided")
        return client
    }

    private func text(
        _ simulation: borrowing Simulation<Registrar>, _ client: SimulatedClient
    ) -> String {
        String(decoding: simulation.network.receive(on: client.socket), as: UTF8.self)
    }

    @Test func `An accepted client gets its answer, and what it sent meanwhile comes after`() throws
    {
        var simulation = try Simulation(Registrar())
        let client = asking(&simulation, ["Sec-WebSocket-Protocol: a, b"])
        client.send("early")
        simulation.run(for: .seconds(5))
        #expect(simulation.handler.events.isEmpty)
        simulation.mailbox.post(accept(UpgradeReply(subprotocol: "b", headers: [("X-A", "1")])))
        simulation.settle()
        #expect(client.takeTexts() == ["hello"])
        let head = client.head ?? ""
        #expect(head.hasPrefix("HTTP/1.1 101 ") && head.contains("X-A: 1\r\n"))
        #expect(head.contains("Sec-WebSocket-Protocol: b\r\n"))
        #expect(simulation.handler.events == ["open 1", "message 1 early"])
        // It is a WebSocket like any other, and no deadline of the handshake ends it.
        simulation.run(for: .seconds(20))
        #expect(simulation.core.io.connectionCount == 1)
    }

    @Test func `What is agreed on is the same as for a direct answer`() throws {
        var simulation = try Simulation(Registrar()) { $0.subprotocols = ["c", "b"] }
        let offer = "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"
        let client = asking(&simulation, ["Sec-WebSocket-Protocol: a, b", offer])
        simulation.mailbox.post(accept())
        simulation.settle()
        let isCompressed = simulation.isCompressed(client)
        #expect(isCompressed)
        client.read()
        #expect(client.head?.contains("Sec-WebSocket-Protocol: b\r\n") == true)
    }

    @Test func `A refused client gets the status, and the handler the end`() throws {
        var simulation = try Simulation(Registrar())
        let client = asking(&simulation)
        simulation.mailbox.post(refuse)
        simulation.settle()
        let answer = text(simulation, client)
        #expect(answer.hasPrefix("HTTP/1.1 401 ") && answer.hasSuffix("No such token.\n"))
        #expect(answer.contains("Connection: close\r\n"))
        #expect(simulation.handler.events == ["close 1 1008", "refusal 401"])
        simulation.run(for: .seconds(30))
        #expect(simulation.network.openDescriptors.isEmpty)
    }

    @Test func `A reply that cannot be sent is answered with 500`() throws {
        var simulation = try Simulation(Registrar())
        let client = asking(&simulation)
        simulation.mailbox.post(accept(UpgradeReply(subprotocol: "not offered")))
        simulation.settle()
        let answer = text(simulation, client)
        #expect(answer.hasPrefix("HTTP/1.1 500 "))
        #expect(simulation.handler.events == ["close 1 1011", "refusal 500"])
    }

    @Test func `Without a decision the client gets 503 at the deadline`() throws {
        var limits = Limits()
        limits.upgradeDeadline = .seconds(3)
        var simulation = try Simulation(Registrar(), limits: limits)
        let client = asking(&simulation)
        simulation.run(for: .milliseconds(2900))
        #expect(simulation.handler.events.isEmpty)
        simulation.run(for: .milliseconds(300))
        let answer = text(simulation, client)
        #expect(answer.hasPrefix("HTTP/1.1 503 "))
        #expect(simulation.handler.events == ["close 1 1013", "refusal 503"])
        simulation.mailbox.post(accept())
        simulation.settle()
        #expect(simulation.handler.events.count == 2)
    }

    @Test(arguments: [false, true])
    func `A client that leaves is no longer waited for`(isReset: Bool) throws {
        var simulation = try Simulation(Registrar())
        let client = asking(&simulation)
        leave(simulation, client, isReset)
        simulation.settle()
        let end = ["close 1 1006"]
        #expect(simulation.handler.events == (isReset ? ["error 1"] : []) + end)
        simulation.mailbox.post(accept())
        simulation.settle()
        #expect(simulation.handler.events == (isReset ? ["error 1"] : []) + end)
        #expect(simulation.network.openDescriptors.isEmpty)
    }

    private func leave(
        _ simulation: borrowing Simulation<Registrar>, _ client: SimulatedClient, _ isReset: Bool
    ) {
        if isReset {
            simulation.network.sockets[client.socket]!.isReset = true
        } else {
            simulation.network.sockets[client.socket]!.clientHasEnded = true
        }
    }

    /// The client leaves some turns before or after the decision, or in the same turn.
    @Test(arguments: -3...3, [false, true])
    func `Whenever the client leaves, there is one end`(turns: Int, isReset: Bool) throws {
        var simulation = try Simulation(Registrar())
        let client = asking(&simulation)
        if turns <= 0 { leave(simulation, client, isReset) }
        for _ in 0..<max(0, -turns) { simulation.turn() }
        simulation.mailbox.post(accept())
        for _ in 0..<max(0, turns) { simulation.turn() }
        if turns > 0 { leave(simulation, client, isReset) }
        simulation.run(for: .seconds(60))
        let events = simulation.handler.events
        #expect(events.filter { $0.hasPrefix("close") }.count == 1)
        #expect(events.filter { $0.hasPrefix("open") }.count <= 1)
        #expect(events.last?.hasPrefix("close") == true)
        #expect(simulation.network.openDescriptors.isEmpty)
        #expect(simulation.core.takenCounts == TakenCounts(topics: 0))
    }

    @Test func `The first decision counts`() throws {
        var simulation = try Simulation(Registrar())
        let client = asking(&simulation)
        simulation.mailbox.post(accept())
        simulation.mailbox.post(refuse)
        simulation.mailbox.post(accept(UpgradeReply(subprotocol: "not offered")))
        simulation.settle()
        simulation.mailbox.post(refuse)
        simulation.mailbox.post(accept())
        simulation.settle()
        #expect(client.takeTexts() == ["hello"])
        #expect(simulation.handler.events == ["open 1"])
        let other = asking(&simulation)
        simulation.mailbox.post(refuse)
        simulation.mailbox.post(accept())
        simulation.settle()
        let answer = text(simulation, other)
        #expect(answer.hasPrefix("HTTP/1.1 401 "))
        #expect(simulation.handler.events == ["open 1", "close 2 1008", "refusal 401"])
    }

    @Test(arguments: [false, true])
    func `A stop answers waiting clients with 503`(restarts: Bool) throws {
        var simulation = try Simulation(Registrar())
        let client = asking(&simulation)
        simulation.mailbox.post { _, io in io.stop(grace: .zero, restarting: restarts) }
        simulation.settle()
        let answer = text(simulation, client)
        #expect(answer.hasPrefix("HTTP/1.1 503 "))
        #expect(
            simulation.handler.events == ["close 1 \(restarts ? 1012 : 1001)", "refusal 503"])
        simulation.run(for: .seconds(30))
        let isDone = simulation.core.isDone
        #expect(isDone)
    }

    @Test func `A client that is accepted while the server stops is closed as all are`() throws {
        var simulation = try Simulation(Registrar())
        let client = asking(&simulation)
        simulation.mailbox.post { id, io in
            io.acceptUpgrade(id)
            io.stop(grace: .zero)
        }
        simulation.settle()
        client.read()
        #expect(client.head?.hasPrefix("HTTP/1.1 101 ") == true)
        #expect(client.frames.last?.opcode == 8)
        simulation.run(for: .seconds(30))
        let isDone = simulation.core.isDone
        #expect(simulation.handler.events.count == 2 && isDone)
    }

    @Test func `A client that waits has a place of its address`() throws {
        var limits = Limits()
        limits.connectionsPerAddress = 2
        var simulation = try Simulation(Registrar(), limits: limits)
        let peer = NetworkAddress.ipv4(192, 0, 2, 1, port: 9)
        let first = simulation.open(from: peer)
        _ = simulation.open(from: peer)
        let third = simulation.open(from: peer)
        third.read()
        #expect(third.frames.last?.opcode == 8)
        #expect(simulation.handler.asked.count == 2)
        leave(simulation, first, false)
        simulation.settle()
        _ = simulation.open(from: peer)
        #expect(simulation.handler.asked.count == 3)
    }

    @Test func `While it waits nothing is read`() throws {
        var simulation = try Simulation(Registrar())
        let client = asking(&simulation)
        for _ in 0..<100 {
            simulation.network.send([UInt8](repeating: 0x61, count: 10_000), on: client.socket)
        }
        simulation.settle()
        #expect(simulation.network.sockets[client.socket]!.toServer.count > 900_000)
        #expect(simulation.core.heldByteCount < 100_000)
    }

    @Test(.plainAlone("it takes long"))
    func `Ten thousand wait, and are opened in their order`() throws {
        var limits = Limits()
        limits.connectionCount = 10_000
        var simulation = try Simulation(Registrar(), limits: limits)
        simulation.core.checksInvariants = false
        let handshake = Array(SimulatedClient.handshake.utf8)
        for _ in 0..<10_000 {
            simulation.network.send(handshake, on: simulation.network.connect())
        }
        simulation.settle()
        #expect(simulation.handler.asked.count == 10_000)
        simulation.mailbox.post { id, io in
            if id.resourceID % 10 == 0 {
                io.refuseUpgrade(id, HandshakeRejection(.unauthorized, reason: ""))
            } else {
                io.acceptUpgrade(id)
            }
        }
        simulation.settle()
        let opened = simulation.handler.events.filter { $0.hasPrefix("open") }
        #expect(opened == (1...10_000).filter { $0 % 10 != 0 }.map { "open \($0)" })
        #expect(simulation.handler.events.filter { $0.hasPrefix("close") }.count == 1000)
        #expect(simulation.core.io.connectionCount == 9000)
        simulation.core.checkInvariants("ten thousand")
    }
}
