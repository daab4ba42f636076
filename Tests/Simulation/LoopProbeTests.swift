// The loop probe, which feeds the watchdog: the loop has done all its work, sweeps in slices
// included.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit

/// Counts loop probes; a message may take time, and may be for a room.
struct Pulse: OperationsHandler {
    var rounds = 0
    var lags: [Duration] = []
    var rooms: [Topic] = []
    let network: UncheckedNetwork?

    init(_ network: SimulatedNetwork? = nil) { self.network = network.map(UncheckedNetwork.init) }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        while rooms.count < 4 { rooms.append(io.makeTopic()) }
        for room in rooms { io.subscribe(id, to: room) }
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {
        for room in rooms { io.publish(message, to: room) }
    }

    mutating func onLoopProbe(_ io: inout ServerContext) {
        rounds += 1
        lags.append(io.loopLag)
    }
}

@Suite struct LoopProbeTests {
    @Test func `An idle loop completes one probe a tick, and does not spin for it`() throws {
        var simulation = try Simulation(Pulse())
        let turns = simulation.core.io.statistics.turnCount
        simulation.run(for: .seconds(10))
        #expect((9...11).contains(simulation.handler.rounds))
        #expect(simulation.handler.lags.allSatisfy { $0 == .zero })
        #expect(simulation.core.io.statistics.turnCount - turns < 50)
    }

    /// The sends of four rooms with forty members do not fit into a turn of ten sends.
    @Test func `A probe waits for every topic's share, and not for whole sweeps`() throws {
        var limits = Limits()
        limits.flushBudget = 10
        var simulation = try Simulation(Pulse(), limits: limits)
        let clients = (0..<40).map { _ in simulation.open() }
        // A tick is due, and a message arrives in the same turn.
        simulation.network.clock = simulation.network.clock + .seconds(2)
        clients[0].send("news")
        let before = simulation.handler.rounds
        var turns = 0
        while simulation.handler.rounds == before, turns < 1000 {
            simulation.turn()
            turns += 1
        }
        let served = clients.map { $0.takeTexts().count }
        // Four rooms come before it, with ten sends each.
        #expect((4...6).contains(turns))
        #expect(served.reduce(0, +) >= 40)
        #expect(served.reduce(0, +) < 160)
        simulation.settle()
        #expect(clients.reduce(0) { $0 + $1.takeTexts().count } + served.reduce(0, +) == 160)
    }

    @Test func `A busy loop completes its probes too`() throws {
        var limits = Limits()
        limits.flushBudget = 5
        limits.workPerTurn = 20_000
        var simulation = try Simulation(Pulse(), limits: limits)
        let clients = (0..<20).map { _ in simulation.open() }
        let before = simulation.handler.rounds
        for _ in 0..<200 {
            for client in clients { client.send("flood") }
            simulation.turn()
            simulation.network.clock = simulation.network.clock + .milliseconds(100)
            for client in clients { client.read() }
        }
        #expect(simulation.handler.rounds - before >= 10)
    }

    @Test func `The time that an event waited is the loop's lag`() throws {
        var simulation = try Simulation(Pulse())
        _ = simulation.open()
        // A tick, and then 300 ms go by in the same turn before the next wait.
        simulation.network.clock = simulation.network.clock + .seconds(2)
        simulation.turn()
        simulation.network.clock = simulation.network.clock + .milliseconds(300)
        simulation.turn()
        #expect(simulation.handler.lags.last == .milliseconds(300))
    }
}
