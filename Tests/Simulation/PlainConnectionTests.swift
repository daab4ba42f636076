// Connections that load a page: they take no places from WebSockets, and idle ones make room.
import LinuxReactor
import Testing

@testable import SimulationKit
@testable import WebSocketServer

@Suite struct PlainConnectionTests {
    private let here = NetworkAddress.ipv4(192, 0, 2, 1, port: 1)
    private let there = NetworkAddress.ipv4(192, 0, 2, 2, port: 1)

    private func simulation(
        _ change: (inout Limits) -> Void = { _ in }
    ) throws -> Simulation<Recorder> {
        var limits = Limits()
        change(&limits)
        return try Simulation(Recorder(), limits: limits)
    }

    /// Connects, and asks for something on the connection, which is kept then.
    private func ask(
        _ simulation: inout Simulation<Recorder>, from peer: NetworkAddress, settles: Bool = true
    ) -> Int32 {
        let socket = simulation.network.connect(from: peer)
        request(&simulation, on: socket)
        if settles { simulation.settle() }
        return socket
    }

    private func request(_ simulation: inout Simulation<Recorder>, on socket: Int32) {
        simulation.network.send(Array("GET /x HTTP/1.1\r\nHost: a\r\n\r\n".utf8), on: socket)
    }

    private func answer(_ network: SimulatedNetwork, on socket: Int32) -> String {
        String(decoding: network.receive(on: socket), as: UTF8.self)
    }

    private func isClosed(_ network: SimulatedNetwork, _ socket: Int32) -> Bool {
        network.sockets[socket]!.isClosed
    }

    private func closed(_ network: SimulatedNetwork, _ sockets: [Int32]) -> [Int32] {
        sockets.filter { isClosed(network, $0) }
    }

    @Test func `Sixty browsers behind one address load the page and connect at once`() throws {
        var simulation = try simulation { $0.connectionsPerAddress = 64 }
        let sockets = (0..<360).map { _ in ask(&simulation, from: here, settles: false) }
        simulation.settle()
        for socket in sockets {
            #expect(answer(simulation.network, on: socket).hasPrefix("HTTP/1.1 426 "))
        }
        // Their kept connections are still there when the WebSockets come.
        #expect(simulation.core.listening.admission.totals == (360, 0))
        let clients = (0..<60).map { _ in simulation.open(from: here) }
        #expect(clients.allSatisfy { $0.closeCode == nil })
        #expect(simulation.core.io.statistics.refusalCounts.allSatisfy { $0 == 0 })
        // Up to the limit, and no further; a place that becomes free can be taken.
        let more = (0..<6).map { _ in simulation.open(from: here).closeCode }
        #expect(more == [nil, nil, nil, nil, 1013, 1013])
        simulation.network.sockets[clients[0].socket]!.clientHasEnded = true
        simulation.run(for: .seconds(1))
        #expect(simulation.open(from: here).closeCode == nil)
        // After the time that an idle connection is kept, the WebSockets alone are left.
        simulation.run(for: .seconds(20))
        #expect(simulation.core.listening.admission.totals == (0, 64))
    }

    @Test func `The connection that is idle for the longest makes room in its address`() throws {
        var simulation = try simulation {
            $0.connectionsPerAddress = 1
            $0.connectionRatePerAddress = nil
        }
        var sockets: [Int32] = []
        for _ in 0..<6 {
            sockets.append(ask(&simulation, from: here))
            simulation.run(for: .milliseconds(200))
        }
        // The first has just been used again.
        request(&simulation, on: sockets[0])
        simulation.settle()
        let next = ask(&simulation, from: here)
        #expect(answer(simulation.network, on: next).hasPrefix("HTTP/1.1 426 "))
        #expect(closed(simulation.network, sockets) == [sockets[1]])
        #expect(simulation.core.io.statistics.refusalCounts.allSatisfy { $0 == 0 })
        // Another address is not concerned.
        let other = ask(&simulation, from: there)
        #expect(!isClosed(simulation.network, other))
    }

    @Test func `A client that has only connected is left alone for a second`() throws {
        var simulation = try simulation {
            $0.connectionsPerAddress = 1
            $0.connectionRatePerAddress = nil
        }
        let silent = (0..<6).map { _ in simulation.network.connect(from: here) }
        simulation.settle()
        let refused = ask(&simulation, from: here)
        let words = answer(simulation.network, on: refused)
        #expect(words.hasPrefix("HTTP/1.1 503 ") && words.contains("Refresh: 10\r\n"), "\(words)")
        #expect(closed(simulation.network, silent) == [])
        simulation.run(for: .milliseconds(1100))
        let served = ask(&simulation, from: here)
        #expect(answer(simulation.network, on: served).hasPrefix("HTTP/1.1 426 "))
        #expect(closed(simulation.network, silent).count == 1)
    }

    @Test func `A request that is under way is never cut off`() throws {
        var simulation = try simulation {
            $0.connectionsPerAddress = 1
            $0.connectionRatePerAddress = nil
        }
        let slow = (0..<6).map { _ in simulation.network.connect(from: here) }
        for socket in slow { simulation.network.send(Array("GET / HT".utf8), on: socket) }
        simulation.run(for: .seconds(2))
        let refused = ask(&simulation, from: here)
        #expect(answer(simulation.network, on: refused).hasPrefix("HTTP/1.1 503 "))
        #expect(closed(simulation.network, slow) == [])
        // They have the deadline of a request, and no more.
        simulation.run(for: .seconds(15))
        #expect(simulation.core.listening.admission.totals == (0, 0))
    }

    @Test func `On a full server idle connections make room for WebSockets, of any address`() throws
    {
        var simulation = try simulation { $0.connectionCount = 40 }
        let kept = (1...40).map {
            ask(&simulation, from: .ipv4(198, 51, 100, $0, port: 1))
        }
        let clients = (0..<40).map { simulation.open(from: .ipv4(192, 0, 2, $0, port: 1)) }
        #expect(clients.allSatisfy { $0.closeCode == nil })
        #expect(closed(simulation.network, kept) == kept)
        #expect(simulation.core.io.statistics.refusalCounts.allSatisfy { $0 == 0 })
        // WebSockets make no room, however idle they are.
        #expect(simulation.open(from: there).closeCode == 1013)
        #expect(clients.allSatisfy { $0.closeCode == nil })
    }

    /// The descriptors of closed connections are free only at the turn's end.
    @Test func `A burst on a full server has few more connections than the limit`() throws {
        var simulation = try simulation { $0.connectionCount = 200 }
        for number in 0..<200 {
            _ = ask(
                &simulation,
                from: NetworkAddress(family: .ipv4, low: 0x0A00_0000 + UInt64(number), port: 1))
        }
        let sockets = (0..<150).map { number in
            let peer = NetworkAddress(family: .ipv4, low: 0x0B00_0000 + UInt64(number), port: 1)
            return ask(&simulation, from: peer, settles: false)
        }
        var most = 0
        simulation.network.isIdle = false
        while !simulation.network.isIdle {
            simulation.turn()
            most = max(most, simulation.network.openDescriptors.count)
        }
        #expect(most <= 200 + 16 + 32, "\(most)")
        let network = simulation.network
        let answers = sockets.map { answer(network, on: $0) }
        #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 426 ") })
    }

    @Test func `What is remembered of connections is bounded`() throws {
        var simulation = try simulation()
        for number in 0..<5000 {
            let peer = NetworkAddress(family: .ipv4, low: 0x0A00_0000 + UInt64(number), port: 1)
            let socket = ask(&simulation, from: peer, settles: false)
            simulation.network.sockets[socket]!.clientHasEnded = true
            if number % 100 == 0 { simulation.settle() }
        }
        simulation.run(for: .seconds(1))
        #expect(simulation.core.listening.arrivals.count <= 1024)
        #expect(simulation.core.listening.admission.totals == (0, 0))
    }

    @Test func `A connection that is refused as a WebSocket keeps its plain place to the end`()
        throws
    {
        var simulation = try simulation {
            $0.connectionsPerAddress = 1
            $0.connectionRatePerAddress = nil
        }
        _ = simulation.open(from: here)
        // More than the 32 places of connections that are refused when they are accepted.
        let refused = (0..<6).map { _ in simulation.open(from: here) }
        #expect(refused.allSatisfy { $0.closeCode == 1013 })
        #expect(simulation.core.listening.admission.totals == (6, 1))
        #expect(simulation.core.listening.refusedCount == 0)
        simulation.run(for: .seconds(12))
        #expect(simulation.core.listening.admission.totals == (0, 1))
    }

    @Test func `The next process counts them as this one did`() throws {
        var simulation = try simulation { $0.connectionsPerAddress = 2 }
        _ = simulation.open(from: here)
        _ = ask(&simulation, from: here)
        try simulation.handOver()
        simulation.settle()
        #expect(simulation.core.listening.admission.totals == (1, 1))
        #expect((0..<2).map { _ in simulation.open(from: here).closeCode } == [nil, 1013])
    }
}
