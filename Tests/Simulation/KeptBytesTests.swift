// Bytes that were received and could not be decoded yet: they come first, however much comes after.
import LinuxReactor
import Testing
import WebSocketServer

@testable import SimulationKit

/// Answers each message with many bytes, and pauses and resumes reading by command.
struct Talkative: WebSocketHandler {
    var answer = String(repeating: "a", count: 200)
    var ids: [ConnectionID] = []
    var heard: [UInt64: Int] = [:]
    var causes: [UInt64: CloseCause] = [:]

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        ids.append(id)
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {
        heard[id.resourceID, default: 0] += 1
        switch message.text {
        case "pause": io.pauseReading(id)
        case "pause and resume":
            io.pauseReading(id)
            io.resumeReading(id)
        case "pause and close":
            io.pauseReading(id)
            io.close(id)
        case "resume all":
            for id in ids { io.resumeReading(id) }
        case "": io.send(answer, to: id)
        default: return
        }
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        causes[id.resourceID] = cause
    }
}

@Suite(.overTLSToo) struct KeptBytesTests {
    /// Every answer is larger than its question, so one receive is decoded over many turns, and
    /// each turn finds more to receive.
    @Test func `Many small questions with large answers are all answered`() throws {
        var simulation = try Simulation(Talkative())
        let client = simulation.open()
        let count = 40_000
        let question = SimulatedClient.frame(1, [])
        simulation.network.send(
            Array((0..<count).map { _ in question }.joined()), on: client.socket)
        simulation.settle()
        #expect(simulation.handler.heard[1] == count)
        #expect(
            simulation.network.receive(on: client.socket).count
                == 129 + count * (simulation.handler.answer.utf8.count + 4))
        #expect(simulation.handler.causes.isEmpty)
    }

    @Test func `Frames after the handshake of a connection over the limit are discarded`() throws {
        var limits = Limits()
        limits.connectionCount = 1
        var simulation = try Simulation(Talkative(), limits: limits)
        _ = simulation.open()
        let socket = simulation.network.connect()
        let frames = (0..<20).flatMap { _ in
            SimulatedClient.frame(1, [UInt8](repeating: 0x61, count: 100))
        }
        simulation.network.send(Array(SimulatedClient.handshake.utf8) + frames, on: socket)
        simulation.settle()
        simulation.network.send(frames + SimulatedClient.frame(8, [0x03, 0xF5]), on: socket)
        simulation.settle()
        let client = SimulatedClient(network: simulation.network, socket: socket)
        #expect(client.closeCode == 1013)
        #expect(simulation.network.sockets[socket]!.isClosed)
        #expect(simulation.handler.heard.isEmpty)
    }

    @Test func `A connection resumed by another while it is being reset keeps its order`() throws {
        var simulation = try Simulation(Talkative())
        let (other, paused) = (simulation.open(), simulation.open())
        let text = SimulatedClient.frame(1, Array("x".utf8))
        paused.send("pause")
        simulation.network.send(Array((0..<1000).map { _ in text }.joined()), on: paused.socket)
        simulation.settle()
        #expect(simulation.handler.heard[2] == 1)
        // In one turn: the resume, and its reset after more bytes that it sent.
        simulation.network.send(Array((0..<10).map { _ in text }.joined()), on: paused.socket)
        simulation.network.sockets[paused.socket]!.isReset = true
        other.send("resume all")
        simulation.settle()
        #expect(simulation.handler.heard[2] == 1011)
        #expect(simulation.handler.causes == [2: .connectionLost(104)])
    }

    @Test func `A pause that is resumed in the same call changes nothing`() throws {
        var simulation = try Simulation(Talkative())
        let client = simulation.open()
        for _ in 0..<50 {
            client.send("pause and resume")
            client.send("x")
        }
        simulation.settle()
        #expect(simulation.handler.heard[1] == 100)
    }

    @Test func `A paused connection that is closed finds the peer's Close after its kept bytes`()
        throws
    {
        var simulation = try Simulation(Talkative())
        let client = simulation.open()
        client.send("pause and close")
        for _ in 0..<500 { client.send("x") }
        client.send(8, [0x03, 0xE8])
        simulation.settle()
        #expect(client.closeCode == 1000)
        #expect(simulation.handler.heard[1] == 1)
        #expect(simulation.network.openDescriptors.isEmpty)
        #expect(simulation.handler.causes == [1: .serverClosed(.normal)])
    }

    @Test func `While paused no more than one buffer is received`() throws {
        var simulation = try Simulation(Talkative())
        let client = simulation.open()
        client.send("pause")
        let text = SimulatedClient.frame(2, [UInt8](repeating: 1, count: 1000))
        let count = 1000
        simulation.network.send(Array((0..<count).map { _ in text }.joined()), on: client.socket)
        simulation.settle()
        let unread = simulation.network.sockets[client.socket]!.toServer.count
        #expect(count * text.count - unread <= ReceiveBuffer.byteCount)
        simulation.core.io.resumeReading(ConnectionID(resourceID: 1, slot: 0))
        simulation.settle()
        #expect(simulation.handler.heard[1] == 1 + count)
    }
}
