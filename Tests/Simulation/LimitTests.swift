// Each limit at its edge: what passes, what does not, with which code, and that it is counted.
import LinuxReactor
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

@Suite(.overTLSToo) struct LimitTests {
    private static func limits(_ change: (inout Limits) -> Void) -> Limits {
        var limits = Limits()
        change(&limits)
        return limits
    }

    @Test func `A message may be as long as the limit and no longer`() throws {
        var simulation = try Simulation(
            Recorder(), limits: Self.limits { $0.messageByteCount = 1000 })
        let client = simulation.open()
        let text = String(repeating: "x", count: 1000)
        client.send(text)
        simulation.settle()
        #expect(client.takeTexts() == [text])
        // Over several frames, the sum counts.
        client.send(1, [UInt8](repeating: 0x61, count: 600), isFinal: false)
        client.send(0, [UInt8](repeating: 0x61, count: 401))
        simulation.settle()
        #expect(client.closeCode == 1009)
        #expect(simulation.handler.causes == [1: .violation(.messageTooBig)])
    }

    @Test func `A declared length allocates nothing, and is refused before its payload`() throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.open()
        simulation.network.send(
            [0x82, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4],
            on: client.socket)
        simulation.settle()
        #expect(client.closeCode == 1009)
    }

    @Test func `A message may have as many fragments as the limit`() throws {
        var simulation = try Simulation(Recorder(), limits: Self.limits { $0.fragmentCount = 5 })
        let client = simulation.open()
        client.send(1, [0x61], isFinal: false)
        for _ in 0..<3 { client.send(0, [0x62], isFinal: false) }
        client.send(0, [0x63])
        simulation.settle()
        #expect(client.takeTexts() == ["abbbc"])
        client.send(1, [], isFinal: false)
        for _ in 0..<5 { client.send(0, [], isFinal: false) }
        simulation.settle()
        #expect(client.closeCode == 1008)
        #expect(simulation.handler.causes == [1: .violation(.tooManyFragments)])
    }

    /// Behind `max-message = 1M`: what a large message is cut into is the sender's business.
    @Test(arguments: [2, 147, 16_384])
    func `The message limit bounds frames that carry something`(count: Int) throws {
        var simulation = try Simulation(
            Recorder(), limits: Self.limits { $0.messageByteCount = 1 << 20 })
        let client = simulation.open()
        let text = String(repeating: "x", count: 1 << 20)
        let (payload, size) = (Array(text.utf8), (1 << 20) / count)
        for index in 0..<count {
            let isLast = index == count - 1
            client.send(
                index == 0 ? 1 : 0,
                Array(payload[(index * size)..<(isLast ? payload.count : (index + 1) * size)]),
                isFinal: isLast)
            if index % 64 == 0 { simulation.settle() }
        }
        simulation.settle()
        #expect(client.takeTexts() == [text])
        #expect(simulation.handler.causes.isEmpty)
    }

    @Test func `An unfinished head ends at the deadline, however slowly it comes`() throws {
        var simulation = try Simulation(Recorder())
        let (silent, slow) = (simulation.network.connect(), simulation.network.connect())
        for byte in "GET / HT".utf8 {
            simulation.network.send([byte], on: slow)
            simulation.run(for: .seconds(1))
        }
        #expect(!simulation.network.sockets[silent]!.isClosed)
        simulation.run(for: .seconds(3))
        #expect(simulation.network.sockets[silent]!.isClosed)
        let answer = String(decoding: simulation.network.receive(on: slow), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 408 "))
        simulation.run(for: .seconds(6))
        #expect(simulation.network.sockets[slow]!.isClosed)
        #expect(simulation.core.io.statistics.refusals(.handshakeTimeout) == 2)
        #expect(simulation.network.openDescriptors.isEmpty)
    }

    @Test func `A connection over the limit is refused in its own protocol`() throws {
        var simulation = try Simulation(
            Recorder(), limits: Self.limits { $0.connectionCount = 2 })
        let clients = [simulation.open(), simulation.open(), simulation.open()]
        for client in clients { client.read() }
        #expect(clients[2].head?.hasPrefix("HTTP/1.1 101") == true)
        #expect(clients.map(\.closeCode) == [nil, nil, 1013])
        #expect(simulation.core.io.statistics.refusals(.tooManyConnections) == 1)
        // The handler gets no callback for it.
        #expect(simulation.handler.events == ["open #1", "open #2"])
        clients[2].send(8, [0x03, 0xF5])
        simulation.settle()
        #expect(simulation.network.sockets[clients[2].socket]!.isClosed)
        // A place that becomes free can be taken.
        clients[0].send(8, [0x03, 0xE8])
        simulation.settle()
        let next = simulation.open()
        #expect(next.closeCode == nil)
        #expect(simulation.core.io.connectionCount == 2)
    }

    @Test(.plainAlone("there is no handshake without a place"))
    func `Connections far over the limit are refused in HTTP`() throws {
        var simulation = try Simulation(
            Recorder(), limits: Self.limits { $0.connectionCount = 1 })
        let sockets = (0..<40).map { _ in simulation.network.connect() }
        simulation.settle()
        let answer = String(
            decoding: simulation.network.receive(on: sockets[39]), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 503 "))
        #expect(answer.contains("Retry-After: 10"))
        #expect(simulation.network.sockets[sockets[39]]!.isClosed)
    }

    @Test func `An address has a limit of connections, and a rate`() throws {
        let limits = Self.limits {
            $0.connectionsPerAddress = 3
            $0.connectionRatePerAddress = 2
        }
        var simulation = try Simulation(Recorder(), limits: limits)
        let here = NetworkAddress.ipv4(192, 0, 2, 1, port: 1)
        let there = NetworkAddress.ipv4(192, 0, 2, 2, port: 1)
        let first = (0..<4).map { _ in simulation.open(from: here) }
        #expect(first.map(\.closeCode) == [nil, nil, nil, 1013])
        #expect(simulation.open(from: there).closeCode == nil)
        #expect(simulation.open().closeCode == nil)
        #expect(simulation.core.io.statistics.refusals(.tooManyFromAddress) == 1)
        // One leaves; the next comes too fast, and a second later it does not.
        first[0].send(8, [0x03, 0xE8])
        simulation.settle()
        #expect(simulation.open(from: here).closeCode == 1013)
        #expect(simulation.core.io.statistics.refusals(.rateLimitedAddress) == 1)
        simulation.run(for: .seconds(1))
        #expect(simulation.open(from: here).closeCode == nil)
    }

    @Test func `An IPv6 network counts as one address`() throws {
        var simulation = try Simulation(
            Recorder(), limits: Self.limits { $0.connectionsPerAddress = 1 })
        let peers = (1...3).map { low in
            NetworkAddress(family: .ipv6, high: 0x2001_0DB8, low: UInt64(low), port: 1)
        }
        let clients = peers.map { simulation.open(from: $0) }
        #expect(clients.map(\.closeCode) == [nil, 1013, 1013])
    }

    @Test func `Without descriptors accepting pauses, and continues when one is free`() throws {
        var simulation = try Simulation(Recorder())
        simulation.network.descriptorsLeft = 2
        let clients = [simulation.open(), simulation.open()]
        let waiting = simulation.network.connect()
        simulation.settle()
        let turns = simulation.core.io.statistics.turnCount
        #expect(simulation.core.io.statistics.acceptPauseCount == 1)
        simulation.run(for: .seconds(1))
        // It tries again ten times a second, and does not spin.
        #expect(simulation.core.io.statistics.turnCount - turns < 60)
        clients[0].send(8, [0x03, 0xE8])
        simulation.settle()
        simulation.network.send(Array(SimulatedClient.handshake.utf8), on: waiting)
        simulation.settle()
        #expect(simulation.core.io.connectionCount == 2)
    }

    @Test(.plainAlone("records come on top of the limit"))
    func `Output caused by others is bounded, with 1008`() throws {
        var simulation = try Simulation(
            Scripted(), limits: Self.limits { $0.outboxByteCount = 10_000 })
        simulation.handler.padding = String(repeating: "p", count: 1000)
        let (slow, other) = (simulation.open(), simulation.open())
        simulation.network.sockets[slow.socket]!.window = 0
        for _ in 0..<9 { other.send("tell 0") }
        simulation.settle()
        #expect(simulation.handler.causes.isEmpty)
        for _ in 0..<9 { other.send("tell 0") }
        simulation.settle()
        simulation.network.sockets[slow.socket]!.window = .max
        simulation.settle()
        #expect(slow.closeCode == 1008)
        // It has read meanwhile, and so has its time for an answer once more.
        simulation.run(for: .seconds(11))
        #expect(simulation.handler.causes == [1: .slowConsumer(.policyViolation)])
    }

    @Test func `A publisher is not read while its topic is half full of unswept bytes`() throws {
        let limits = Self.limits {
            $0.topicLogByteCount = 4000
            $0.flushBudget = 1
        }
        var simulation = try Simulation(Scripted(), limits: limits)
        simulation.handler.padding = String(repeating: "p", count: 500)
        let members = (0..<5).map { _ in simulation.open() }
        for member in members { member.send("sub 0") }
        simulation.settle()
        let before = simulation.handler.number
        for _ in 0..<40 { members[0].send("pub 0") }
        simulation.turn()
        // Half of 4,000 bytes are four messages.
        #expect(simulation.handler.number - before < 8)
        simulation.settle()
        for member in members { #expect(member.takeTexts().count == 40) }
        #expect(simulation.handler.causes.isEmpty)
    }

    @Test func `A bystander is served between the slices of a sweep`() throws {
        var simulation = try Simulation(
            Scripted(), limits: Self.limits { $0.flushBudget = 10 })
        let members = (0..<100).map { _ in simulation.open() }
        for member in members { member.send("sub 0") }
        simulation.settle()
        for member in members { _ = member.takeTexts() }
        members[0].send("pub 0")
        simulation.turn()
        let sent = members.filter { !$0.takeTexts().isEmpty }.count
        #expect((1...20).contains(sent))
        members[99].send("tell 99")
        simulation.turn()
        #expect(members[99].takeTexts().contains { $0.hasPrefix("d:") })
        simulation.settle()
        #expect(members[98].takeTexts().count == 1)
    }

    @Test func `A subscriber of a live map gets the newest message when it reads again`() throws {
        var simulation = try Simulation(LiveMap())
        let (slow, source) = (simulation.open(), simulation.open())
        simulation.network.sockets[slow.socket]!.window = 0
        for number in 0..<50 {
            source.send("\(number) \(String(repeating: "p", count: 100))")
            simulation.settle()
        }
        simulation.network.sockets[slow.socket]!.window = .max
        simulation.settle()
        let texts = slow.takeTexts()
        #expect(texts.last?.hasPrefix("49 ") == true)
        #expect(texts.count < 25)
        #expect(simulation.core.io.statistics.skipCount > 0)
        #expect(simulation.core.io.connectionCount == 2)
    }
}

/// All connections get each message, and only the newest counts.
struct LiveMap: WebSocketHandler {
    var map: Topic?

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        let map = map ?? io.makeTopic(policy: .skipToLatest, logByteLimit: 1000)
        self.map = map
        io.subscribe(id, to: map)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {
        if let map { io.publish(message, to: map) }
    }
}
