// Admission, and what a refused client can do with the connection that brings the refusal.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit

@Suite struct AdmissionTests {
    private let here = NetworkAddress.ipv4(192, 0, 2, 1, port: 1)

    private func simulation(
        _ change: (inout Limits) -> Void
    ) throws -> Simulation<Recorder> {
        var limits = Limits()
        change(&limits)
        return try Simulation(Recorder(), limits: limits)
    }

    @Test func `Refused connections do not give an address more places`() throws {
        var simulation = try simulation { $0.connectionsPerAddress = 3 }
        let sockets = (0..<200).map { _ in simulation.network.connect(from: here) }
        simulation.settle()
        // Plain connections: six times as many as WebSockets.
        #expect(simulation.core.takenCounts.connections == 18 + 32)
        #expect(simulation.core.io.statistics.refusals(.tooManyFromAddress) == 182)
        let answer = String(
            decoding: simulation.network.receive(on: sockets[199]), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 503 "))
        #expect(answer.contains("Too many connections from your address."))
        #expect(simulation.network.sockets[sockets[199]]!.isClosed)
        // Their deadlines pass like all others, and then other clients have room again.
        simulation.run(for: .seconds(11))
        #expect(simulation.core.takenCounts == TakenCounts())
        #expect(simulation.open(from: here).closeCode == nil)
    }

    @Test func `Refused connections take no place from others`() throws {
        var simulation = try simulation {
            $0.connectionsPerAddress = 1
            $0.connectionCount = 10
        }
        _ = simulation.open(from: here)
        for _ in 0..<20 { _ = simulation.network.connect(from: here) }
        simulation.settle()
        // A WebSocket and six plain connections of this address.
        #expect(simulation.core.takenCounts.connections == 1 + 6 + 14)
        let others = (2...4).map { simulation.open(from: .ipv4(192, 0, 2, $0, port: 1)) }
        #expect(others.map(\.closeCode) == [nil, nil, nil])
        #expect(simulation.open(from: .ipv4(192, 0, 2, 9, port: 1)).closeCode == 1013)
    }

    /// A browser fails a handshake that grants none of the subprotocols that its page has offered,
    /// and the page would get 1006 instead of the reason.
    @Test func `A refused client is granted a subprotocol that it offers`() throws {
        for change: (inout Limits) -> Void in [
            { $0.connectionsPerAddress = 1 }, { $0.connectionCount = 1 },
        ] {
            var simulation = try simulation(change)
            _ = simulation.open(from: here)
            let refused = simulation.open(
                from: here, fields: ["Sec-WebSocket-Protocol: unknown.v1, other"])
            #expect(refused.closeCode == 1013)
            #expect(refused.head?.contains("Sec-WebSocket-Protocol: unknown.v1\r\n") == true)
            let plain = simulation.open(from: here)
            #expect(plain.closeCode == 1013)
            #expect(plain.head?.contains("Sec-WebSocket-Protocol") == false)
        }
    }

    /// A listener on [::] sees IPv4 peers as ::ffff:a.b.c.d, which all share one 64-bit network.
    @Test func `IPv4 peers on an IPv6 socket are distinguished`() throws {
        var simulation = try simulation { $0.connectionsPerAddress = 1 }
        let peers = [1, 2, 1].map { last in
            NetworkAddress(family: .ipv6, low: 0xFFFF_C000_0200 + UInt64(last), port: 1)
        }
        let clients = peers.map { simulation.open(from: $0) }
        #expect(clients.map(\.closeCode) == [nil, nil, 1013])
        #expect(simulation.open(from: .ipv4(192, 0, 2, 1, port: 1)).closeCode == 1013)
    }

    @Test func `Loopback and local sockets are exempt`() throws {
        var simulation = try simulation {
            $0.connectionsPerAddress = 1
            $0.connectionRatePerAddress = 1
        }
        for peer in [
            NetworkAddress.ipv4(127, 0, 0, 1, port: 1), NetworkAddress(family: .ipv6, low: 1),
            NetworkAddress(family: .ipv6, low: 0xFFFF_7F00_0001), NetworkAddress(family: .local),
        ] {
            let clients = (0..<5).map { _ in simulation.open(from: peer) }
            #expect(clients.map(\.closeCode) == [nil, nil, nil, nil, nil])
        }
    }

    @Test func `Each limit can be switched off alone`() throws {
        var few = try simulation {
            $0.connectionsPerAddress = 2
            $0.connectionRatePerAddress = nil
        }
        #expect((0..<3).map { _ in few.open(from: here).closeCode } == [nil, nil, 1013])
        var slow = try simulation {
            $0.connectionsPerAddress = nil
            $0.connectionRatePerAddress = 2
        }
        #expect((0..<3).map { _ in slow.open(from: here).closeCode } == [nil, nil, 1013])
        slow.run(for: .seconds(2))
        #expect((0..<3).map { _ in slow.open(from: here).closeCode } == [nil, nil, 1013])
    }

    @Test func `Addresses without connections are forgotten, others stay counted`() throws {
        var simulation = try simulation { $0.connectionsPerAddress = 1 }
        let staying = simulation.open(from: here)
        for number in 0..<3000 {
            let peer = NetworkAddress(family: .ipv4, low: UInt64(0x0A00_0000 + number), port: 1)
            let client = simulation.open(from: peer)
            #expect(client.closeCode == nil)
            simulation.network.sockets[client.socket]!.clientHasEnded = true
            simulation.network.clock = simulation.network.clock + .milliseconds(10)
        }
        simulation.settle()
        #expect(staying.closeCode == nil)
        #expect(simulation.open(from: here).closeCode == 1013)
    }
}
