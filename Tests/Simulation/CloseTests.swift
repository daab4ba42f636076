// The closing handshake, both ways: messages sent before the Close arrive before it, whether or not
// the peer reads or has ended its half of the stream.
import LinuxReactor
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

/// Answers "close" with a message to the sender, one to the topic, another message, and a Close.
private struct Parting: WebSocketHandler {
    var topic: Topic?
    var causes: [UInt64: CloseCause] = [:]
    static let long = String(repeating: "words that are said at parting; ", count: 100)

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        let topic = topic ?? io.makeTopic()
        self.topic = topic
        io.subscribe(id, to: topic)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {
        guard let topic else { return }
        io.send("one", to: id)
        io.publish(Self.long, to: topic)
        io.send("three", to: id)
        switch message.text {
        case "close": io.close(id, code: CloseCode(rawValue: 4000), reason: "enough")
        case "throw": throw Disconnect(CloseCode(rawValue: 4000), "enough")
        default: return
        }
        io.send("never", to: id)
        io.publish("never", to: topic)
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        causes[id.resourceID] = cause
        io.send("never", to: id)
    }
}

@Suite(.overTLSToo) struct CloseTests {
    private static let expected = ["one", Parting.long, "three"]
    private static let fourThousand = CloseCode(rawValue: 4000)

    /// Everything that the client has received: texts, and a Close at the end.
    private func check(_ client: SimulatedClient, _ code: UInt16) {
        let frames = client.takeFrames()
        #expect(frames.map(\.opcode) == [1, 1, 1, 8])
        #expect(
            frames.dropLast().map { String(decoding: $0.payload, as: UTF8.self) } == Self.expected)
        let payload = frames.last?.payload ?? []
        #expect(payload.count >= 2 && UInt16(payload[0]) << 8 | UInt16(payload[1]) == code)
    }

    private func open(
        _ simulation: inout Simulation<Parting>, compressed: Bool
    ) -> SimulatedClient {
        let client = compressed ? simulation.openCompressed() : simulation.open()
        client.read()
        return client
    }

    @Test(arguments: ["close", "throw"], [false, true])
    func `Messages sent before our Close arrive before it, and nothing follows it`(
        way: String, compressed: Bool
    ) throws {
        var simulation = try Simulation(Parting())
        simulation.network.sendSizes = 1...40
        let client = open(&simulation, compressed: compressed)
        client.send(way)
        // After our Close a Ping is not answered, and a message is not delivered.
        client.send(9, [1])
        client.send("close")
        simulation.settle()
        check(client, 4000)
        #expect(simulation.handler.causes.isEmpty)
        client.send(8, [0x0F, 0xA0])
        simulation.settle()
        #expect(simulation.handler.causes == [1: .serverClosed(Self.fourThousand)])
        #expect(simulation.network.sockets[client.socket]!.isClosed)
        #expect(!simulation.network.sockets[client.socket]!.wasReset)
    }

    @Test(arguments: [false, true], [false, true])
    func `A peer that closes and ends its side gets its pending output, and our Close`(
        endsItsSide: Bool, compressed: Bool
    ) throws {
        var simulation = try Simulation(Parting())
        let client = open(&simulation, compressed: compressed)
        // It reads nothing before it has sent its Close.
        simulation.network.sockets[client.socket]!.window = 5
        client.send("say")
        client.send(8, [0x03, 0xE8])
        simulation.network.sockets[client.socket]!.clientHasEnded = endsItsSide
        simulation.settle()
        // For the handler it has ended, but bytes are still unsent.
        #expect(simulation.handler.causes == [1: .peerClosed(.normal)])
        #expect(!simulation.network.sockets[client.socket]!.isClosed)
        simulation.network.sendSizes = 1...40
        simulation.network.sockets[client.socket]!.window = .max
        simulation.settle()
        check(client, 1000)
        #expect(simulation.network.sockets[client.socket]!.isClosed)
        #expect(!simulation.network.sockets[client.socket]!.wasReset)
        #expect(simulation.network.openDescriptors.isEmpty)
    }

    @Test func `A peer that closes and does not read our answer is reset at the deadline`() throws {
        var simulation = try Simulation(Parting())
        let client = open(&simulation, compressed: false)
        simulation.network.sockets[client.socket]!.window = 5
        client.send("say")
        client.send(8, [0x03, 0xE8])
        simulation.settle()
        simulation.run(for: .seconds(4))
        #expect(!simulation.network.sockets[client.socket]!.isClosed)
        simulation.run(for: .seconds(2))
        #expect(simulation.network.sockets[client.socket]!.wasReset)
        #expect(simulation.handler.causes == [1: .peerClosed(.normal)])
    }

    @Test func `A peer that ends its side without a Close still gets its answers`() throws {
        var simulation = try Simulation(Parting())
        let client = open(&simulation, compressed: false)
        client.send("say")
        simulation.network.sockets[client.socket]!.clientHasEnded = true
        simulation.settle()
        let texts = client.takeTexts()
        #expect(texts.first == "one" && texts.contains("three"))
        #expect(simulation.handler.causes == [1: .endOfStream])
        #expect(simulation.network.openDescriptors.isEmpty)
    }

    @Test func `Both close at once, and both Closes count as the answer`() throws {
        var simulation = try Simulation(Parting())
        let client = open(&simulation, compressed: false)
        client.send("close")
        // It has not seen our Close yet.
        simulation.network.sockets[client.socket]!.window = 0
        simulation.settle()
        client.send(8, [0x0B, 0xB8])
        simulation.settle()
        simulation.network.sockets[client.socket]!.window = .max
        simulation.settle()
        check(client, 4000)
        #expect(simulation.handler.causes == [1: .serverClosed(Self.fourThousand)])
        #expect(simulation.network.sockets[client.socket]!.isClosed)
    }
}
