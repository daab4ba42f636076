// Handshakes about which the handler has not decided when another process takes over.
import LinuxReactor
import Testing
import WebSocketCore

@testable import SimulationKit
@testable import WebSocketServer

@Suite struct LaterUpgradeHandOverTests {
    @Test func `The wait goes on in the next process`() throws {
        var limits = Limits()
        limits.connectionsPerAddress = 1
        var simulation = try Simulation(Registrar(), limits: limits)
        let peer = NetworkAddress.ipv4(192, 0, 2, 1, port: 9)
        let client = simulation.open(from: peer)
        try simulation.handOver()
        simulation.settle()
        #expect(simulation.handler.events == [])
        // It has its address's place there, too.
        #expect(simulation.core.listening.admission.totals == (0, 1))
        simulation.perform { handler, io in _ = io.acceptUpgrade(handler.asked[0]) }
        simulation.settle()
        client.send("hi")
        simulation.settle()
        #expect(client.takeTexts() == ["hello"])
        #expect(simulation.handler.events == ["open 1", "message 1 hi"])
    }

    @Test func `A decision that was not carried out yet is handed over`() throws {
        var simulation = try Simulation(Registrar()) { $0.subprotocols = ["b"] }
        let client = simulation.open(fields: ["Sec-WebSocket-Protocol: a, b"])
        simulation.perform { handler, io in
            let reply = UpgradeReply(subprotocol: "a", headers: [("X-Own", "1")])
            io.acceptUpgrade(handler.asked[0], reply)
        }
        try simulation.handOver()
        simulation.settle()
        client.read()
        #expect(client.head?.contains("Sec-WebSocket-Protocol: a\r\n") == true)
        #expect(client.head?.contains("X-Own: 1\r\n") == true)
        #expect(client.takeTexts() == ["hello"])
    }

    @Test func `The time for a decision begins anew`() throws {
        var simulation = try Simulation(Registrar())
        let client = simulation.open()
        try simulation.handOver()
        simulation.run(for: Limits().upgradeDeadline + .seconds(2))
        client.read()
        #expect(client.head?.hasPrefix("HTTP/1.1 503 ") == true)
        #expect(simulation.handler.events.contains("close 1 1013"))
        simulation.network.sockets[client.socket]!.clientHasEnded = true
        simulation.settle()
        #expect(simulation.core.takenCounts == TakenCounts(topics: 0))
    }

    @Test func `Without the handler's state a hand-over ends the wait, and says so`() throws {
        var simulation = try Simulation(Undecided())
        let client = simulation.open()
        try simulation.handOver()
        simulation.settle()
        #expect(simulation.handler.causes == [.restarting])
        #expect(!simulation.network.openDescriptors.contains(client.socket))
        #expect(simulation.core.takenCounts == TakenCounts(topics: 0))
    }
}

/// Never decides. Its state is not handed over.
private struct Undecided: WebSocketHandler {
    var causes: [CloseCause] = []

    mutating func onUpgrade(
        _ request: borrowing HTTPRequest, _ io: inout ServerContext
    ) throws -> UpgradeDecision { .later }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {}

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        causes.append(cause)
    }
}
