// One budget of memory: the largest holder is closed first; a member that takes nothing, in time.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit

@Suite(.overTLSToo) struct MemoryBudgetTests {
    /// Members who never read pin what is published to their topics.
    @Test func `The connection that holds the most memory is closed first`() throws {
        var limits = Limits()
        limits.memoryByteCount = 1_000_000
        limits.outboxByteCount = 10_000_000
        var simulation = try Simulation(Scripted(), limits: limits)
        simulation.handler.padding = String(repeating: "p", count: 20_000)
        let (greedy, modest, speaker) = (simulation.open(), simulation.open(), simulation.open())
        for client in [greedy, modest] {
            simulation.network.sockets[client.socket]!.window = 0
        }
        for _ in 0..<5 { speaker.send("tell 1") }
        for _ in 0..<60 {
            speaker.send("tell 0")
            simulation.settle()
        }
        simulation.run(for: .seconds(2))
        #expect(simulation.handler.causes == [1: .memoryShort])
        #expect(simulation.core.io.memoryByteCount < 1_000_000)
        #expect(simulation.core.io.connectionCount == 2)
        simulation.network.sockets[modest.socket]!.window = .max
        simulation.settle()
        #expect(modest.takeTexts().count >= 5)
    }

    @Test func `A quarter of memory.high is the budget where an operator has set it`() throws {
        let simulation = try Simulation(Scripted(), memoryHigh: 400 << 20)
        #expect(simulation.core.io.memoryLimit == 100 << 20)
        let usual = try Simulation(Scripted())
        #expect(usual.core.io.memoryLimit == 256 << 20)
        var limits = Limits()
        limits.memoryByteCount = 32 << 20
        let chosen = try Simulation(Scripted(), limits: limits, memoryHigh: 400 << 20)
        #expect(chosen.core.io.memoryLimit == 32 << 20)
    }

    @Test(arguments: [true, false])
    func `A member that answers pings and takes nothing is closed after 30 seconds`(
        takesSomething: Bool
    ) throws {
        var simulation = try Simulation(Scripted())
        simulation.handler.padding = String(repeating: "p", count: 20_000)
        let (member, speaker) = (simulation.open(), simulation.open())
        simulation.network.sockets[member.socket]!.window = 1_000
        for _ in 0..<5 { speaker.send("tell 0") }
        simulation.settle()
        var closedAfter: Int?
        for second in 1...70 {
            member.send(10, [])
            speaker.send(10, [])
            simulation.run(for: .seconds(1))
            if takesSomething { simulation.network.sockets[member.socket]!.window += 10 }
            if closedAfter == nil, simulation.handler.causes[1] != nil { closedAfter = second }
        }
        if takesSomething {
            #expect(closedAfter == nil)
        } else {
            // Its socket is looked at every 25 seconds, and the Close has 5 to be answered.
            #expect((30...62).contains(closedAfter ?? 0))
            #expect(simulation.handler.causes[1] == .slowConsumer(.policyViolation))
        }
        #expect(simulation.handler.causes[2] == nil)
    }
}
