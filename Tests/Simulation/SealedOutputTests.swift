// TLS records that wait for a socket: they count as output that waits, and go with the output.
import Testing

@testable import SimulationKit
@testable import WebSocketServer

/// A server whose answers to its only client are sealed, and not sent.
private struct Backlog: ~Copyable {
    var simulation: Simulation<Recorder>
    let client: SimulatedClient

    init() throws {
        simulation = try Simulation(Recorder(), isEncrypted: true)
        client = simulation.open()
        client.read()
        take(0)
        for _ in 0..<10 { client.send(String(repeating: "m", count: 1000)) }
        simulation.settle()
    }

    /// The client's socket takes this much more.
    mutating func take(_ byteCount: Int) {
        simulation.network.sockets[client.socket]!.window = byteCount
        simulation.settle()
    }
}

@Suite struct SealedOutputTests {
    @Test func `What is sealed and not sent is among what waits`() throws {
        var backlog = try Backlog()
        let id = backlog.simulation.core.io.openConnections[0]
        let slot = Slot(rawValue: id.slot)
        let isSealed = backlog.simulation.core.io.connections.slots[slot].delivery.outbox.isEmpty
        #expect(isSealed)
        #expect(backlog.simulation.core.io.bufferedByteCount(of: id) > 10_000)
        #expect(backlog.simulation.core.io.unsentByteCount(of: id) > 10_000)
        #expect(backlog.simulation.core.io.gauges().outboxByteCount > 10_000)
        backlog.take(.max)
        #expect(backlog.simulation.core.io.bufferedByteCount(of: id) == 0)
        #expect(backlog.client.takeTexts().count == 10)
    }

    /// The simulation checks after each turn that no records wait which nobody sends.
    @Test func `Records for a peer that takes no more are dropped, and it is heard`() throws {
        var backlog = try Backlog()
        let (network, client) = (backlog.simulation.network, backlog.client)
        let id = backlog.simulation.core.io.openConnections[0]
        network.sockets[client.socket]!.failsToSend = true
        backlog.take(.max)
        #expect(backlog.simulation.core.io.bufferedByteCount(of: id) == 0)
        client.send("last words")
        backlog.simulation.settle()
        #expect(backlog.simulation.handler.events.contains("message #1 last words"))
        network.sockets[client.socket]!.clientHasEnded = true
        backlog.simulation.settle()
        #expect(backlog.simulation.handler.causes == [1: .endOfStream])
        #expect(backlog.simulation.core.takenCounts == TakenCounts())
    }
}
