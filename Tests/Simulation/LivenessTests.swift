// When a peer counts as alive: silence, slowness and paused reading are three different things.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit

@Suite(.overTLSToo) struct LivenessTests {
    private func limits(_ change: (inout Limits) -> Void) -> Limits {
        var limits = Limits()
        change(&limits)
        return limits
    }

    @Test func `Reading may be paused for longer than a Pong may take`() throws {
        var simulation = try Simulation(Talkative())
        let client = simulation.open()
        client.send("pause")
        for _ in 0..<30 {
            simulation.run(for: .seconds(10))
            // Its Pongs have arrived, but reading is paused.
            client.read()
            if client.frames.contains(where: { $0.opcode == 9 }) { client.send(10, []) }
            _ = client.takeTexts()
        }
        client.send("x")
        simulation.settle()
        #expect(simulation.handler.causes.isEmpty)
        simulation.core.io.resumeReading(ConnectionID(resourceID: 1, slot: 0))
        simulation.settle()
        #expect(simulation.handler.heard == [1: 2])
        // From now on its silence counts again.
        simulation.run(for: .seconds(36))
        #expect(simulation.handler.causes == [1: .pingTimeout])
    }

    /// What the server waits for, and for how many seconds.
    enum Deadline: CaseIterable {
        case request, restOfRequest, ping, pong, close, refusal

        var seconds: Double {
            switch self {
            case .request, .restOfRequest: 10
            case .ping: 25
            case .pong: 35
            case .close: 5
            // The answer goes out at once; the peer has the same time to close.
            case .refusal: 5
            }
        }
    }

    @Test(arguments: Deadline.allCases)
    func `A deadline fires at most two ticks of 67 ms late, and never early`(deadline: Deadline)
        throws
    {
        var simulation = try Simulation(Recorder())
        let network = simulation.network
        let client: SimulatedClient
        switch deadline {
        case .request, .restOfRequest, .refusal:
            client = SimulatedClient(network: network, socket: network.connect())
            if deadline == .restOfRequest { network.send(Array("GET".utf8), on: client.socket) }
            if deadline == .refusal { network.send(Array("GET\r\n".utf8), on: client.socket) }
        case .ping, .pong, .close:
            client = simulation.open()
            if deadline == .close { client.send("close me") }
        }
        simulation.settle()
        _ = network.receive(on: client.socket)
        let start = network.clock
        let happened = {
            switch deadline {
            case .ping, .restOfRequest: !network.sockets[client.socket]!.toClient.isEmpty
            default: network.sockets[client.socket]!.isClosed
            }
        }
        while !happened(), network.clock < start + .seconds(100) {
            // Garbage does not extend its time.
            if deadline == .refusal { network.send([0x61], on: client.socket) }
            simulation.run(for: .milliseconds(20))
        }
        let seconds = Double(network.clock.nanoseconds - start.nanoseconds) / 1e9
        #expect(seconds >= deadline.seconds)
        // The time of the last receive is known to a tick, so a Ping may be two more ticks late.
        let ticks = deadline == .ping || deadline == .pong ? 4.0 : 2.0
        #expect(seconds <= deadline.seconds + ticks * 0.0672 + 0.04)
    }

    @Test func `The loss of a paused peer is reported at once`() throws {
        var simulation = try Simulation(Talkative())
        let client = simulation.open()
        client.send("pause")
        simulation.settle()
        client.send("x")
        simulation.network.sockets[client.socket]!.isReset = true
        simulation.settle()
        #expect(simulation.handler.causes == [1: .connectionLost(104)])
        #expect(simulation.network.openDescriptors.isEmpty)
    }

    @Test func `A peer that reads its own answers slowly counts as alive while it goes on`() throws
    {
        var simulation = try Simulation(
            Recorder(), limits: limits { $0.ownOutputByteCount = 10_000 })
        let client = simulation.open()
        client.read()
        simulation.network.sockets[client.socket]!.window = 0
        let message = String(repeating: "m", count: 1000)
        for _ in 0..<40 { client.send(message) }
        for _ in 0..<13 {
            simulation.network.sockets[client.socket]!.window = 3000
            simulation.run(for: .seconds(9))
        }
        #expect(simulation.handler.causes.isEmpty)
        // The rest is less than the rate: now its Pong counts.
        client.send(10, [])
        simulation.network.sockets[client.socket]!.window = .max
        simulation.settle()
        #expect(client.takeTexts() == Array(repeating: message, count: 40))
        // Now it stops reading, with answers unread.
        simulation.network.sockets[client.socket]!.window = 0
        for _ in 0..<40 { client.send(message) }
        simulation.run(for: .seconds(37))
        #expect(simulation.handler.causes == [1: .pingTimeout])
    }

    @Test func `A peer that reads broadcasts slowly counts as alive, though its Pongs are blocked`()
        throws
    {
        var simulation = try Simulation(Scripted())
        simulation.handler.padding = String(repeating: "p", count: 10_000)
        let (slow, speaker) = (simulation.open(), simulation.open())
        slow.send("sub 0")
        simulation.settle()
        slow.read()
        for _ in 0..<40 { speaker.send("pub 0") }
        for _ in 0..<20 {
            simulation.network.sockets[slow.socket]!.window = 10_000
            simulation.run(for: .seconds(9))
            speaker.send(10, [])
        }
        #expect(simulation.handler.causes.isEmpty)
        simulation.network.sockets[slow.socket]!.window = 0
        for _ in 0..<5 {
            simulation.run(for: .seconds(9))
            speaker.send(10, [])
        }
        #expect(simulation.handler.causes == [1: .pingTimeout])
    }

    /// Other connections' messages keep its outbox from ever being empty.
    @Test func `A peer that has read half of its own output is read again`() throws {
        var simulation = try Simulation(
            Scripted(), limits: limits { $0.ownOutputByteCount = 10_000 })
        simulation.handler.padding = String(repeating: "p", count: 1000)
        let (client, other) = (simulation.open(), simulation.open())
        client.read()
        simulation.network.sockets[client.socket]!.window = 0
        for _ in 0..<12 { client.send("tell 0") }
        client.send("sub 0")
        simulation.settle()
        let before = simulation.handler.members[0].count
        #expect(before == 0)
        for _ in 0..<8 where simulation.handler.members[0].isEmpty {
            simulation.network.sockets[client.socket]!.window += 3000
            other.send("tell 0")
            other.send("tell 0")
            simulation.settle()
        }
        #expect(simulation.handler.members[0].count == 1)
        #expect(simulation.core.io.bufferedByteCount(of: simulation.handler.ids[0]) > 1000)
    }
}
