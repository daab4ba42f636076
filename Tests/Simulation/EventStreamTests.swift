// Event streams beside WebSockets: the same order, the same bounds, and an end in order.
import LinuxReactor
import Storage
import Testing
import WebSocketCore

@testable import SimulationKit
@testable import WebSocketServer

/// Readers ask for `/T`, the stream of topic T, or of none. A speaker says "pub T", "quiet T" (not
/// for streams), "tell N", "sub N T", "unsub N T" and "end N" of the N-th stream, or "drop T".
///
/// Each message is numbered, and recorded for each stream that should get it, in order.
///
/// In a hand-over the next process gets the handler itself.
struct Newsroom: HTTPHandler, OutputHandler, OperationsHandler, HandOverHandler {
    var topics: [Topic] = []
    var streams: [ConnectionID] = []
    var members: [Set<ConnectionID>] = [[], [], []]
    var number = 0
    /// For each stream its expected texts: "T:n" of topic T, or "d:n" direct.
    var expected: [ConnectionID: [String]] = [:]
    var causes: [ConnectionID: CloseCause] = [:]
    var padding = ""
    var drainCount = 0

    mutating func onStart(_ io: inout ServerContext) {
        for _ in members { topics.append(io.makeTopic()) }
    }

    mutating func onRequest(_ request: borrowing HTTPRequest, _ io: inout ServerContext) {
        guard io.beginEventStream(to: request.id) else { return }
        streams.append(request.id)
        expected[request.id] = []
        if let topic = Int(request.head.path.dropFirst()) { join(request.id, topic, &io) }
    }

    private mutating func join(_ id: ConnectionID, _ topic: Int, _ io: inout ServerContext) {
        io.subscribe(id, to: topics[topic])
        if io.isEventStream(id) { members[topic].insert(id) }
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {
        let words = message.text.split(separator: " ")
        let operand = Int(words[1])!
        number += 1
        let stream = streams.isEmpty ? id : streams[operand % streams.count]
        switch words[0] {
        case "pub":
            let (text, eventID) = ("\(operand):\(number)\(padding)", Array("\(number)-x".utf8))
            io.publish(text: Array(text.utf8).span, to: topics[operand], eventID: eventID.span)
            for member in members[operand] { expected[member]!.append(text) }
        case "quiet":
            io.publishToWebSockets(text: message.bytes, to: topics[operand])
            io.publish(binary: message.bytes, to: topics[operand])
        case "tell":
            let text = "d:\(number)\(padding)"
            io.sendEvent(text: Array(text.utf8).span, event: "direct", to: stream)
            if io.isEventStream(stream) { expected[stream]!.append(text) }
        case "sub": join(stream, Int(words[2])!, &io)
        case "unsub":
            io.unsubscribe(stream, from: topics[Int(words[2])!])
            members[Int(words[2])!].remove(stream)
        case "end": io.endEventStream(stream)
        case "stop": io.stop(grace: .zero)
        default: return
        }
    }

    mutating func onDrain(_ id: ConnectionID, _ io: inout ServerContext) { drainCount += 1 }

    mutating func onEventStreamEnd(
        _ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext
    ) {
        causes[id] = cause
        for topic in members.indices { members[topic].remove(id) }
    }

    func save(to writer: inout StateWriter, _ io: borrowing ServerContext) {}

    mutating func restore(from reader: inout StateReader, _ io: inout ServerContext) {}
}

@Suite(.overTLSToo) struct EventStreamTests {
    @Test(arguments: UInt64(1)...60)
    func `Every stream gets everything once, in the promised order`(seed: UInt64) throws {
        try run(seed: seed, handsOver: false)
    }

    @Test(arguments: UInt64(1)...30)
    func `No reader notices when another process takes over`(seed: UInt64) throws {
        try run(seed: seed, handsOver: true)
    }

    private func run(seed: UInt64, handsOver: Bool) throws {
        var random = SeededGenerator(seed: seed &* 6007)
        var limits = Limits()
        limits.flushBudget = Int.random(in: 1...8, using: &random)
        limits.workPerTurn = Int.random(in: 1...20_000, using: &random)
        var simulation = try Simulation(Newsroom(), seed: seed, limits: limits)
        simulation.handler.padding = String(
            repeating: ".", count: [0, 5, 200].randomElement(using: &random)!)
        let speaker = simulation.open()
        var readers: [SimulatedReader] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            readers.append(simulation.openStream("/\(Int.random(in: 0..<3, using: &random))"))
        }
        let listener = simulation.open()
        simulation.network.sendSizes = 1...Int.random(in: 1...600, using: &random)
        let verbs = ["sub", "unsub", "pub", "pub", "pub", "pub", "tell", "quiet"]
        for number in 0..<300 {
            let operand = Int.random(in: 0..<3, using: &random)
            let verb = verbs.randomElement(using: &random)!
            let stream = Int.random(in: 0..<6, using: &random)
            let isAboutStream = ["sub", "unsub", "tell"].contains(verb)
            speaker.send("\(verb) \(isAboutStream ? stream : operand) \(operand)")
            readers.randomElement(using: &random)!.window = Int.random(in: 0...400, using: &random)
            if Bool.random(using: &random) {
                simulation.turn()
                simulation.core.checkInvariants("seed \(seed), step \(number)")
            }
            if handsOver, Int.random(in: 0..<20, using: &random) == 0 {
                try simulation.handOverToAnyVersion(&random)
            }
        }
        for reader in readers { reader.window = .max }
        simulation.settle()
        #expect(simulation.handler.causes.isEmpty && listener.takeTexts().isEmpty)
        for (reader, id) in zip(readers, simulation.handler.streams) {
            let events = reader.takeEvents()
            let (got, expected) = (events.map(\.data), simulation.handler.expected[id]!)
            #expect(got.sorted() == expected.sorted())
            for topic in ["0", "1", "2"] {
                let relevant = { (texts: [String]) in
                    texts.filter { $0.hasPrefix(topic) || $0.hasPrefix("d") }
                }
                #expect(relevant(got) == relevant(expected), "topic \(topic)")
            }
            for event in events where event.name == "message" {
                let number = event.data.dropFirst(2).prefix { $0.isNumber }
                #expect(event.id == "\(number)-x")
            }
        }
    }

    @Test func `A broadcast is written once for all streams, in one chunk`() throws {
        var simulation = try Simulation(Newsroom())
        let (first, second) = (simulation.openStream("/0"), simulation.openStream("/0"))
        let speaker = simulation.open()
        speaker.send("pub 0")
        simulation.settle()
        #expect(first.read.head?.hasPrefix("HTTP/1.1 200 OK\r\n") == true)
        #expect(first.read.head?.contains("Content-Type: text/event-stream\r\n") == true)
        #expect(first.read.head?.contains("Cache-Control: no-store\r\n") == true)
        #expect(first.read.chunkByteCounts.count == 1)
        #expect(first.takeEvents() == [.init(data: "0:1", id: "1-x")])
        #expect(second.takeEvents() == [.init(data: "0:1", id: "1-x")])
        #expect(simulation.core.io.topics.variants.count == 1)
        #expect(simulation.core.io.gauges().eventStreamCount == 2)
        #expect(simulation.core.io.connectionCount == 1)
    }

    // MARK: Alive

    @Test func `A comment comes every 15 s, whatever else comes`() throws {
        var simulation = try Simulation(Newsroom())
        let (reader, speaker) = (simulation.openStream("/0"), simulation.open())
        for second in 1...61 {
            speaker.send("pub 0")
            simulation.run(for: .seconds(1))
            #expect(reader.read.commentCount == second / 15 || second % 15 == 0)
        }
        #expect(reader.takeTexts().count == 61 && reader.read.commentCount == 4)
        #expect(simulation.handler.causes.isEmpty)
    }

    @Test(arguments: [Duration.seconds(3), .seconds(40)])
    func `The interval is a limit, and peers whose TCP answers nothing are found by it`(
        interval: Duration
    ) throws {
        var limits = Limits()
        limits.eventStreamInterval = interval
        var simulation = try Simulation(Newsroom(), limits: limits)
        let (dead, alive) = (simulation.openStream("/0"), simulation.openStream("/0"))
        // Its kernel takes what it is sent, and nobody acknowledges it.
        simulation.network.sockets[dead.socket]!.keepsOutput = true
        simulation.run(for: interval + interval + .milliseconds(500))
        #expect(dead.wasReset && !alive.isClosed)
        #expect(Array(simulation.handler.causes.values) == [.pingTimeout])
        #expect(simulation.handler.causes[simulation.handler.streams[0]] != nil)
        simulation.run(for: .seconds(200))
        #expect(!alive.isClosed)
    }

    @Test func `A proxy's local socket is alive while it is there`() throws {
        var simulation = try Simulation(Newsroom())
        simulation.network.isTCP = false
        let reader = simulation.openStream("/0")
        simulation.run(for: .seconds(100))
        #expect(reader.read.commentCount == 6 && simulation.handler.causes.isEmpty)
    }

    @Test(arguments: [false, true])
    func `The reader's end ends the stream at once`(isReset: Bool) throws {
        var simulation = try Simulation(Newsroom())
        let reader = simulation.openStream("/0")
        if isReset {
            simulation.network.sockets[reader.socket]!.isReset = true
        } else {
            simulation.network.sockets[reader.socket]!.clientHasEnded = true
        }
        simulation.settle()
        #expect(reader.isClosed && simulation.core.io.eventStreamCount == 0)
        let cause: CloseCause = isReset ? .connectionLost(104) : .endOfStream
        #expect(Array(simulation.handler.causes.values) == [cause])
        #expect(simulation.network.openDescriptors.isEmpty)
    }

    // MARK: Requests

    private func answer(_ request: String) throws -> (text: String, streamCount: Int) {
        var simulation = try Simulation(Newsroom())
        let socket = simulation.network.connect()
        simulation.network.send(Array("\(request)\r\nHost: a\r\n\r\n".utf8), on: socket)
        simulation.settle()
        let text = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        return (text, simulation.handler.streams.count)
    }

    @Test func `HEAD gets the head, HTTP 1.0 a sentence`() throws {
        let head = try answer("HEAD /0 HTTP/1.1")
        #expect(head.text.hasPrefix("HTTP/1.1 200 ") && head.text.hasSuffix("\r\n\r\n"))
        #expect(head.text.contains("text/event-stream") && head.streamCount == 0)
        let old = try answer("GET /0 HTTP/1.0")
        #expect(old.text.hasPrefix("HTTP/1.1 505 ") && old.text.contains("HTTP/1.1. Behind"))
        #expect(old.streamCount == 0)
    }

    @Test func `What follows the request of a stream is not read`() throws {
        var simulation = try Simulation(Newsroom())
        let socket = simulation.network.connect()
        let request = Array("GET /0 HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        simulation.network.send(request + request, on: socket)
        simulation.settle()
        simulation.network.send(request, on: socket)
        simulation.run(for: .seconds(20))
        #expect(simulation.handler.streams.count == 1 && simulation.handler.causes.isEmpty)
        let reader = SimulatedReader(network: simulation.network, socket: socket)
        #expect(reader.read.head?.contains("Connection: close") == true)
        #expect(reader.read.commentCount == 1)
    }
}
