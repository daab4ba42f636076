// Topics at their edges: removed while subscribers are behind, full while a publisher leaves.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit

/// Does with two topics what commands say: "sub", "pub", "remove", "renew", all of the first one;
/// "live" subscribes to the second, where only the newest message counts, and "show" publishes to
/// it.
private struct Stage: WebSocketHandler {
    var topic: Topic?
    var live: Topic?
    var heardCount = 0
    var causes: [UInt64: CloseCause] = [:]
    var stale: [Topic] = []

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        topic = topic ?? io.makeTopic()
        live = live ?? io.makeTopic(policy: .skipToLatest, logByteLimit: 1000)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {
        heardCount += 1
        guard let topic, let live else { return }
        switch message.text.prefix(while: { $0 != " " }) {
        case "sub": io.subscribe(id, to: topic)
        case "unsub": io.unsubscribe(id, from: topic)
        case "pub": io.publish(message, to: topic)
        case "remove":
            io.removeTopic(topic)
            stale.append(topic)
        case "renew": self.topic = io.makeTopic()
        case "live": io.subscribe(id, to: live)
        case "show": io.publish(message, to: live)
        case "direct": io.send(message, to: ConnectionID(resourceID: 1, slot: 0))
        default: return
        }
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        causes[id.resourceID] = cause
    }
}

@Suite(.overTLSToo) struct TopicTests {
    private func simulation(
        _ change: (inout Limits) -> Void = { _ in }
    ) throws -> Simulation<Stage> {
        var limits = Limits()
        change(&limits)
        return try Simulation(Stage(), limits: limits)
    }

    @Test func `Subscribers of a removed topic get what was published before, and nothing after`()
        throws
    {
        var simulation = try simulation()
        let (slow, quick) = (simulation.open(), simulation.open())
        for client in [slow, quick] { client.send("sub") }
        simulation.settle()
        simulation.network.sockets[slow.socket]!.window = 0
        for number in 0..<5 { quick.send("pub \(number)") }
        quick.send("remove")
        quick.send("pub after")
        simulation.settle()
        #expect(simulation.core.takenCounts == counts(connections: 2, topics: 1))
        quick.send("renew")
        quick.send("sub")
        quick.send("pub new")
        simulation.settle()
        simulation.network.sockets[slow.socket]!.window = .max
        simulation.settle()
        let before = (0..<5).map { "pub \($0)" }
        #expect(slow.takeTexts() == before)
        #expect(quick.takeTexts() == before + ["pub new"])
        // The old topic identifier is invalid, though its slot is used again.
        let stale = simulation.handler.stale[0]
        #expect(simulation.core.io.subscriberCount(of: stale) == 0)
        simulation.core.io.publish("to nobody", to: stale)
        simulation.core.io.subscribe(ConnectionID(resourceID: 1, slot: 0), to: stale)
        simulation.core.io.removeTopic(stale)
        simulation.settle()
        #expect(quick.takeTexts() == [] && slow.takeTexts() == [])
    }

    /// How a topic that pauses a publisher may end before it is swept.
    enum End: CaseIterable { case sweepIndex, removed, membersLeave, membersAreLost }

    @Test(arguments: End.allCases)
    func `A paused publisher is read again, whatever happens to the topic`(
        end: End
    ) throws {
        var simulation = try simulation {
            $0.topicLogByteCount = 2000
            $0.flushBudget = 1
        }
        let members = (0..<6).map { _ in simulation.open() }
        let (publisher, other) = (simulation.open(), simulation.open())
        for member in members { member.send("sub") }
        simulation.settle()
        let padding = String(repeating: "p", count: 500)
        for _ in 0..<20 { publisher.send("pub \(padding)") }
        simulation.turn()
        #expect(simulation.handler.heardCount < 6 + 20)
        switch end {
        case .sweepIndex: break
        case .removed: other.send("remove")
        case .membersLeave: for member in members { member.send("unsub") }
        case .membersAreLost:
            for member in members { simulation.network.sockets[member.socket]!.isReset = true }
        }
        publisher.send("last words")
        simulation.settle()
        let more = end == .removed ? 1 : end == .membersLeave ? 6 : 0
        #expect(simulation.handler.heardCount == 6 + 20 + 1 + more)
        simulation.core.checkInvariants("\(end)")
    }

    @Test func `A publisher that leaves while paused does not affect others`() throws {
        var simulation = try simulation {
            $0.topicLogByteCount = 2000
            $0.flushBudget = 1
        }
        let members = (0..<6).map { _ in simulation.open() }
        for member in members { member.send("sub") }
        let publishers = [simulation.open(), simulation.open()]
        simulation.settle()
        let padding = String(repeating: "p", count: 500)
        for publisher in publishers {
            for _ in 0..<10 { publisher.send("pub \(padding)") }
        }
        simulation.turn()
        simulation.network.sockets[publishers[0].socket]!.isReset = true
        simulation.turn()
        // Another connection takes its slot before the topic is swept.
        let next = simulation.network.connect()
        simulation.network.send(Array(SimulatedClient.handshake.utf8), on: next)
        simulation.settle()
        #expect(simulation.handler.causes.keys.sorted() == [7])
        #expect(members.allSatisfy { $0.takeTexts().count == 20 })
        #expect(simulation.core.io.connectionCount == 8)
    }

    @Test func `A lost subscriber does not pin the log, though a second pass of its turn meets it`()
        throws
    {
        var simulation = try simulation { $0.flushBudget = 16 }
        let members = (0..<12).map { _ in simulation.open() }
        for member in members { member.send("live") }
        for member in members[2...] { member.send("sub") }
        simulation.settle()
        // One topic takes twelve sends of this turn's sixteen: the other's pass stops at its fifth
        // subscriber.
        members[0].send("show first")
        members[1].send("pub A")
        simulation.turn()
        // This subscriber is lost, and a message is published, before the pass goes on: it ends
        // after the lost subscriber, and the next pass begins while its slot still exists.
        simulation.network.sockets[members[6].socket]!.isReset = true
        members[1].send("pub B")
        simulation.turn()
        simulation.settle()
        for (index, member) in members.enumerated() where index > 1 && index != 6 {
            #expect(member.takeTexts().suffix(2) == ["pub A", "pub B"])
        }
        #expect(simulation.handler.causes.keys.sorted() == [7])
        #expect(simulation.core.io.connectionCount == 11)
    }

    @Test func `Publishing to a topic without subscribers keeps nothing`() throws {
        var simulation = try simulation()
        let client = simulation.open()
        client.send("pub nobody")
        client.send("sub")
        client.send("sub")
        client.send("pub once")
        client.send("unsub")
        client.send("unsub")
        client.send("pub nobody")
        simulation.settle()
        #expect(client.takeTexts() == ["pub once"])
        #expect(simulation.core.takenCounts == counts(connections: 1, topics: 2))
    }

    @Test func `A subscriber far behind a live map skips, and direct messages keep their order`()
        throws
    {
        var simulation = try simulation()
        let (slow, source) = (simulation.open(), simulation.open())
        slow.send("live")
        simulation.settle()
        simulation.network.sockets[slow.socket]!.window = 0
        for number in 0..<30 {
            source.send("show \(number) \(String(repeating: "p", count: 200))")
            if number == 10 || number == 20 { source.send("direct \(number)") }
            simulation.settle()
        }
        #expect(simulation.core.io.statistics.skipCount > 0)
        simulation.network.sockets[slow.socket]!.window = .max
        simulation.settle()
        let texts = slow.takeTexts()
        #expect(texts.filter { $0.hasPrefix("direct") } == ["direct 10", "direct 20"])
        let shown = texts.filter { $0.hasPrefix("show") }.map { $0.split(separator: " ")[1] }
        let numbers = shown.compactMap { Int($0) }
        #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
        #expect(numbers.last == 29)
        #expect(numbers.count < 10)
        // No message published after a direct message comes before it.
        for text in texts.prefix(while: { $0 != "direct 10" }) {
            #expect(Int(text.split(separator: " ")[1])! <= 10)
        }
        simulation.core.checkInvariants("the end")
    }

    @Test(.plainAlone("a record is not skipped"))
    func `A skip is counted when something is skipped, and not again`() throws {
        var simulation = try simulation()
        let (slow, source) = (simulation.open(), simulation.open())
        slow.send("live")
        simulation.settle()
        simulation.network.sockets[slow.socket]!.window = 0
        // Each message alone is larger than the log's limit.
        for number in 0..<5 {
            source.send("show \(number) \(String(repeating: "p", count: 2000))")
            simulation.settle()
        }
        // The first stays in the socket; each later message replaces the one before.
        #expect(simulation.core.io.statistics.skipCount == 4)
    }

    private func counts(connections: Int, topics: Int) -> TakenCounts {
        var counts = TakenCounts(topics: topics)
        counts.connections = connections
        if Simulations.areEncrypted { counts.encryptions = connections }
        return counts
    }
}
