// Peers on slow lines: alive while their TCP acknowledges enough, fresh where only the newest
// counts, and bounded if they only pretend to read.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit

@Suite(.overTLSToo) struct SlowReaderTests {
    /// Delivers at most `bytesPerSecond` bytes each second from what the server's kernel has kept.
    private func run<Handler>(
        _ simulation: inout Simulation<Handler>, for seconds: Int, _ client: SimulatedClient,
        bytesPerSecond: Int
    ) {
        for _ in 0..<seconds {
            simulation.network.sockets[client.socket]!.deliver(bytesPerSecond)
            simulation.run(for: .seconds(1))
        }
    }

    /// The socket takes everything at once, so that it is never full.
    @Test(arguments: [(300, true), (256, true), (200, false), (0, false)])
    func `While its TCP acknowledges enough, a peer is alive without a Pong`(
        bytesPerSecond: Int, isAlive: Bool
    ) throws {
        var simulation = try Simulation(Scripted())
        simulation.handler.padding = String(repeating: "p", count: 10_000)
        let (slow, speaker) = (simulation.open(), simulation.open())
        slow.send("sub 0")
        simulation.settle()
        simulation.network.sockets[slow.socket]!.keepsOutput = true
        for _ in 0..<5 { speaker.send("pub 0") }
        for _ in 0..<10 {
            run(&simulation, for: 10, slow, bytesPerSecond: bytesPerSecond)
            speaker.send(10, [])
        }
        #expect(simulation.handler.causes == (isAlive ? [:] : [1: .pingTimeout]))
        // Once it has stopped, it is gone after the time for a Pong.
        run(&simulation, for: 21, slow, bytesPerSecond: 0)
        #expect(simulation.handler.causes == [1: .pingTimeout])
    }

    @Test func `A drip of a byte a minute is no reading`() throws {
        var simulation = try Simulation(Scripted())
        simulation.handler.padding = String(repeating: "p", count: 10_000)
        let (slow, speaker) = (simulation.open(), simulation.open())
        slow.send("sub 0")
        simulation.settle()
        slow.read()
        // The socket is full, and takes one more byte a minute.
        simulation.network.sockets[slow.socket]!.window = 100
        for _ in 0..<5 { speaker.send("pub 0") }
        simulation.settle()
        for _ in 0..<36 {
            simulation.network.sockets[slow.socket]!.window = 1
            simulation.run(for: .seconds(1))
            speaker.send(10, [])
        }
        #expect(simulation.handler.causes == [1: .pingTimeout])
    }

    /// The kernel says of a local socket only that it has taken something.
    @Test func `A proxy's local socket that goes on taking output is alive`() throws {
        var simulation = try Simulation(Scripted())
        simulation.network.isTCP = false
        simulation.handler.padding = String(repeating: "p", count: 10_000)
        let (slow, speaker) = (simulation.open(), simulation.open())
        slow.send("sub 0")
        simulation.settle()
        slow.read()
        simulation.network.sockets[slow.socket]!.window = 0
        for _ in 0..<10 { speaker.send("pub 0") }
        for _ in 0..<10 {
            simulation.network.sockets[slow.socket]!.window = 5000
            simulation.run(for: .seconds(9))
            speaker.send(10, [])
        }
        #expect(simulation.handler.causes == [:])
        for _ in 0..<4 {
            simulation.network.sockets[slow.socket]!.window = 0
            simulation.run(for: .seconds(9))
            speaker.send(10, [])
        }
        #expect(simulation.handler.causes == [1: .pingTimeout])
    }

    @Test(arguments: [(400, true), (100, false)])
    func `A peer gets its Close as long as it reads what comes before`(
        bytesPerSecond: Int, isAlive: Bool
    ) throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.open()
        simulation.network.sockets[client.socket]!.keepsOutput = true
        client.send(String(repeating: "x", count: 8000))
        client.send("close me")
        simulation.settle()
        run(&simulation, for: 6, client, bytesPerSecond: bytesPerSecond)
        #expect(simulation.network.sockets[client.socket]!.isClosed == !isAlive)
        run(&simulation, for: 16, client, bytesPerSecond: bytesPerSecond)
        #expect((client.closeCode == 1000) == isAlive)
        #expect(simulation.network.sockets[client.socket]!.wasReset == !isAlive)
        guard isAlive else { return }
        client.send(8, [0x03, 0xE8])
        simulation.settle()
        #expect(simulation.network.sockets[client.socket]!.isClosed)
        #expect(!simulation.network.sockets[client.socket]!.wasReset)
    }

    @Test(arguments: [(400, true), (100, false)])
    func `The last answer over HTTP is not cut off while it is being read`(
        bytesPerSecond: Int, isAlive: Bool
    ) throws {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        simulation.network.sockets[socket]!.keepsOutput = true
        let client = SimulatedClient(network: simulation.network, socket: socket)
        let request = "GET /8000 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
        simulation.network.send(Array(request.utf8), on: socket)
        simulation.settle()
        run(&simulation, for: 24, client, bytesPerSecond: bytesPerSecond)
        let body = simulation.network.receive(on: socket)
        #expect((body.count > 8000) == isAlive)
        #expect(simulation.network.sockets[socket]!.wasReset == !isAlive)
    }

    /// Nothing is kept for a reader that is too slow for what others send it, but it may read what
    /// it has got, and the Close.
    @Test(.plainAlone("records come on top of the limit"))
    func `A slow consumer is closed, and not reset while it reads`() throws {
        var limits = Limits()
        limits.outboxByteCount = 10_000
        var simulation = try Simulation(Scripted(), limits: limits)
        simulation.handler.padding = String(repeating: "p", count: 1000)
        let (slow, speaker) = (simulation.open(), simulation.open())
        slow.read()
        simulation.network.sockets[slow.socket]!.keepsOutput = true
        simulation.network.sockets[slow.socket]!.window = 5000
        for _ in 0..<20 { speaker.send("tell 0") }
        simulation.settle()
        for _ in 0..<70 {
            simulation.network.sockets[slow.socket]!.deliver(300)
            simulation.network.sockets[slow.socket]!.window += 300
            simulation.run(for: .seconds(1))
        }
        #expect(slow.closeCode == 1008)
        #expect(!simulation.network.sockets[slow.socket]!.wasReset)
    }

    // MARK: Only the newest counts

    @Test(
        .plainAlone("a record is not skipped"),
        arguments: [nil, 1_000_000, 10_000, 100] as [Int?])
    func `A subscriber that skips gets no more at once than its line carries in time`(
        bytesPerSecond: Int?
    ) throws {
        var simulation = try Simulation(Charts())
        let (slow, speaker) = (simulation.open(), simulation.open())
        simulation.settle()
        slow.read()
        simulation.network.sockets[slow.socket]!.window = 10
        simulation.network.sockets[slow.socket]!.bytesPerSecond = bytesPerSecond
        let text = String(repeating: "t", count: 500)
        for number in 0..<20 { speaker.send("0 \(number) \(text)") }
        simulation.settle()
        simulation.network.sockets[slow.socket]!.window = .max
        simulation.settle()
        let numbers = slow.takeTexts().map { $0.split(separator: " ")[1] }
        // 300 ms of 10,000 bytes a second are five of them.
        let isEnough = bytesPerSecond.map { $0 > 100_000 } ?? true
        #expect(numbers == (isEnough ? (0..<20).map { "\($0)" } : ["0", "19"]))
        #expect(simulation.core.io.statistics.skipCount == (isEnough ? 0 : 1))
    }

    @Test(.plainAlone("a record is not skipped"))
    func `All topics that skip share the line`() throws {
        var simulation = try Simulation(Charts())
        let (slow, speaker) = (simulation.open(), simulation.open())
        simulation.settle()
        slow.read()
        simulation.network.sockets[slow.socket]!.window = 10
        simulation.network.sockets[slow.socket]!.bytesPerSecond = 10_000
        let text = String(repeating: "t", count: 400)
        for number in 0..<4 { for chart in 0..<8 { speaker.send("\(chart) \(number) \(text)") } }
        simulation.settle()
        simulation.network.sockets[slow.socket]!.window = .max
        simulation.settle()
        var last: [Int: Int] = [:]
        var size = 0
        for text in slow.takeTexts() {
            let words = text.split(separator: " ")
            last[Int(words[0])!] = Int(words[1])
            size += text.utf8.count
        }
        #expect(last.count == 8 && last.values.allSatisfy { $0 == 3 })
        // The newest of each, and what was on its way.
        #expect(size <= 8 * 420 + 420)
    }

    @Test func `On a line that is always full, all topics have their turn`() throws {
        var simulation = try Simulation(Charts())
        let (slow, speaker) = (simulation.open(), simulation.open())
        simulation.settle()
        slow.read()
        simulation.network.sockets[slow.socket]!.window = 10
        simulation.network.sockets[slow.socket]!.bytesPerSecond = 5000
        let text = String(repeating: "t", count: 400)
        var seen: [Int: Int] = [:]
        for number in 0..<40 {
            for chart in 0..<8 { speaker.send("\(chart) \(number) \(text)") }
            simulation.settle()
            // Two of the eight fit.
            simulation.network.sockets[slow.socket]!.window = 820
            simulation.settle()
            for text in slow.takeTexts() {
                let words = text.split(separator: " ")
                seen[Int(words[0])!] = Int(words[1])
            }
        }
        #expect(seen.count == 8)
        #expect(seen.values.allSatisfy { $0 >= 32 }, "\(seen)")
    }

    /// A queue in the network fills while the socket is never full.
    @Test func `The line of each subscriber of a topic that skips is measured now and then`() throws
    {
        var simulation = try Simulation(Charts())
        let clients = (0..<20).map { _ in simulation.open() }
        for number in 0..<16 {
            clients[0].send("0 \(number)")
            simulation.settle()
        }
        let counts = clients.map { simulation.network.sockets[$0.socket]!.paceCount }
        #expect(counts.allSatisfy { (2...3).contains($0) }, "\(counts)")
    }

    // MARK: The kernel's share

    @Test func `The kernel keeps little unsent, on every connection to a network`() throws {
        var limits = Limits()
        limits.unsentByteCount = 5000
        var simulation = try Simulation(Recorder(), limits: limits)
        let client = simulation.open()
        #expect(simulation.network.sockets[client.socket]!.unsentLimit == 5000)
        let local = simulation.open(from: NetworkAddress(family: .local))
        #expect(simulation.network.sockets[local.socket]!.unsentLimit == nil)
        limits.unsentByteCount = 7000
        simulation.core.io.update(limits: limits, origin: .sameHost)
        simulation.settle()
        let next = simulation.open()
        #expect(simulation.network.sockets[next.socket]!.unsentLimit == 7000)
    }

    @Test func `The kernel keeps little unsent of an outgoing connection`() throws {
        var simulation = try Simulation(to: "ws://192.0.2.1/")
        simulation.settle()
        let limit = simulation.network.sockets[simulation.socket]!.unsentLimit
        #expect(limit == Limits().unsentByteCount)
    }
}

/// Eight topics of which only the newest message counts: a message goes to the topic that its
/// first word names.
private struct Charts: OperationsHandler {
    var charts: [Topic] = []

    mutating func onStart(_ io: inout ServerContext) {
        charts = (0..<8).map { _ in io.makeTopic(policy: .skipToLatest) }
    }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        for chart in charts { io.subscribe(id, to: chart) }
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {
        io.publish(message, to: charts[Int(message.text.prefix(1))!])
    }
}
