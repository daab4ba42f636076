// The memory of a server: little for each connection, and nothing that was needed only for a time.
import LinuxReactor
import Testing
import WebSocketCore

@testable import SimulationKit
@testable import WebSocketServer

@Suite struct MemoryTests {
    /// A table may have a million slots, so a larger slot must be a deliberate change.
    @Test func `A connection's slot is as small as documented`() {
        #expect(MemoryLayout<Connection>.stride == 152)
        #expect(MemoryLayout<TopicState>.stride == 80)
        #expect(MemoryLayout<TopicVariant>.stride == 128)
        #expect(MemoryLayout<Subscriber>.stride == 16)
        #expect(MemoryLayout<Subscription>.stride <= 40)
    }

    /// What a connection's buffers have allocated.
    private func capacity<Handler>(
        of slot: Slot, _ simulation: borrowing Simulation<Handler>
    ) -> Int {
        simulation.core.io.connections.slots[slot].delivery.outbox.bytes.capacity
            + simulation.core.io.connections.slots[slot].pendingInput.capacity
            + simulation.core.io.connections.slots[slot].assembly.capacity
    }

    @Test func `An idle connection owns no buffer, whatever it did before`() throws {
        var limits = Limits()
        limits.messageByteCount = 2 << 20
        var simulation = try Simulation(Recorder(), limits: limits)
        let client = simulation.open()
        #expect(capacity(of: 0, simulation) == 0)
        let payload = [UInt8](repeating: 0x61, count: 1 << 20)
        client.send(2, payload)
        simulation.settle()
        #expect(capacity(of: 0, simulation) == 0)
        // In parts, to a reader that stalls.
        simulation.network.sockets[client.socket]!.window = 1000
        client.send(2, payload, isFinal: false)
        client.send(0, payload)
        simulation.settle()
        #expect(capacity(of: 0, simulation) > 1 << 20)
        simulation.network.sockets[client.socket]!.window = .max
        simulation.settle()
        #expect(capacity(of: 0, simulation) == 0)
        // Half a header, half a message: at most twice the bytes that have come.
        simulation.network.send(
            Array(SimulatedClient.frame(2, payload).prefix(50_000)), on: client.socket)
        simulation.settle()
        #expect(capacity(of: 0, simulation) >= 49_000)
        #expect(capacity(of: 0, simulation) <= 131_072)
        #expect(simulation.core.io.output.spare.capacity <= 512 * 1024)
    }

    @Test func `A connection keeps only the received part of a handshake or message`() throws {
        var simulation = try Simulation(Recorder())
        let socket = simulation.network.connect()
        simulation.network.send(Array("GET / HTTP/1.1\r\nHost: a".utf8), on: socket)
        simulation.settle()
        #expect(capacity(of: 0, simulation) < 1024)
    }

    /// Ten thousand requests may wait for a message of the chat, each with all cookies of its site.
    @Test func `A request that waits for its answer keeps no head`() throws {
        var simulation = try Simulation(Library())
        let socket = simulation.network.connect()
        let cookie = "Cookie: \(String(repeating: "c", count: 15_000))\r\n"
        simulation.network.send(
            Array("GET /later HTTP/1.1\r\nHost: a\r\n\(cookie)\r\n".utf8), on: socket)
        simulation.settle()
        #expect(simulation.handler.asked == ["/later"])
        #expect(capacity(of: 0, simulation) == 0)
        let exchange = simulation.core.io.connections.slots[0].exchange
        #expect(simulation.core.io.http.exchanges[exchange].head == nil)
        #expect(simulation.core.io.http.pendingRequest.head == nil)
    }

    /// The limit on a head is no size of a buffer: a head costs what has come of it, and nothing
    /// when it is over.
    @Test(arguments: [16 * 1024, 1024 * 1024])
    func `A head that trickles keeps at most twice its bytes`(limit: Int) throws {
        var limits = Limits()
        limits.headByteCount = limit
        var simulation = try Simulation(Recorder(), limits: limits)
        let socket = simulation.network.connect()
        simulation.network.send(Array("GET / HTTP/1.1\r\nCookie: ".utf8), on: socket)
        var sent = 24
        while sent + 700 < limit {
            simulation.network.send([UInt8](repeating: 0x63, count: 700), on: socket)
            sent += 700
            simulation.settle()
            #expect(capacity(of: 0, simulation) <= max(1024, 2 * sent))
            if sent > 40_000 { break }
        }
        let more = [UInt8](repeating: 0x63, count: limit - sent)
        simulation.network.send(more, on: socket)
        simulation.settle()
        #expect(capacity(of: 0, simulation) == 0)
        let answer = String(decoding: simulation.network.receive(on: socket), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 431 "))
    }

    @Test func `A topic that has been delivered owns no log`() throws {
        var simulation = try Simulation(Scripted())
        simulation.handler.padding = String(repeating: "p", count: 60_000)
        let (slow, quick) = (simulation.open(), simulation.open())
        for client in [slow, quick] { client.send("sub 0") }
        simulation.settle()
        simulation.network.sockets[slow.socket]!.window = 1000
        for _ in 0..<10 { quick.send("pub 0") }
        simulation.settle()
        #expect(simulation.core.io.topics.variants[0].log.capacity >= 600_000)
        simulation.network.sockets[slow.socket]!.window = .max
        simulation.settle()
        #expect(simulation.core.io.topics.variants[0].log.capacity == 0)
        #expect(simulation.core.io.topics.spareLog.capacity <= 256 * 1024)
    }

    /// Broadcasts that wait cost an offset each; a Close must not turn them into copies.
    @Test func `Ending a connection that is behind in many topics copies little`() throws {
        var limits = Limits()
        limits.topicLogByteCount = 100_000
        limits.outboxByteCount = 100_000
        var simulation = try Simulation(ManyTopics(count: 20), limits: limits)
        let (slow, quick) = (simulation.open(), simulation.open())
        simulation.network.sockets[slow.socket]!.window = 0
        for topic in 0..<20 {
            for _ in 0..<9 { quick.send("\(topic) \(String(repeating: "p", count: 10_000))") }
            simulation.settle()
        }
        #expect(simulation.core.io.connections.slots[0].delivery.outbox.bytes.count < 20_000)
        slow.send(8, [0x03, 0xE8])
        simulation.turn()
        #expect(simulation.core.io.connections.slots[0].delivery.outbox.bytes.count < 200_000)
        simulation.settle()
        #expect(simulation.handler.causes == [1: .peerClosed(.normal)])
        // It gets the Close when it reads again.
        simulation.network.sockets[slow.socket]!.window = .max
        simulation.settle()
        #expect(slow.closeCode == 1000)
        #expect(simulation.core.io.connectionCount == 1)
    }

    @Test func `Ordering output needs at most two gathering passes`() throws {
        var simulation = try Simulation(Scripted())
        let (slow, quick) = (simulation.open(), simulation.open())
        slow.send("sub 0")
        simulation.settle()
        _ = slow.takeTexts()
        simulation.network.sockets[slow.socket]!.window = 1000
        simulation.handler.padding = String(repeating: "p", count: 50_000)
        for _ in 0..<16 { quick.send("tell 0") }
        quick.send("pub 0")
        quick.send("tell 0")
        simulation.settle()
        for _ in 0..<300 {
            simulation.network.sockets[slow.socket]!.window = 3000
            simulation.settle()
        }
        simulation.network.sockets[slow.socket]!.window = .max
        simulation.settle()
        let expected = simulation.handler.expected[1]!
        #expect(expected.count == 18)
        #expect(slow.takeTexts() == expected)
        #expect(simulation.core.io.output.gathered.capacity <= 256 * 1024)
    }
}

/// All connections subscribe to every topic; a message "T text" goes to topic T.
private struct ManyTopics: WebSocketHandler {
    let count: Int
    var topics: [Topic] = []
    var causes: [UInt64: CloseCause] = [:]

    init(count: Int) { self.count = count }

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        while topics.count < count { topics.append(io.makeTopic()) }
        for topic in topics { io.subscribe(id, to: topic) }
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {
        let text = message.text
        guard let number = Int(text.prefix { $0 != " " }) else { return }
        io.publish(text, to: topics[number])
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        causes[id.resourceID] = cause
    }
}
