// Through which listener a request came, who sent it, and that operators are not clients.
import LinuxReactor
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

/// Records each request, and answers at once or when the test asks for it.
private struct Doorman: HTTPHandler {
    var seen: [String] = []
    var waiting: [ConnectionID] = []

    mutating func onUpgrade(
        _ request: borrowing HTTPRequest
    ) throws(HandshakeRejection) -> UpgradeReply {
        note(request)
        return UpgradeReply()
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {}

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        note(request)
        if request.head.path == "/later" {
            waiting.append(request.id)
        } else {
            io.respond(to: request.id, with: .text(.ok, "open: \(io.connectionCount)"))
        }
    }

    private mutating func note(_ request: borrowing HTTPRequest) {
        let user = request.credentials.map { " user \($0.user)" } ?? ""
        seen.append("\(request.listener.name) \(request.peer.host)\(user)")
    }
}

@Suite struct ListenerKindTests {
    private static let get = Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    private static let later = Array("GET /later HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    private let here = NetworkAddress.ipv4(192, 0, 2, 1, port: 1)
    private let local = NetworkAddress(family: .local)

    /// Listener 0 is public, 1 is the control socket, 2 serves metrics.
    private func simulation(
        _ change: (inout Limits) -> Void = { _ in }
    ) throws -> Simulation<Doorman> {
        var limits = Limits()
        change(&limits)
        return try Simulation(Doorman(), limits: limits) {
            $0.addressesByKind[.control] = [.unix(path: "/run/x/control.sock")]
            $0.addressesByKind[.metrics] = [.tcp(host: "127.0.0.1", port: 9100)]
        }
    }

    @Test func `A request knows its listener, and on a local socket its user`() throws {
        var simulation = try simulation()
        _ = simulation.open(from: here)
        let control = simulation.network.connect(from: local, toListener: 1)
        simulation.network.credentials[control] = PeerCredentials(
            process: 9, user: 1000, group: 1000, groups: [27])
        let metrics = simulation.network.connect(from: here, toListener: 2)
        for socket in [control, metrics] { simulation.network.send(Self.get, on: socket) }
        simulation.settle()
        #expect(
            simulation.handler.seen == [
                "public 192.0.2.1", "control local user 1000", "metrics 192.0.2.1",
            ])
    }

    @Test func `A full server still answers at the control socket`() throws {
        var simulation = try simulation { $0.connectionCount = 2 }
        for _ in 0..<2 { #expect(simulation.open().closeCode == nil) }
        #expect(simulation.open().closeCode == 1013)
        let accepted = simulation.core.io.statistics.acceptedCount
        for listener in [1, 2] {
            let socket = simulation.network.connect(from: here, toListener: listener)
            simulation.network.send(Self.get, on: socket)
            simulation.settle()
            let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.hasSuffix("open: 2\n"))
        }
        #expect(simulation.core.io.statistics.acceptedCount == accepted)
    }

    @Test func `Connections to the control socket take no place from clients`() throws {
        var simulation = try simulation {
            $0.connectionCount = 2
            $0.connectionsPerAddress = 2
            $0.connectionRatePerAddress = nil
        }
        for _ in 0..<5 {
            let socket = simulation.network.connect(from: here, toListener: 1)
            simulation.network.send(Self.later, on: socket)
        }
        simulation.settle()
        #expect(simulation.open(from: here).closeCode == nil)
        #expect(simulation.open(from: here).closeCode == nil)
        #expect(simulation.open(from: here).closeCode == 1013)
    }

    @Test func `At most 32 at a time are served there, and places become free again`() throws {
        var simulation = try simulation()
        var sockets: [Int32] = []
        for _ in 0..<33 {
            sockets.append(simulation.network.connect(from: local, toListener: 1))
            simulation.network.send(Self.later, on: sockets.last!)
        }
        simulation.settle()
        let refused = String(decoding: simulation.network.receive(on: sockets[32]), as: UTF8.self)
        #expect(refused.hasPrefix("HTTP/1.1 503 "))
        #expect(simulation.handler.waiting.count == 32)
        simulation.network.sockets[sockets[0]]!.isReset = true
        simulation.settle()
        let next = simulation.network.connect(from: local, toListener: 1)
        simulation.network.send(Self.get, on: next)
        simulation.settle()
        let answer = String(decoding: simulation.network.receive(on: next), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
    }

    @Test func `An idle connection makes room for a new one of its kind`() throws {
        var simulation = try simulation()
        for _ in 0..<32 {
            _ = simulation.network.connect(from: local, toListener: 1)
        }
        simulation.settle()
        // Within a second of its beginning, none of them is idle: its request may be under way.
        let early = simulation.network.connect(from: local, toListener: 1)
        simulation.network.send(Self.get, on: early)
        simulation.settle()
        let refusal = String(decoding: simulation.network.receive(on: early), as: UTF8.self)
        #expect(refusal.hasPrefix("HTTP/1.1 503 "))
        simulation.run(for: .seconds(2))
        simulation.settle()
        for _ in 0..<40 {
            let next = simulation.network.connect(from: local, toListener: 1)
            simulation.network.send(Self.get, on: next)
            simulation.settle()
            let answer = String(decoding: simulation.network.receive(on: next), as: UTF8.self)
            #expect(answer.hasPrefix("HTTP/1.1 200 "))
        }
    }

    @Test func `The file is removed when the server stops, and not before`() throws {
        var simulation = try simulation()
        simulation.settle()
        #expect(simulation.network.removedFiles == [])
        simulation.network.pendingSignals = [15]
        simulation.settle()
        #expect(simulation.network.removedFiles == ["/run/x/control.sock"])
    }

    @Test func `Connections to the control socket are not handed over`() throws {
        var simulation = try simulation()
        let client = simulation.open()
        let control = simulation.network.connect(from: local, toListener: 1)
        simulation.network.send(Self.get, on: control)
        simulation.settle()
        try simulation.handOver()
        simulation.settle()
        #expect(simulation.network.sockets[control]!.isClosed)
        #expect(client.closeCode == nil && !simulation.network.sockets[client.socket]!.isClosed)
    }

    @Test(arguments: [
        ("control", ListenerKind.control), ("metrics", .metrics), ("proxy", .proxy), ("", .public),
        ("public", .public), ("roost.socket", .public), ("unknown", .public), ("Control", .public),
    ])
    func `The name of a socket determines its listener kind`(name: String, kind: ListenerKind) {
        #expect(ListenerKind(name: name) == kind)
    }
}
