// One turn does a bounded amount of each kind of work, and then all other work.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit

@Suite(.overTLSToo) struct BudgetTests {
    @Test func `A crowd at the listener is accepted little by little, while others are served`()
        throws
    {
        var limits = Limits()
        limits.acceptBudget = 10
        var simulation = try Simulation(Recorder(), limits: limits)
        let bystander = simulation.open()
        for _ in 0..<100 { _ = simulation.network.connect() }
        for round in 1...10 {
            bystander.send("\(round)")
            simulation.turn()
            #expect(bystander.takeTexts() == ["\(round)"])
            #expect(simulation.core.io.statistics.acceptedCount == UInt64(1 + 10 * round))
        }
    }

    @Test func `Bytes are received up to the budget, from each connection in turn`() throws {
        var limits = Limits()
        limits.workPerTurn = 20_000
        limits.messageByteCount = 20_000
        var simulation = try Simulation(Recorder(), limits: limits)
        let clients = (0..<25).map { _ in simulation.open() }
        simulation.network.receiveSizes = 1...10_000
        for client in clients {
            for _ in 0..<5 { client.send(2, [UInt8](repeating: 1, count: 9000)) }
        }
        var received = simulation.core.io.statistics.bytesReceivedCount
        var counts: [Int] = []
        for _ in 0..<30 {
            simulation.turn()
            let now = simulation.core.io.statistics.bytesReceivedCount
            #expect(now - received <= 30_000)
            received = now
            counts = clients.map { simulation.network.sockets[$0.socket]!.toServer.count }
        }
        // After these turns each has been served, and none much more often than another.
        let read = counts.map { 5 * 9008 - $0 }
        #expect(read.min()! > 0)
        #expect(read.max()! <= 8 * max(read.min()!, 5000))
        simulation.settle()
        let messages = simulation.handler.events.filter { $0.hasPrefix("message") }
        #expect(messages.count == 125)
    }

    /// A client that sends as fast as it can against a client that asks now and then.
    @Test func `A flood does not keep a bystander waiting`() throws {
        var limits = Limits()
        limits.workPerTurn = 10_000
        var simulation = try Simulation(Recorder(), limits: limits)
        let floods = (0..<10).map { _ in simulation.open() }
        let bystander = simulation.open()
        let frame = SimulatedClient.frame(2, [UInt8](repeating: 1, count: 1000))
        let burst = Array((0..<50).map { _ in frame }.joined())
        for round in 0..<10 {
            for flood in floods { simulation.network.send(burst, on: flood.socket) }
            bystander.send("\(round)")
            var turns = 0
            var texts: [String] = []
            while texts.isEmpty, turns < 100 {
                simulation.turn()
                texts = bystander.takeTexts()
                turns += 1
            }
            #expect(texts == ["\(round)"])
            // All others are served once before its next turn.
            #expect(turns <= 30)
        }
    }

    @Test func `Kept bytes are decoded within the budget too, in turn`() throws {
        var limits = Limits()
        limits.workPerTurn = 20_000
        var simulation = try Simulation(Talkative(), limits: limits)
        let clients = (0..<30).map { _ in simulation.open() }
        let bystander = simulation.open()
        for client in clients {
            client.send("pause")
            for _ in 0..<10 { client.send(2, [UInt8](repeating: 1, count: 1000)) }
        }
        simulation.settle()
        for id in simulation.handler.ids { simulation.core.io.resumeReading(id) }
        var heard = simulation.handler.heard.values.reduce(0, +)
        #expect(heard == 30)
        for round in 1...10 {
            bystander.send("x")
            simulation.turn()
            let now = simulation.handler.heard.values.reduce(0, +)
            // Two connections and the bystander; a third may have begun.
            #expect(now - heard <= 31)
            heard = now
            #expect(simulation.handler.heard[31] == round)
        }
        simulation.settle()
        #expect(simulation.handler.heard.values.reduce(0, +) == 30 * 11 + 10)
        for index in 1...30 { #expect(simulation.handler.heard[UInt64(index)] == 11) }
    }

    @Test func `Two topics are swept fairly in turn`() throws {
        var limits = Limits()
        limits.flushBudget = 600
        var simulation = try Simulation(Scripted(), limits: limits)
        let large = (0..<700).map { _ in simulation.open() }
        let small = (0..<3).map { _ in simulation.open() }
        for client in large { client.send("sub 0") }
        for client in small { client.send("sub 1") }
        simulation.settle()
        for client in large + small { _ = client.takeTexts() }
        large[0].send("pub 0")
        small[0].send("pub 1")
        simulation.turn()
        // The large topic has had its slices, and the small one did not wait for its end.
        let reached = large.filter { !$0.takeTexts().isEmpty }.count
        #expect((256...600).contains(reached))
        #expect(small.allSatisfy { $0.takeTexts().count == 1 })
        simulation.settle()
        #expect(large.allSatisfy { simulation.network.sockets[$0.socket]!.window > 0 })
        let late = large.filter { !$0.takeTexts().isEmpty }.count
        #expect(reached + late == 700)
    }

    @Test func `Subscribers that come and go during a pass miss nothing and get nothing twice`()
        throws
    {
        var limits = Limits()
        limits.flushBudget = 3
        var simulation = try Simulation(Scripted(), limits: limits)
        var random = SeededGenerator(seed: 7)
        var clients = (0..<40).map { _ in simulation.open() }
        for client in clients { client.send("sub 0") }
        simulation.settle()
        var got: [[String]] = clients.map { _ in [] }
        for round in 0..<60 {
            clients[39].send("pub 0")
            simulation.turn()
            simulation.core.checkInvariants("round \(round)")
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                clients.append(simulation.open())
                got.append([])
                clients[clients.count - 1].send("sub 0")
            case 1: clients[Int.random(in: 0..<39, using: &random)].send("unsub 0")
            case 2:
                let leaving = clients[Int.random(in: 0..<39, using: &random)]
                simulation.network.sockets[leaving.socket]!.clientHasEnded = true
            default: break
            }
        }
        simulation.settle()
        for (index, client) in clients.enumerated() {
            got[index] += client.takeTexts()
            let expected = simulation.handler.expected[UInt64(index + 1)]!
            if simulation.handler.causes[UInt64(index + 1)] == nil {
                #expect(got[index] == expected)
            } else {
                // Everything up to its unsubscribing, in order.
                #expect(Array(expected.prefix(got[index].count)) == got[index])
            }
        }
    }
}
