// A server and a client of this library against each other, on two simulated machines with a
// network between them that cuts, delays and loses by seed.
import LinuxReactor
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

/// Echoes what comes; "close" closes, "reset" resets.
private struct Echo: WebSocketHandler {
    var causes: [CloseCause] = []

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        switch message.text {
        case "close": io.close(id, code: .goingAway, reason: "As you wish.")
        case "reset": io.abort(id)
        default: io.send(message, to: id)
        }
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        causes.append(cause)
    }
}

/// Sends each connection's messages, some at a time, and ends each connection in its own way.
private struct Conversations: OperationsHandler {
    enum Ending: CaseIterable { case closes, isClosed, aborts, isReset }

    struct Conversation {
        let messages: [String]
        let ending: Ending
        let offer: DeflateOffer?
        var agreed: DeflateParameters?
        var id: ConnectionID?
        var sentCount = 0
        var heard: [String] = []
        var cause: CloseCause?
    }

    var all: [Conversation]

    private func index(of id: ConnectionID) -> Int { all.firstIndex { $0.id == id }! }

    mutating func onStart(_ io: inout ServerContext) {
        let url = WebSocketURL(host: "127.0.0.1", port: 8080)
        for index in all.indices {
            var request = ConnectRequest(url)
            request.compression = all[index].offer
            all[index].id = io.connect(request)
        }
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        all[index(of: id)].agreed = io.compression(of: id)
        goOn(index(of: id), &io)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        let index = index(of: id)
        all[index].heard.append(message.text)
        goOn(index, &io)
    }

    /// Three connect attempts are under way at a time.
    private mutating func goOn(_ index: Int, _ io: inout ServerContext) {
        let (id, messages) = (all[index].id!, all[index].messages)
        while all[index].sentCount < messages.count,
            all[index].sentCount - all[index].heard.count < 3
        {
            io.send(messages[all[index].sentCount], to: id)
            all[index].sentCount += 1
        }
        guard all[index].heard.count == messages.count else { return }
        switch all[index].ending {
        case .closes: io.close(id)
        case .isClosed: io.send("close", to: id)
        case .aborts: io.abort(id)
        case .isReset: io.send("reset", to: id)
        }
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        all[index(of: id)].cause = cause
    }
}

/// Carries bytes and endings between the machines.
private struct Cable {
    var generator: SeededGenerator
    private var ends: [(client: Int32, server: Int32)] = []

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    /// Returns true if anything moved.
    mutating func carry(_ client: SimulatedNetwork, _ server: SimulatedNetwork) -> Bool {
        var moved = false
        while ends.count < client.connects.count {
            ends.append((client.connects[ends.count].socket, server.connect()))
            moved = true
        }
        for (clientEnd, serverEnd) in ends {
            if carry(from: client, clientEnd, to: server, serverEnd) { moved = true }
            if carry(from: server, serverEnd, to: client, clientEnd) { moved = true }
        }
        return moved
    }

    private mutating func carry(
        from: SimulatedNetwork, _ source: Int32, to: SimulatedNetwork, _ target: Int32
    ) -> Bool {
        let waiting = from.sockets[source]!.toClient.count
        if from.sockets[source]!.wasReset {
            // Bytes in transit are lost.
            guard !to.sockets[target]!.isReset else { return false }
            to.sockets[target]!.isReset = true
            to.sockets[target]!.toServer = []
            return true
        }
        if waiting > 0 {
            let count = Int.random(in: 1...waiting, using: &generator)
            let bytes = from.sockets[source]!.toClient.prefix(count)
            if !to.sockets[target]!.isClosed { to.sockets[target]!.toServer += bytes }
            from.sockets[source]!.toClient.removeFirst(count)
            return true
        }
        let hasEnded = from.sockets[source]!.isClosed || from.sockets[source]!.serverHasEnded
        let peer = to.sockets[target]!.peer
        guard hasEnded, !peer.outputHasEnded, !peer.isOver else { return false }
        to.sockets[target]!.clientHasEnded = true
        return true
    }
}

@Suite struct TwoCoreTests {
    static let offers: [DeflateOffer?] = [
        nil, DeflateOffer(), DeflateOffer(clientWindow: .fixed),
        DeflateOffer(serverNoContextTakeover: true, clientNoContextTakeover: true),
        DeflateOffer(serverMaxWindowBits: 8, clientWindow: .atMost(8)),
        DeflateOffer(serverMaxWindowBits: 9, clientWindow: .atMost(10)),
    ]

    private func conversations(
        _ generator: inout SeededGenerator
    ) -> [Conversations.Conversation] {
        (0..<Int.random(in: 1...12, using: &generator)).map { number in
            let lengths = [0, 1, 13, 14, 125, 126, 300, 2_000]
            var messages = (0..<Int.random(in: 0...8, using: &generator)).map { index in
                text("\(number).\(index) ä ", lengths.randomElement(using: &generator)!)
            }
            // A message with the long form of the length, once.
            if number == 0 { messages.append(text("long", 70_000)) }
            return Conversations.Conversation(
                messages: messages,
                ending: Conversations.Ending.allCases.randomElement(using: &generator)!,
                offer: Self.offers.randomElement(using: &generator)!)
        }
    }

    private func text(_ piece: String, _ byteCount: Int) -> String {
        let bytes = String(repeating: piece, count: byteCount / piece.utf8.count + 1).utf8
        return String(
            String.UnicodeScalarView(
                String(decoding: bytes, as: UTF8.self).unicodeScalars.prefix(byteCount)))
    }

    @Test(arguments: 0..<30, [false, true])
    func `Both sides agree on the messages and on the end`(seed: UInt64, handsOver: Bool)
        throws
    {
        var generator = SeededGenerator(seed: seed)
        var limits = Limits()
        limits.messageByteCount = 1 << 20
        let all = conversations(&generator)
        let kept = [nil, 8, 10, 15].randomElement(using: &generator)!
        var server = try Simulation(Echo(), seed: seed, limits: limits) {
            $0.compression = seed % 5 == 0 ? nil : DeflatePolicy(keptClientWindowBits: kept)
        }
        var client = try Simulation(Conversations(all: all), seed: seed + 1_000, limits: limits)
        for network in [server.network, client.network] {
            network.receiveSizes = [1...90, 1...1_000, 1...Int.max].randomElement(
                using: &generator)!
            network.sendSizes = [1...300, 1...5_000, 1...Int.max].randomElement(using: &generator)!
        }
        var cable = Cable(seed: seed)
        client.settle()
        var steps = 0
        while true {
            let moved = cable.carry(client.network, server.network)
            server.settle()
            client.settle()
            if !moved { break }
            steps += 1
            // Only once all are open: connect attempts are not handed over.
            guard handsOver, steps > 20, steps % 7 == 0 else { continue }
            try client.handOver()
            try server.handOver()
        }

        for conversation in client.handler.all {
            #expect(conversation.heard == conversation.messages)
            let isCompressed = conversation.offer != nil && seed % 5 != 0
            #expect((conversation.agreed != nil) == isCompressed)
            let cause: CloseCause =
                switch conversation.ending {
                case .closes: .serverClosed(.normal)
                case .isClosed: .peerClosed(.goingAway)
                case .aborts: .serverClosed(.abnormal)
                case .isReset: .connectionLost(104)
                }
            #expect(conversation.cause == cause)
        }
        let expected = client.handler.all.map { conversation -> CloseCause in
            switch conversation.ending {
            case .closes: .peerClosed(.normal)
            case .isClosed: .serverClosed(.goingAway)
            case .aborts: .connectionLost(104)
            case .isReset: .serverClosed(.abnormal)
            }
        }
        #expect(server.handler.causes.map { "\($0)" }.sorted() == expected.map { "\($0)" }.sorted())
        // Neither side waits for a deadline of the other.
        #expect(server.core.takenCounts == TakenCounts())
        #expect(client.core.takenCounts == TakenCounts())
        client.core.checkInvariants("seed \(seed)")
        server.core.checkInvariants("seed \(seed)")
    }

    @Test func `A hand-over ends connect attempts`() throws {
        let request = try ConnectRequest("ws://127.0.0.1:8080")
        let slow = try ConnectRequest("ws://slow.invalid")
        var simulation = try Simulation(Connector(requests: [request, slow, request]))
        simulation.settle()
        simulation.answer()
        #expect(simulation.handler.agreements.count == 1)
        try simulation.handOver()
        simulation.settle()
        #expect(simulation.handler.causes == [.connectFailed(125), .connectFailed(125)])
        #expect(simulation.core.takenCounts.connections == 1)
        // The open connection goes on, as a client.
        simulation.network.send([0x81, 2] + "Ho".utf8, on: simulation.socket)
        simulation.perform { ids, io in io.send("masked", to: ids[2]) }
        #expect(simulation.handler.texts == ["Ho"])
        #expect(unmasked(simulation.sent()).map(\.payload) == [Array("masked".utf8)])
    }
}
