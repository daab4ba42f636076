// Outgoing connections that are closed, aborted or used before they are open.
import LinuxReactor
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

extension ConnectTests {
    /// How far an outgoing connection has come.
    enum Stage: CaseIterable { case resolving, connecting, awaitingAnswer, answering }

    private func reach(_ stage: Stage) throws -> Simulation<Connector> {
        var simulation = try Simulation(
            to: stage == .resolving ? "ws://slow.invalid" : "ws://127.0.0.1:8080")
        simulation.network.attempt = { _ in stage == .connecting ? .pending : .succeeds }
        simulation.settle()
        if stage == .answering { simulation.reply("HTTP/1.1 101 Swit") }
        return simulation
    }

    @Test(arguments: Stage.allCases)
    func `The handler closes it before it is open`(stage: Stage) throws {
        var simulation = try reach(stage)
        simulation.perform { ids, io in io.close(ids[0], code: .goingAway) }
        simulation.checkEnded(.serverClosed(.goingAway))
    }

    @Test(arguments: Stage.allCases)
    func `The handler aborts it before it is open`(stage: Stage) throws {
        var simulation = try reach(stage)
        simulation.perform { ids, io in io.abort(ids[0]) }
        simulation.checkEnded(.serverClosed(.abnormal))
    }

    @Test(arguments: Stage.allCases)
    func `The loop stops before it is open`(stage: Stage) throws {
        var simulation = try reach(stage)
        simulation.perform { _, io in io.stop() }
        simulation.run(for: .seconds(1))
        simulation.checkEnded(.stopping)
        let isDone = simulation.core.isDone
        #expect(isDone)
    }

    @Test(arguments: Stage.allCases)
    func `Calls on a connection that is not open do nothing`(stage: Stage) throws {
        var simulation = try reach(stage)
        simulation.perform { ids, io in
            let topic = io.makeTopic()
            io.send("Too early", to: ids[0])
            io.subscribe(ids[0], to: topic)
            io.pauseReading(ids[0])
            io.resumeReading(ids[0])
            let (isOpen, isOutgoing) = (io.isOpen(ids[0]), io.isOutgoing(ids[0]))
            #expect(!isOpen && isOutgoing)
            let (agreement, open) = (io.agreement(of: ids[0]), io.openConnections)
            #expect(agreement == nil && open.isEmpty)
            let count = io.connectionCount
            #expect(count == 0)
            io.removeTopic(topic)
        }
        #expect(simulation.handler.causes.isEmpty)
    }
}
