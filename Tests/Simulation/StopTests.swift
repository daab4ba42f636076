// The orderly stop: spread, answered or not, hurried, and never longer than announced.
import LinuxReactor
import Testing

@testable import SimulationKit
@testable import WebSocketServer

@Suite(.overTLSToo) struct StopTests {
    private func closed(_ clients: [SimulatedClient]) -> Int {
        clients.filter { $0.closeCode == 1001 }.count
    }

    @Test func `Closes are spread over the grace, a thousand a second at most`() throws {
        var simulation = try Simulation(Recorder())
        let clients = (0..<400).map { _ in simulation.open() }
        simulation.core.io.stop(grace: .seconds(5))
        simulation.settle()
        #expect(closed(clients) < 20)
        simulation.run(for: .milliseconds(200))
        #expect((150...250).contains(closed(clients)))
        simulation.run(for: .milliseconds(230))
        #expect(closed(clients) == 400)
        #expect(simulation.handler.causes.isEmpty)
        for client in clients { client.send(8, [0x03, 0xE9]) }
        simulation.settle()
        #expect(simulation.core.isDone == true)
        #expect(simulation.handler.causes.values.allSatisfy { $0 == .stopping })
        #expect(simulation.handler.causes.count == 400)
    }

    /// All of them wait for the last one to go: only then the next process accepts.
    @Test(.plainAlone("it takes long"))
    func `At a restart all get a Close at once, and nobody waits for the silent`() throws {
        var simulation = try Simulation(Recorder())
        // The checks take time with each connection, and opening them is not what is tested.
        simulation.core.checksInvariants = false
        let clients = (0..<2500).map { _ in simulation.open() }
        let stuck = simulation.open()
        simulation.core.checksInvariants = true
        simulation.network.sockets[stuck.socket]!.window = 0
        let start = simulation.network.clock
        simulation.core.io.stop(restarting: true)
        simulation.turn()
        // In parts, so that the answers are read meanwhile.
        #expect((200...1500).contains(clients.count { $0.closeCode == 1012 }))
        simulation.settle()
        #expect(clients.allSatisfy { $0.closeCode == 1012 })
        #expect(simulation.network.clock == start)
        for client in clients.dropFirst(2) { client.send(8, [0x03, 0xF4]) }
        while !simulation.core.isDone, simulation.network.clock < start + .seconds(30) {
            simulation.run(for: .milliseconds(10))
        }
        #expect(simulation.network.clock < start + .milliseconds(400))
        // The kernel may still send the Close to them.
        for client in clients + [stuck] {
            #expect(!simulation.network.sockets[client.socket]!.wasReset)
        }
        #expect(simulation.handler.causes.values.allSatisfy { $0 == .restarting })
        #expect(simulation.handler.causes.count == 2501)
    }

    @Test func `A restart that is asked for with a grace is spread over it`() throws {
        var simulation = try Simulation(Recorder())
        let clients = (0..<400).map { _ in simulation.open() }
        simulation.core.io.stop(grace: .seconds(5), restarting: true)
        simulation.settle()
        #expect(clients.count { $0.closeCode == 1012 } < 20)
        simulation.run(for: .milliseconds(450))
        #expect(clients.allSatisfy { $0.closeCode == 1012 })
    }

    @Test func `A stop signal that the process ignored from its start is left alone`() throws {
        for (ignored, signal, stops) in [
            (1, 1, false), (2, 2, false), (1, 2, true), (15, 15, true),
        ]
            as [(Int32, Int32, Bool)]
        {
            let network = SimulatedNetwork(seed: 1)
            network.ignoredSignals = [ignored]
            var configuration = ServerConfiguration()
            configuration.stopSignals = [.hangUp, .interrupt, .terminate]
            let core = try ServerCore(SimulatedKernel(network: network), configuration)
            #expect(network.watchedSignals.contains(signal) == stops)
            #expect(core.signals.stops(Signal(rawValue: signal)) == stops)
            core.close()
            #expect(network.watchedSignals == [])
        }
    }

    @Test func `A short grace is kept, however many there are`() throws {
        var simulation = try Simulation(Recorder())
        let clients = (0..<400).map { _ in simulation.open() }
        simulation.core.io.stop(grace: .milliseconds(40))
        simulation.run(for: .milliseconds(80))
        #expect(closed(clients) == 400)
    }

    @Test func `A peer that does not answer is cut off at its deadline`() throws {
        var simulation = try Simulation(Recorder())
        let (silent, stuck) = (simulation.open(), simulation.open())
        stuck.send("pause")
        simulation.settle()
        simulation.network.sockets[stuck.socket]!.window = 0
        // Half a request, a request without an answer, and a client that has just connected.
        let (half, waiting) = (simulation.network.connect(), simulation.network.connect())
        simulation.network.send(Array("GET /".utf8), on: half)
        simulation.settle()
        simulation.core.io.stop(grace: .zero)
        simulation.run(for: .seconds(4))
        #expect(silent.closeCode == 1001)
        #expect(simulation.core.isDone == false)
        #expect(simulation.network.sockets[half]!.isClosed)
        #expect(simulation.network.sockets[waiting]!.isClosed)
        simulation.run(for: .seconds(2))
        #expect(simulation.core.isDone == true)
        #expect(simulation.handler.causes == [1: .stopping, 2: .stopping])
        #expect(simulation.network.sockets[stuck.socket]!.wasReset)
        #expect(simulation.network.openDescriptors.isEmpty)
        #expect(simulation.core.takenCounts.connections == 0)
    }

    @Test func `A second signal ends the spreading, a third changes nothing`() throws {
        var simulation = try Simulation(Recorder())
        let clients = (0..<300).map { _ in simulation.open() }
        simulation.network.pendingSignals = [15]
        simulation.run(for: .milliseconds(50))
        #expect(closed(clients) < 100)
        simulation.network.pendingSignals = [15]
        simulation.settle()
        #expect(closed(clients) == 300)
        let start = simulation.network.clock
        for _ in 0..<3 {
            simulation.run(for: .seconds(1))
            simulation.network.pendingSignals = [2]
        }
        while !simulation.core.isDone, simulation.network.clock < start + .seconds(30) {
            simulation.run(for: .milliseconds(100))
        }
        #expect(simulation.network.clock < start + .seconds(6))
    }

    /// An answer that never comes has no deadline of its own, but the stop has.
    @Test func `Another stop request does not delay the end`() throws {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        simulation.network.send(Array("GET /later HTTP/1.1\r\nHost: a\r\n\r\n".utf8), on: socket)
        simulation.settle()
        let start = simulation.network.clock
        while !simulation.core.isDone, simulation.network.clock < start + .seconds(30) {
            simulation.core.io.stop(grace: .seconds(60))
            simulation.run(for: .seconds(1))
        }
        #expect(simulation.network.clock < start + .seconds(8))
        #expect(simulation.network.sockets[socket]!.wasReset)
    }

    @Test func `A request answered during the stop gets its answer, and is the last`()
        throws
    {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        let request = Array("GET /later HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        simulation.network.send(request + request, on: socket)
        simulation.settle()
        simulation.core.io.stop()
        simulation.settle()
        simulation.core.io.respond(to: simulation.handler.waiting[0], with: .text(.ok, "last"))
        simulation.settle()
        let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        #expect(answer.contains("Connection: close\r\n") && answer.hasSuffix("\r\n\r\nlast\n"))
        #expect(simulation.handler.asked.count == 1)
        simulation.network.sockets[socket]!.clientHasEnded = true
        simulation.settle()
        #expect(simulation.core.isDone == true)
    }

    @Test func `No new client is accepted while it stops, and it does not spin`() throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.open()
        simulation.core.io.stop(grace: .zero)
        simulation.settle()
        _ = simulation.network.connect()
        let turns = simulation.core.io.statistics.turnCount
        simulation.run(for: .seconds(3))
        #expect(simulation.core.io.statistics.turnCount - turns < 60)
        #expect(simulation.core.io.statistics.acceptedCount == 1)
        client.send(8, [0x03, 0xE9])
        simulation.settle()
        #expect(simulation.core.isDone == true)
    }
}
