// TLS in the server: handshakes, their bounds, and the ways in which an encrypted connection ends.
import LibC
import LinuxReactor
import Storage
import Testing
import WebSocketCore
import WebSocketServer
import WebSocketTLS

@testable import SimulationKit

@Suite struct EncryptionTests {
    /// For all tests: making a key takes time.
    private static let certificate = Result { try TLS.selfSigned(names: ["localhost"]) }

    private static func tls(_ change: (inout TLS.Options) -> Void = { _ in }) throws -> TLS {
        var options = TLS.Options()
        change(&options)
        return try TLS([certificate.get()], options: options)
    }

    private func simulation(
        limits: Limits = Limits(), _ change: (inout TLS.Options) -> Void = { _ in }
    ) throws -> Simulation<EncryptedEcho> {
        let tls = try Self.tls(change)
        return try Simulation(EncryptedEcho(), limits: limits, isEncrypted: false) { $0.tls = tls }
    }

    /// Lets both sides talk until neither has anything to say.
    private func talk(_ simulation: inout Simulation<EncryptedEcho>, _ peers: TLSPeer...) {
        for _ in 0..<100 {
            simulation.settle()
            var isQuiet = true
            for peer in peers where peer.exchange() { isQuiet = false }
            if isQuiet { return }
        }
        Issue.record("they never end")
    }

    private func connect(
        _ simulation: inout Simulation<EncryptedEcho>, tls: ClientTLS? = nil,
        _ name: String = "localhost"
    ) throws -> TLSPeer {
        let socket = simulation.network.connect()
        let peer = try TLSPeer(simulation.network, socket, tls: tls, name: name)
        talk(&simulation, peer)
        return peer
    }

    private func open(_ simulation: inout Simulation<EncryptedEcho>) throws -> TLSPeer {
        let peer = try connect(&simulation)
        try peer.seal(Array(SimulatedClient.handshake.utf8))
        talk(&simulation, peer)
        #expect(peer.takeText().hasPrefix("HTTP/1.1 101 "))
        return peer
    }

    // MARK: Talking

    @Test(arguments: [TLS.RecordLayerKind.own, .openssl])
    func `Handshake, request, messages and the end`(kind: TLS.RecordLayerKind) throws {
        var simulation = try simulation { $0.recordLayer = kind }
        simulation.network.receiveSizes = 1...50
        simulation.network.sendSizes = 1...70
        let peer = try open(&simulation)
        let text = String(repeating: "t", count: 40_000)
        try peer.seal(SimulatedClient.frame(1, Array(text.utf8)))
        talk(&simulation, peer)
        #expect(simulation.handler.texts == [text])
        #expect(peer.takeText().hasSuffix(text))
        try peer.seal(SimulatedClient.frame(8, [0x03, 0xE8]))
        talk(&simulation, peer)
        #expect(simulation.handler.causes == [.peerClosed(.normal)])
        #expect(peer.end == .records(.closed))
        #expect(simulation.network.sockets[peer.socket]!.isClosed)
        #expect(!simulation.network.sockets[peer.socket]!.wasReset)
        #expect(simulation.core.takenCounts == TakenCounts())
    }

    @Test func `Several records go in one send, and a close_notify with the close frame`() throws {
        var simulation = try simulation()
        let peer = try open(&simulation)
        let text = String(repeating: "t", count: 60_000)
        var sendCount = simulation.network.sendCount
        try peer.seal(SimulatedClient.frame(1, Array(text.utf8)))
        talk(&simulation, peer)
        #expect(peer.takeText().hasSuffix(text))
        #expect(simulation.network.sendCount == sendCount + 1)
        sendCount = simulation.network.sendCount
        try peer.seal(SimulatedClient.frame(8, [0x03, 0xE8]))
        talk(&simulation, peer)
        #expect(peer.end == .records(.closed))
        #expect(simulation.network.sendCount == sendCount + 1)
    }

    @Test func `A certificate is exchanged under open connections`() throws {
        var simulation = try simulation()
        let old = try open(&simulation)
        let certificate = try TLS.selfSigned(names: ["localhost", "next.example"])
        let next = try TLS([certificate])
        simulation.perform { _, io in io.update(tls: next) }
        let namesOfNext = next.certificates[0].names
        #expect(namesOfNext.contains("next.example"))
        try old.seal(SimulatedClient.frame(1, Array("still here".utf8)))
        // Its name is checked: that of the first certificate would not do.
        let trusting = try ClientTLS(authorities: certificate.chain)
        let new = try connect(&simulation, tls: trusting, "next.example")
        #expect(new.isEstablished && new.end == nil)
        talk(&simulation, old, new)
        #expect(simulation.handler.texts == ["still here"])
    }

    // MARK: Ends

    @Test func `What came before the end of the TLS is delivered first`() throws {
        var simulation = try simulation()
        let peer = try open(&simulation)
        try peer.seal(SimulatedClient.frame(1, Array("last words".utf8)))
        peer.close()
        peer.exchange()
        simulation.settle()
        #expect(simulation.handler.texts == ["last words"])
        #expect(simulation.handler.causes == [.endOfStream])
        #expect(simulation.core.takenCounts == TakenCounts())
    }

    @Test func `A damaged record ends its connection with an alert, and no other`() throws {
        var simulation = try simulation()
        let (peer, other) = (try open(&simulation), try open(&simulation))
        try peer.seal(SimulatedClient.frame(1, Array("secret".utf8)))
        peer.exchange()
        let last = simulation.network.sockets[peer.socket]!.toServer.count - 1
        simulation.network.sockets[peer.socket]!.toServer[last] ^= 1
        talk(&simulation, peer, other)
        #expect(simulation.handler.causes == [.connectionLost(EPROTO)])
        #expect(peer.end == .records(.alert(20)))
        try other.seal(SimulatedClient.frame(1, Array("unharmed".utf8)))
        talk(&simulation, other)
        #expect(simulation.handler.texts == ["unharmed"])
    }

    @Test func `Answers that a peer never reads are bounded`() throws {
        var simulation = try simulation()
        let peer = try open(&simulation)
        simulation.network.sockets[peer.socket]!.window = 0
        for number in 0..<10_000 where simulation.handler.causes.isEmpty {
            try peer.askForKey()
            // Two records of data allow for one new key.
            for _ in 0..<2 { try peer.seal(SimulatedClient.frame(1, Array("\(number)".utf8))) }
            peer.exchange()
            simulation.settle()
        }
        #expect(simulation.handler.causes == [.connectionLost(ENOBUFS)])
        #expect(simulation.handler.texts.count > 100)
    }

    // MARK: Bad input

    @Test func `A client that does not speak TLS learns that`() throws {
        var simulation = try simulation()
        let socket = simulation.network.connect()
        simulation.network.send(Array("GET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8), on: socket)
        simulation.settle()
        let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.contains("use https:// or wss://"))
    }

    @Test(
        arguments: [
            [0x16, 3, 1, 0, 2, 1, 2], [0x80, 0x2E, 1, 3, 1], [0, 0, 0, 0, 0, 0, 0],
            [0x15, 3, 1, 0, 2, 2, 40],
        ] as [[UInt8]])
    func `Garbage ends in an alert or in silence, and is counted`(bytes: [UInt8]) throws {
        var simulation = try simulation()
        let socket = simulation.network.connect()
        simulation.network.send(bytes, on: socket)
        simulation.settle()
        simulation.network.sockets[socket]!.clientHasEnded = true
        simulation.run(for: .seconds(1))
        #expect(simulation.network.sockets[socket]!.isClosed)
        #expect(simulation.handler.refusals == [.tlsHandshake])
        #expect(simulation.core.takenCounts == TakenCounts())
    }

    @Test func `Half a ClientHello is not waited for longer than a request`() throws {
        var simulation = try simulation()
        let socket = simulation.network.connect()
        simulation.network.send([0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC], on: socket)
        simulation.run(for: Limits().handshakeDeadline + .seconds(1))
        #expect(simulation.network.sockets[socket]!.isClosed)
        #expect(simulation.handler.refusals == [.handshakeTimeout])
    }

    @Test func `Of too many handshakes the oldest is given up`() throws {
        var limits = Limits()
        limits.connectionsPerAddress = nil
        var simulation = try simulation(limits: limits)
        var sockets: [Int32] = []
        for _ in 0..<1_030 {
            sockets.append(simulation.network.connect())
            simulation.network.send([0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC], on: sockets.last!)
            simulation.settle()
        }
        let reset = sockets.filter { simulation.network.sockets[$0]!.wasReset }
        #expect(reset == Array(sockets.prefix(6)))
        #expect(simulation.handler.refusals == Array(repeating: .tooManyHandshakes, count: 6))
        // A bystander gets through.
        _ = try open(&simulation)
        #expect(simulation.core.io.gauges().memoryByteCount > 1_000 * 40_000)
    }

    @Test func `A crowd's handshakes take many turns, and others are served between`() throws {
        var simulation = try simulation()
        let bystander = try open(&simulation)
        let peers = try (0..<50).map { _ in
            try TLSPeer(simulation.network, simulation.network.connect())
        }
        var (turnCount, most) = (0, 0)
        while peers.contains(where: { !$0.isEstablished }), turnCount < 1_000 {
            for peer in peers { peer.exchange() }
            try bystander.seal(SimulatedClient.frame(1, [0x61]))
            bystander.exchange()
            simulation.turn()
            most = max(most, simulation.core.io.spentWork)
            turnCount += 1
            // An answer has come in this turn, or comes in the next.
            #expect(simulation.handler.texts.count >= turnCount / 2 - 1)
        }
        let isDone = peers.allSatisfy { $0.isEstablished }
        #expect(isDone)
        // A turn's events may cost a millisecond, and the last of them more than is left.
        #expect(most <= 2 * Limits().workPerTurn + 2 * Work.tlsHandshake)
        #expect(turnCount >= 100 * Work.tlsHandshake / (2 * Limits().workPerTurn))
    }

    // MARK: Hand-over

    @Test func `What libssl keeps is closed before a hand-over, and the rest goes on`() throws {
        var simulation = try simulation { $0.recordLayer = .openssl }
        let kept = try open(&simulation)
        simulation.perform { _, io in io.update(tls: try! Self.tls()) }
        let ours = try open(&simulation)
        simulation.core.closeWhatCannotBeHandedOver()
        try simulation.handOver()
        talk(&simulation, kept, ours)
        #expect(simulation.handler.causes == [.restarting])
        #expect(kept.takeText().contains("restarting"))
        try ours.seal(SimulatedClient.frame(1, Array("on".utf8)))
        talk(&simulation, ours)
        #expect(simulation.handler.texts == ["on"])
    }

    @Test func `The keys of tickets are in a hand-over, and are read from there`() throws {
        var simulation = try simulation()
        var handOver = simulation.save()
        var writer = StateWriter()
        TicketKeys.ofProcess.save(to: &writer)
        let keys = writer.finish()
        // Behind the head and the lengths of two records.
        #expect(handOver.state.firstRange(of: keys) == 20..<20 + keys.count)
        var state = Array(handOver.state)
        state[20] = 7
        let damaged = HandOver(state: state, descriptors: handOver.descriptors)
        #expect(throws: StateError.self) { try simulation.restore(damaged) }
        try simulation.restore(handOver)
        handOver = simulation.save()
        #expect(handOver.state.firstRange(of: keys) == 20..<20 + keys.count)
    }
}

/// Echoes, and records what happens.
struct EncryptedEcho: OperationsHandler, HandOverHandler {
    var texts: [String] = []
    var causes: [CloseCause] = []
    var refusals: [Refusal] = []

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        texts.append(message.text)
        io.send(message, to: id)
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        causes.append(cause)
    }

    mutating func onRefusal(_ refused: RefusedConnection, _ io: inout ServerContext) {
        refusals.append(refused.refusal)
    }

    func save(to writer: inout StateWriter, _ io: borrowing ServerContext) {}
    mutating func restore(from reader: inout StateReader, _ io: inout ServerContext) {}
}
