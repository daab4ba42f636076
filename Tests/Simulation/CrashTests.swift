// A process that is killed between any two of its system calls, and the next one.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit
@testable import WebSocketServerTesting

@Suite struct CrashTests {
    /// Which situations all seeds together have met.
    private struct Census {
        var goOn = 0
        var missed = 0
        var lost = 0
        var compressed = 0
    }

    @Test func `A connection at rest goes on, wherever the process is killed`() throws {
        var census = Census()
        for seed in 0..<UInt64(60) { try run(seed, &census) }
        #expect(census.goOn > 150, "\(census)")
        #expect(census.missed > 10, "\(census)")
        #expect(census.lost > 50, "\(census)")
        #expect(census.compressed > 10, "\(census)")
    }

    private func run(_ seed: UInt64, _ census: inout Census) throws {
        var random = SeededGenerator(seed: seed)
        let network = SimulatedNetwork(seed: seed)
        let disk = Disk(network)
        var configuration = ServerConfiguration()
        configuration.limits.flushBudget = .random(in: 1...8, using: &random)
        var simulation = try Simulation(KeptRoom(disk), configuration, on: network)
        simulation.core.checksInvariants = true
        if Bool.random(using: &random) { network.receiveSizes = 1...20 }
        if Bool.random(using: &random) { network.sendSizes = 1...40 }
        var people: [Person] = []
        for _ in 0..<3 {
            let park = SimulatedPark(network)
            simulation.beginParking(in: park)
            while people.count < 6 {
                let isCompressed = Int.random(in: 0..<3, using: &random) == 0
                people.append(
                    Person(isCompressed ? try simulation.openCompressed() : simulation.open()))
                people.last!.command("join")
            }
            simulation.run(for: .seconds(3))
            var left: SimulatedPark.Left?
            network.life.onEnd = { left = try? park.left() }
            let isBusy = Bool.random(using: &random)
            network.life.callCount = Int.random(in: 0...300, using: &random)
            for step in 0..<400 where !network.life.isOver {
                if isBusy || step % 8 == 0 { act(people.randomElement(using: &random)!, &random) }
                simulation.turn()
                if step % 50 == 49 { simulation.run(for: .seconds(1)) }
                for person in people { person.read() }
            }
            network.life.kill()
            let found = try #require(left)
            try simulation.recover(found, KeptRoom(disk))
            simulation.settle()
            for person in people { person.read() }
            let gone = people.filter(\.isGone)
            people.removeAll(where: \.isGone)
            for person in gone {
                #expect(person.acknowledged.allSatisfy { $0 <= disk.entries.count })
            }
            // What the process before had not received is received now.
            for person in people {
                person.finishSending()
                person.command("who")
            }
            simulation.run(for: .seconds(2))
            for person in people {
                person.read()
                person.expectAll(disk.entries.count)
                if simulation.isCompressed(person.client) { census.compressed += 1 }
            }
            #expect(simulation.handler.recoveredCounts[.open, default: 0] == people.count)
            #expect(simulation.handler.names.count == people.count)
            #expect(simulation.handler.strangeEnds == 0)
            census.goOn += people.count
            census.lost += gone.count
            census.missed += simulation.handler.missedCount
        }
    }

    @Test func `What the store does not take is tried again, and what it loses`() throws {
        let network = SimulatedNetwork(seed: 1)
        var configuration = ServerConfiguration()
        // It rests for thirty ticks, and these clients answer no Ping.
        configuration.tickInterval = .milliseconds(100)
        var simulation = try Simulation(KeptRoom(Disk(network)), configuration, on: network)
        let park = SimulatedPark(network)
        park.limit = 2
        simulation.beginParking(in: park)
        for _ in 0..<5 { _ = simulation.open() }
        simulation.run(for: .milliseconds(500))
        #expect(simulation.core.io.parkedConnectionCount == 2)
        park.limit = .max
        simulation.run(for: .seconds(4))
        #expect(simulation.core.io.parkedConnectionCount == 5)
        park.losing = [0, 1]
        simulation.run(for: .milliseconds(200))
        #expect(simulation.core.io.parkedConnectionCount == 3)
        simulation.run(for: .seconds(4))
        #expect(simulation.core.io.parkedConnectionCount == 5)
    }

    private func act(_ person: Person, _ random: inout SeededGenerator) {
        switch Int.random(in: 0..<12, using: &random) {
        case 0..<5: person.command("say \(Int.random(in: 0..<1000, using: &random))")
        case 5: person.command("later x")
        case 6: person.command("name n\(Int.random(in: 0..<1000, using: &random))")
        case 7: person.command("who")
        case 8: person.greet()
        case 9: person.command("say cut", cutAt: Int.random(in: 0..<8, using: &random))
        default: person.finishSending()
        }
    }
}
