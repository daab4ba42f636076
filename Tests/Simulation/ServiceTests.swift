// What a program needs to be a service: its own signals, the start of a stop, a restart, reports of
// refusals, and limits that change while it runs.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit

/// Records the callbacks of a service.
struct Service: OperationsHandler {
    var signals: [Signal] = []
    var refused: [RefusedConnection] = []
    var stops: [Int] = []
    var causes: [CloseCause] = []
    var restartsOnSignal = false

    mutating func onUpgrade(
        _ request: borrowing HTTPRequest
    ) throws(HandshakeRejection) -> UpgradeReply {
        guard request.head.pathIs("/") else {
            throw HandshakeRejection(.notFound, reason: "Not here.")
        }
        return UpgradeReply()
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {
        io.send(message, to: id)
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        causes.append(cause)
    }

    mutating func onRefusal(_ refused: RefusedConnection, _ io: inout ServerContext) {
        self.refused.append(refused)
    }

    mutating func onSignal(_ signal: Signal, _ io: inout ServerContext) {
        signals.append(signal)
        if restartsOnSignal { io.stop(grace: .zero, restarting: true) }
    }

    mutating func onStop(_ io: inout ServerContext) {
        #expect(io.isStopping == true)
        stops.append(io.connectionCount)
    }
}

@Suite struct ServiceTests {
    private let here = NetworkAddress.ipv4(192, 0, 2, 1, port: 1)

    @Test func `The handler gets the program's signals, but not the stop signals`() throws {
        var simulation = try Simulation(Service())
        simulation.network.pendingSignals = [1, 1]
        simulation.settle()
        #expect(simulation.handler.signals == [1, 1])
        #expect(simulation.core.isDone == false)
        simulation.network.pendingSignals = [15]
        simulation.settle()
        #expect(simulation.handler.signals == [1, 1])
        #expect(simulation.core.isDone == true)
    }

    @Test func `The stop is reported once, before any connection is closed`() throws {
        var simulation = try Simulation(Service())
        let clients = (0..<3).map { _ in simulation.open() }
        simulation.network.pendingSignals = [15, 15]
        simulation.settle()
        simulation.network.pendingSignals = [15]
        simulation.settle()
        #expect(simulation.handler.stops == [3])
        #expect(clients.map(\.closeCode) == [1001, 1001, 1001])
    }

    @Test func `A restart is reported as a restart, and stays one`() throws {
        var simulation = try Simulation(Service())
        simulation.handler.restartsOnSignal = true
        let clients = (0..<3).map { _ in simulation.open() }
        simulation.network.pendingSignals = [1, 15]
        simulation.settle()
        #expect(clients.map(\.closeCode) == [1012, 1012, 1012])
        clients[0].send(8, [0x03, 0xF4])
        simulation.run(for: .seconds(10))
        #expect(simulation.core.isDone == true)
        #expect(simulation.handler.causes == [.restarting, .restarting, .restarting])
        #expect(simulation.handler.causes[0].code == .serviceRestart)
        #expect(simulation.core.io.statistics.closes(.restarting) == 3)
    }

    @Test func `Every refusal is reported once, with the reason`() throws {
        var limits = Limits()
        limits.connectionsPerAddress = 1
        var simulation = try Simulation(Service(), limits: limits)
        _ = simulation.open(from: here)
        _ = simulation.open(from: here)
        for request in [
            "GET / HTTP/1.1\r\n\r\n", "nonsense\r\n\r\n",
            SimulatedClient.handshake.replacing("GET / ", with: "GET /elsewhere "),
            SimulatedClient.handshake.replacing("Host:", with: "Origin: http://a.org\r\nHost:"),
        ] {
            simulation.network.send(Array(request.utf8), on: simulation.network.connect())
            simulation.settle()
        }
        _ = simulation.network.connect()
        simulation.settle()
        simulation.run(for: .seconds(11))
        let refused = simulation.handler.refused
        #expect(
            refused.map(\.refusal)
                == [.tooManyFromAddress, .request, .request, .request, .request, .handshakeTimeout])
        #expect(refused.map(\.status?.rawValue) == [nil, 400, 400, 404, 403, nil])
        #expect(refused[0].peer == here)
        #expect(refused[3].reason == "Not here.")
        #expect(
            simulation.core.io.statistics.refusalCounts.reduce(0, +) == UInt64(refused.count))
    }

    @Test func `Changed limits apply to open connections`() throws {
        var simulation = try Simulation(Service())
        let client = simulation.open()
        var limits = Limits()
        limits.messageByteCount = 3
        limits.connectionCount = 2
        simulation.core.io.update(limits: limits, origin: .any)
        client.send("abc")
        simulation.settle()
        #expect(client.takeTexts() == ["abc"])
        let other = simulation.network.connect()
        simulation.network.send(
            Array(
                SimulatedClient.handshake
                    .replacing("Host:", with: "Origin: http://a.org\r\nHost:").utf8), on: other)
        simulation.settle()
        #expect(
            String(decoding: simulation.network.receive(on: other), as: UTF8.self)
                .hasPrefix("HTTP/1.1 101 "))
        #expect(simulation.open().closeCode == 1013)
        client.send("abcd")
        simulation.settle()
        #expect(client.closeCode == 1009)
    }

    /// Connections accepted without a limit count, and may leave once there is one.
    @Test func `A limit per address set later counts the open connections`() throws {
        var limits = Limits()
        limits.connectionsPerAddress = nil
        limits.connectionRatePerAddress = nil
        var simulation = try Simulation(Service(), limits: limits)
        let clients = (0..<3).map { _ in simulation.open(from: here) }
        limits.connectionsPerAddress = 2
        simulation.core.io.update(limits: limits, origin: .sameHost)
        #expect(simulation.open(from: here).closeCode == 1013)
        #expect(clients.map(\.closeCode) == [nil, nil, nil])
        for client in clients.dropLast() { client.send(8, [0x03, 0xE8]) }
        simulation.settle()
        #expect(simulation.open(from: here).closeCode == nil)
        #expect(simulation.open(from: here).closeCode == 1013)
    }
}
