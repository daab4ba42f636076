// A server that stood still, since its process was stopped or its machine suspended, does not take
// its own silence for that of its peers.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit

@Suite struct StandstillTests {
    @Test(arguments: [2, 15, 600])
    func `What has come meanwhile is heard before a deadline counts`(seconds: Int) throws {
        // More than one wait reports.
        let count = 1_100
        var limits = Limits()
        // All deadlines that are due are dealt with in one turn.
        limits.workPerTurn = 1 << 30
        var simulation = try Simulation(Recorder(), limits: limits)
        // They look at each of the many connections after each turn.
        simulation.core.checksInvariants = false
        let network = simulation.network
        let clients = (0..<count).map { _ in
            SimulatedClient(network: network, socket: network.connect())
        }
        for client in clients {
            network.send(Array(SimulatedClient.handshake([]).utf8), on: client.socket)
        }
        simulation.settle()
        // All of them are asked whether they live, and have not answered.
        simulation.run(for: .seconds(34))
        let requests = (0..<count / 4).map { _ in network.connect() }
        for request in requests { network.send(Array("GET / HTTP/1.1\r\n".utf8), on: request) }
        simulation.settle()
        #expect(simulation.handler.causes.isEmpty)

        network.clock = network.clock + .seconds(seconds)
        for client in clients { client.send(10, []) }
        for request in requests { network.send(Array("Host: a\r\n\r\n".utf8), on: request) }
        simulation.settle()
        simulation.run(for: .seconds(3))
        #expect(simulation.handler.causes.isEmpty)
        let answers = requests.map { network.receive(on: $0).prefix(12) }
        #expect(answers.allSatisfy { $0.elementsEqual("HTTP/1.1 426".utf8) })
        // Then silence counts again.
        simulation.run(for: .seconds(60))
        #expect(simulation.handler.causes.count == count)
    }

    @Test func `A peer that has said nothing is ended a second later`() throws {
        var simulation = try Simulation(Recorder())
        _ = simulation.open()
        simulation.run(for: .seconds(26))
        simulation.network.clock = simulation.network.clock + .seconds(60)
        simulation.settle()
        #expect(simulation.handler.causes.isEmpty)
        simulation.run(for: .milliseconds(1_200))
        #expect(simulation.handler.causes == [1: .pingTimeout])
    }
}
