// A peer of TLS ends its direction and still reads (RFC 8446 §6.1): what it has sent before is
// answered, as on a plain connection whose peer has shut its side down.
import LinuxReactor
import Storage
import Testing
import WebSocketCore

@testable import SimulationKit
@testable import WebSocketServer

@Suite struct EncryptedEndTests {
    /// For all tests: making a key takes time.
    private static let certificate = Result { try TLS.selfSigned(names: ["localhost"]) }
    private static let kinds: [TLS.RecordLayerKind] = [.own, .openssl]

    private func simulation(
        _ kind: TLS.RecordLayerKind, limits: Limits = Limits()
    ) throws -> Simulation<Answerer> {
        var options = TLS.Options()
        options.recordLayer = kind
        let tls = try TLS([Self.certificate.get()], options: options)
        return try Simulation(Answerer(), limits: limits, isEncrypted: false) { $0.tls = tls }
    }

    /// Lets both sides talk until neither has anything to say.
    private func talk(_ simulation: inout Simulation<Answerer>, _ peer: TLSPeer) {
        repeat { simulation.settle() } while peer.exchange()
    }

    private func connect(
        _ simulation: inout Simulation<Answerer>, isUpgraded: Bool = false
    ) throws -> TLSPeer {
        let peer = try TLSPeer(simulation.network, simulation.network.connect())
        talk(&simulation, peer)
        guard isUpgraded else { return peer }
        try peer.seal(Array(SimulatedClient.handshake.utf8))
        talk(&simulation, peer)
        #expect(peer.takeText().hasPrefix("HTTP/1.1 101 "))
        return peer
    }

    /// What the same bytes, with the end of the stream behind them, get on a plain connection.
    private func plainAnswer(_ bytes: [UInt8]) throws -> (answer: [UInt8], causes: [CloseCause]) {
        var simulation = try Simulation(Answerer(), isEncrypted: false)
        let isMessage = bytes[0] != UInt8(ascii: "G")
        let socket =
            isMessage ? simulation.open().socket : simulation.network.connect()
        if isMessage { _ = simulation.network.receive(on: socket) }
        simulation.network.send(bytes, on: socket)
        simulation.network.sockets[socket]!.clientHasEnded = true
        simulation.settle()
        #expect(simulation.network.sockets[socket]!.isClosed)
        return (simulation.network.receive(on: socket), simulation.handler.causes)
    }

    private static let request = Array("GET /x HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    private static let message = SimulatedClient.frame(1, Array("last words".utf8))

    @Test(arguments: kinds, [request, message, request + request, message + message])
    func `What came before the end is answered as on a plain connection`(
        kind: TLS.RecordLayerKind, bytes: [UInt8]
    ) throws {
        let plain = try plainAnswer(bytes)
        #expect(plain.answer.count > 10)
        // The end in the same piece as the bytes, and behind them.
        for isApart in [false, true] {
            var simulation = try simulation(kind)
            let peer = try connect(&simulation, isUpgraded: bytes[0] != UInt8(ascii: "G"))
            try peer.seal(bytes)
            if isApart { talk(&simulation, peer) }
            peer.close()
            talk(&simulation, peer)
            #expect(peer.takeBytes() == plain.answer)
            #expect(simulation.handler.causes == plain.causes)
            #expect(peer.end == .records(.closed))
            // The peer's socket need not end before ours.
            simulation.network.sockets[peer.socket]!.clientHasEnded = true
            simulation.settle()
            #expect(simulation.network.sockets[peer.socket]!.isClosed)
            #expect(!simulation.network.sockets[peer.socket]!.wasReset)
            #expect(simulation.handler.refusals == [])
            let taken = simulation.core.takenCounts
            #expect(taken.connections == 0 && taken.encryptions == 0 && taken.exchanges == 0)
        }
    }

    @Test(arguments: kinds)
    func `Request and end may be cut anywhere`(kind: TLS.RecordLayerKind) throws {
        var (cut, count) = (1, Int.max)
        while cut < count {
            var simulation = try simulation(kind)
            let peer = try connect(&simulation)
            try peer.seal(Array(Self.request.prefix(9)))
            try peer.seal(Array(Self.request.dropFirst(9)))
            peer.close()
            peer.exchange()
            let all = simulation.network.sockets[peer.socket]!.toServer
            simulation.network.sockets[peer.socket]!.toServer = Array(all.prefix(cut))
            simulation.settle()
            simulation.network.sockets[peer.socket]!.toServer += all.dropFirst(cut)
            talk(&simulation, peer)
            #expect(peer.takeText().hasSuffix("answer\n"), "cut at \(cut)")
            #expect(peer.end == .records(.closed), "cut at \(cut)")
            (cut, count) = (cut + 1, all.count)
        }
    }

    @Test(arguments: kinds)
    func `A request may come with the end of the handshake, and the end with it`(
        kind: TLS.RecordLayerKind
    ) throws {
        for request in [Self.request, []] {
            var simulation = try simulation(kind)
            let peer = try TLSPeer(simulation.network, simulation.network.connect())
            while !peer.isEstablished {
                simulation.settle()
                peer.exchange(keepsLast: true)
            }
            if !request.isEmpty { try peer.seal(request) }
            peer.close()
            talk(&simulation, peer)
            #expect(peer.takeText().hasSuffix(request.isEmpty ? "" : "answer\n"))
            #expect(peer.end == .records(.closed))
            #expect(simulation.handler.refusals == [])
            simulation.network.sockets[peer.socket]!.clientHasEnded = true
            simulation.settle()
            #expect(simulation.core.takenCounts == TakenCounts())
        }
    }

    @Test(arguments: kinds)
    func `Its own broadcast reaches a peer that has ended its direction`(
        kind: TLS.RecordLayerKind
    ) throws {
        var simulation = try simulation(kind)
        let peer = try connect(&simulation, isUpgraded: true)
        try peer.seal(SimulatedClient.frame(1, Array("to all".utf8)))
        peer.close()
        talk(&simulation, peer)
        #expect(peer.takeText().hasSuffix("to all"))
        #expect(simulation.handler.causes == [.endOfStream])
    }

    @Test(arguments: kinds)
    func `An answer that does not fit is sent to its end`(kind: TLS.RecordLayerKind) throws {
        var simulation = try simulation(kind)
        let peer = try connect(&simulation)
        simulation.network.sockets[peer.socket]!.window = 1_000
        try peer.seal(Array("GET /long HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
        peer.close()
        var answer: [UInt8] = []
        for _ in 0..<1_000 where peer.end == nil {
            talk(&simulation, peer)
            answer += peer.takeBytes()
            simulation.network.sockets[peer.socket]!.window += 10_000
        }
        #expect(String(decoding: answer, as: UTF8.self).hasSuffix(Answerer.long + "\n"))
        #expect(peer.end == .records(.closed))
    }

    @Test(arguments: kinds)
    func `A connection that is paused is read, and ends, when reading resumes`(
        kind: TLS.RecordLayerKind
    ) throws {
        var simulation = try simulation(kind)
        let peer = try connect(&simulation, isUpgraded: true)
        for text in ["pause", "later", "last"] {
            try peer.seal(SimulatedClient.frame(1, Array(text.utf8)))
        }
        peer.close()
        talk(&simulation, peer)
        #expect(simulation.handler.texts == ["pause"])
        #expect(simulation.handler.causes == [])
        let id = simulation.handler.last!
        simulation.perform { _, io in io.resumeReading(id) }
        talk(&simulation, peer)
        #expect(simulation.handler.texts == ["pause", "later", "last"])
        #expect(simulation.handler.causes == [.endOfStream])
        #expect(peer.end == .records(.closed))
    }

    @Test(arguments: kinds)
    func `What is answered later is not waited for, as on a plain connection`(
        kind: TLS.RecordLayerKind
    ) throws {
        for path in ["/later", "/events"] {
            var simulation = try simulation(kind)
            let peer = try connect(&simulation)
            try peer.seal(Array("GET \(path) HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            peer.close()
            talk(&simulation, peer)
            #expect(peer.end == .records(.closed))
            #expect(simulation.core.takenCounts == TakenCounts())
        }
    }

    @Test func `An end that was not dealt with survives a hand-over`() throws {
        var simulation = try simulation(.own)
        let peer = try connect(&simulation, isUpgraded: true)
        try peer.seal(SimulatedClient.frame(1, Array("pause".utf8)))
        try peer.seal(Self.message)
        peer.close()
        talk(&simulation, peer)
        let id = simulation.handler.last!
        try simulation.handOver()
        simulation.perform { _, io in io.resumeReading(id) }
        talk(&simulation, peer)
        #expect(simulation.handler.texts == ["pause", "last words"])
        #expect(simulation.handler.causes == [.endOfStream])
        #expect(peer.end == .records(.closed))
    }

    /// Takes turns until the connection has ended; returns how many messages there were at most in
    /// one turn.
    private func most(_ simulation: inout Simulation<Answerer>) -> Int {
        var most = 0
        for _ in 0..<10_000 where simulation.handler.causes.isEmpty {
            let before = simulation.handler.texts.count
            simulation.turn()
            most = max(most, simulation.handler.texts.count - before)
        }
        #expect(simulation.handler.causes == [.endOfStream])
        return most
    }

    @Test(arguments: kinds)
    func `The end behind many messages changes nothing of their bounds`(
        kind: TLS.RecordLayerKind
    ) throws {
        let count = 20_000
        let one = SimulatedClient.frame(1, Array("0123456789".utf8))
        let messages = Array(repeatElement(one, count: count).joined())
        var plain = try Simulation(Answerer(), isEncrypted: false)
        let client = plain.open()
        plain.network.send(messages, on: client.socket)
        plain.network.sockets[client.socket]!.clientHasEnded = true
        let mostOfPlain = most(&plain)
        #expect(plain.handler.texts.count == count)
        #expect(mostOfPlain < count)
        var simulation = try simulation(kind)
        let peer = try connect(&simulation, isUpgraded: true)
        try peer.seal(messages)
        peer.close()
        peer.exchange()
        #expect(most(&simulation) <= mostOfPlain)
        #expect(simulation.handler.texts.count == count)
        peer.exchange()
        #expect(peer.takeBytes().count == count * 12 * 2)
    }
}

/// Answers what comes, and records it. It pauses at the text "pause", leaves the path `/later`
/// without an answer, and publishes every message to everybody who sends any.
private struct Answerer: HTTPHandler, OperationsHandler, HandOverHandler {
    static let long = String(repeating: "long ", count: 30_000)
    var texts: [String] = []
    var causes: [CloseCause] = []
    var refusals: [Refusal] = []
    var last: ConnectionID?
    var topic: Topic?

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        let topic = topic ?? io.makeTopic()
        self.topic = topic
        io.subscribe(id, to: topic)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        texts.append(message.text)
        last = id
        if message.text == "pause" { return io.pauseReading(id) }
        if let topic { io.publish(message, to: topic) }
        io.send(message, to: id)
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        causes.append(cause)
    }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        switch request.head.path {
        case "/later": return
        case "/long": io.respond(to: request.id, with: .text(.ok, Self.long))
        case "/events": _ = io.beginEventStream(to: request.id)
        default: io.respond(to: request.id, with: .text(.ok, "answer"))
        }
    }

    mutating func onRefusal(_ refused: RefusedConnection, _ io: inout ServerContext) {
        refusals.append(refused.refusal)
    }

    func save(to writer: inout StateWriter, _ io: borrowing ServerContext) {}
    mutating func restore(from reader: inout StateReader, _ io: inout ServerContext) {}
}
