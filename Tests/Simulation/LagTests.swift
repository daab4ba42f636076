// A handler that hears of slow subscribers before their topic's policy strikes.
import Testing

@testable import SimulationKit
@testable import WebSocketServer

/// Publishes 1,000 bytes at each message, and less when somebody falls behind.
private struct Broadcaster: OutputHandler, OperationsHandler {
    let policy: SlowConsumerPolicy
    var topic: Topic?
    var reports: [(id: ConnectionID, lag: Lag)] = []
    /// What it does for a slow subscriber.
    var help: (@Sendable (ConnectionID, Topic, inout ServerContext) -> Void)?
    var causes: [CloseCause] = []

    mutating func onStart(_ io: inout ServerContext) {
        topic = io.makeTopic(policy: policy, logByteLimit: 10_000)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) {
        if message.text == "join" { return io.subscribe(id, to: topic!) }
        for _ in 0..<(Int(message.text) ?? 1) {
            io.publish(String(repeating: "p", count: 1000), to: topic!)
        }
    }

    mutating func onFallingBehind(
        _ id: ConnectionID, in topic: Topic, _ io: inout ServerContext
    ) {
        #expect(topic == self.topic)
        reports.append((id, io.lag(of: id)))
        help?(id, topic, &io)
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        causes.append(cause)
    }
}

/// A server with a subscriber whose socket is full, and a publisher.
private struct SlowRoom: ~Copyable {
    var simulation: Simulation<Broadcaster>
    let slow: SimulatedClient
    let publisher: SimulatedClient

    init(
        _ policy: SlowConsumerPolicy = .disconnect,
        help: (@Sendable (ConnectionID, Topic, inout ServerContext) -> Void)? = nil
    ) throws {
        var handler = Broadcaster(policy: policy)
        handler.help = help
        simulation = try Simulation(handler)
        slow = simulation.open()
        publisher = simulation.open()
        for client in [slow, publisher] {
            client.read()
            client.send("join")
        }
        simulation.settle()
        take(0)
    }

    /// The slow client's socket takes this much more.
    mutating func take(_ byteCount: Int) {
        simulation.network.sockets[slow.socket]!.window = byteCount
        simulation.settle()
    }

    mutating func publish(_ count: Int) {
        for _ in 0..<count {
            publisher.send("1")
            simulation.settle()
        }
    }

    var reportCount: Int { simulation.handler.reports.count }
    var causes: [CloseCause] { simulation.handler.causes }
    /// The lag of the slow client, which was the first.
    var lag: Lag { simulation.core.io.lag(of: simulation.core.io.openConnections[0]) }
}

@Suite struct LagTests {
    @Test(arguments: [SlowConsumerPolicy.disconnect, .skipToLatest])
    func `The handler hears once of a subscriber at half of the log, before the policy strikes`(
        policy: SlowConsumerPolicy
    ) throws {
        var room = try SlowRoom(policy)
        room.publish(4)
        #expect(room.lag == Lag(byteCount: 4016, share: 0.4016))
        #expect(room.reportCount == 0)
        room.publish(5)
        #expect(room.simulation.handler.reports.map(\.id.resourceID) == [1])
        #expect(room.simulation.handler.reports.first?.lag == Lag(byteCount: 5020, share: 0.502))
        #expect(room.causes == [])
        #expect(room.simulation.core.io.statistics.fallingBehindCount == 1)
        room.publish(1)
        #expect(room.slow.closeCode == nil)
        room.take(.max)
        let isClosed = policy == .disconnect
        #expect(room.slow.closeCode == (isClosed ? 1008 : nil))
        #expect(isClosed || room.slow.takeTexts().count == 1)
    }

    @Test func `It hears again after the subscriber has been at less than a quarter`() throws {
        var room = try SlowRoom()
        // It takes as much as is published, and stays between a quarter and the limit.
        room.publish(6)
        for _ in 0..<10 {
            room.take(3012)
            room.publish(3)
        }
        #expect(room.reportCount == 1)
        // At less than a quarter, without ever having caught up.
        room.take(5020)
        room.publish(1)
        #expect(room.reportCount == 1)
        room.publish(5)
        #expect(room.reportCount == 2)
        // It catches up.
        room.take(.max)
        #expect(room.lag == Lag(byteCount: 0, share: 0))
        room.take(0)
        room.publish(6)
        #expect(room.reportCount == 3)
        #expect(room.causes == [])
    }

    @Test func `A handler that takes the subscriber out of the topic in time keeps it`() throws {
        var room = try SlowRoom { id, topic, io in
            io.unsubscribe(id, from: topic)
            io.send("You are slow.", to: id)
        }
        room.publish(20)
        #expect(room.reportCount == 1)
        room.take(.max)
        let texts = room.slow.takeTexts()
        #expect(texts.count == 6 && texts.last == "You are slow.")
        #expect(room.causes == [])
        for variant in room.simulation.core.io.topics.variants.indices {
            #expect(room.simulation.core.io.topics.variants[variant].blocked.count == 0)
        }
    }

    @Test func `A burst beyond the log is not reported first, and nobody else is concerned`()
        throws
    {
        var room = try SlowRoom()
        room.publisher.send("12")
        room.simulation.settle()
        #expect(room.reportCount == 0)
        room.take(.max)
        #expect(room.slow.closeCode == 1008)
        #expect(room.publisher.takeTexts().count == 12)
    }

    @Test func `A subscriber that leaves while it is behind leaves nothing`() throws {
        var room = try SlowRoom()
        room.publish(6)
        room.simulation.network.sockets[room.slow.socket]!.isReset = true
        room.simulation.settle()
        room.publish(20)
        #expect(room.reportCount == 1)
        #expect(room.publisher.takeTexts().count == 26)
        #expect(room.causes.count == 1)
    }
}
