// How event streams end: readers that are too slow, an end in order, another process.
import LinuxReactor
import Testing

@testable import SimulationKit
@testable import WebSocketServer

@Suite(.overTLSToo) struct EventStreamEndTests {
    private func stuffed(
        _ simulation: inout Simulation<Newsroom>, _ reader: SimulatedReader, window: Int
    ) {
        let speaker = simulation.open()
        simulation.handler.padding = String(repeating: "p", count: 1000)
        reader.window = window
        for _ in 0..<20 {
            speaker.send("pub 0")
            simulation.settle()
        }
    }

    @Test func `A reader that falls out of the log gets the end of its response, in order`() throws
    {
        var limits = Limits()
        limits.topicLogByteCount = 10_000
        var simulation = try Simulation(Newsroom(), limits: limits)
        let (slow, quick) = (simulation.openStream("/0"), simulation.openStream("/0"))
        stuffed(&simulation, slow, window: 1500)
        #expect(quick.takeTexts().count == 20 && !slow.isClosed)
        #expect(Array(simulation.handler.causes.values) == [.slowConsumer(.abnormal)])
        slow.window = .max
        simulation.settle()
        // Whole events, then the end; a browser comes back with the ID of the last one.
        let ids = slow.takeEvents().map(\.id)
        #expect(ids == ["1-x", "2-x"] && slow.read.hasEnded)
        simulation.network.sockets[slow.socket]!.clientHasEnded = true
        simulation.settle()
        #expect(slow.isClosed && !slow.wasReset)
    }

    @Test func `A reader that takes nothing more is reset`() throws {
        var limits = Limits()
        limits.topicLogByteCount = 10_000
        var simulation = try Simulation(Newsroom(), limits: limits)
        let slow = simulation.openStream("/0")
        stuffed(&simulation, slow, window: 0)
        #expect(!slow.isClosed)
        simulation.run(for: .seconds(11))
        #expect(slow.wasReset && simulation.network.sockets.count == 2)
    }

    @Test func `A full socket that takes nothing for half a minute ends the stream`() throws {
        var simulation = try Simulation(Newsroom())
        let slow = simulation.openStream("/0")
        stuffed(&simulation, slow, window: 0)
        for _ in 0..<60 where simulation.handler.causes.isEmpty {
            simulation.run(for: .seconds(1))
        }
        #expect(Array(simulation.handler.causes.values) == [.slowConsumer(.abnormal)])
        slow.window = .max
        simulation.settle()
        #expect(simulation.handler.drainCount == 0)
    }

    @Test func `The handler hears when a reader has taken everything`() throws {
        var simulation = try Simulation(Newsroom())
        let slow = simulation.openStream("/0")
        stuffed(&simulation, slow, window: 0)
        #expect(simulation.handler.drainCount == 0)
        slow.window = .max
        simulation.settle()
        #expect(simulation.handler.drainCount == 1 && slow.takeTexts().count == 20)
    }

    @Test(.plainAlone("records come on top of the limit"))
    func `Direct events that nobody takes are bounded`() throws {
        var limits = Limits()
        limits.outboxByteCount = 5000
        var simulation = try Simulation(Newsroom(), limits: limits)
        let (slow, speaker) = (simulation.openStream("/none"), simulation.open())
        simulation.handler.padding = String(repeating: "p", count: 1000)
        slow.window = 0
        for _ in 0..<10 { speaker.send("tell 0") }
        simulation.settle()
        #expect(Array(simulation.handler.causes.values) == [.slowConsumer(.abnormal)])
    }

    // MARK: Ends

    @Test(arguments: ["end 0", "stop 0"])
    func `An end in order brings everything before it, and the last chunk`(command: String) throws {
        var simulation = try Simulation(Newsroom())
        let (reader, speaker) = (simulation.openStream("/0"), simulation.open())
        reader.window = 100
        speaker.send("pub 0")
        speaker.send("tell 0")
        speaker.send("pub 0")
        speaker.send(command)
        simulation.settle()
        reader.window = .max
        simulation.settle()
        #expect(reader.takeTexts() == ["0:1", "d:2", "0:3"] && reader.read.hasEnded)
        let cause: CloseCause = command == "end 0" ? .serverClosed(.normal) : .stopping
        #expect(Array(simulation.handler.causes.values) == [cause])
        simulation.network.sockets[reader.socket]!.clientHasEnded = true
        simulation.settle()
        #expect(reader.isClosed && !reader.wasReset)
    }

    @Test func `Without the handler's state a stream is not handed over, and its topic goes on`()
        throws
    {
        var simulation = try Simulation(Bulletin())
        let (reader, listener) = (simulation.openStream("/"), simulation.open())
        reader.window = 10
        listener.send("one")
        simulation.settle()
        #expect(listener.takeTexts() == ["one"])
        try simulation.handOver()
        simulation.settle()
        #expect(reader.isClosed && !reader.read.hasEnded)
        #expect(simulation.core.io.eventStreamCount == 0)
        let next = simulation.openStream("/")
        listener.send("two")
        simulation.settle()
        #expect(next.takeTexts() == ["two"] && listener.takeTexts() == ["two"])
    }

    @Test func `A program that takes over ends such streams in order`() throws {
        var simulation = try Simulation(Bulletin())
        let (reader, listener) = (simulation.openStream("/"), simulation.open())
        listener.send("one")
        simulation.settle()
        simulation.core.endWhatCannotBeHandedOver()
        simulation.settle()
        #expect(reader.takeTexts() == ["one"] && reader.read.hasEnded)
    }
}

/// Publishes what comes to all streams and WebSockets. Its state is not handed over.
private struct Bulletin: HTTPHandler {
    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) {
        io.subscribe(id, to: io.topic(named: "all"))
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) { io.publish(message, to: io.topic(named: "all")) }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        guard io.beginEventStream(to: request.id) else { return }
        io.subscribe(request.id, to: io.topic(named: "all"))
    }
}
