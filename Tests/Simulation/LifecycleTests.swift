// The contract of the handler, over a network that cuts bytes wherever it likes.
import LinuxReactor
import Testing
import WebSocketCore
import WebSocketServer

@testable import SimulationKit

/// Records every callback, and does what messages ask for.
struct Recorder: OutputHandler {
    var events: [String] = []
    var causes: [UInt64: CloseCause] = [:]
    var room: Topic?

    mutating func onOpen(_ id: ConnectionID, _ io: inout ServerContext) throws(Disconnect) {
        events.append("open \(id)")
    }

    mutating func onMessage(
        _ message: borrowing Message, from id: ConnectionID, _ io: inout ServerContext
    ) throws(Disconnect) {
        let text = message.isText ? message.text : "\(message.bytes.count) bytes"
        events.append("message \(id) \(text.prefix(20))")
        switch text {
        case "close me": io.close(id, code: .normal, reason: "as you wish")
        case "throw": throw Disconnect(.policyViolation, "not here")
        case "stop": io.stop(grace: .zero)
        case "pause": io.pauseReading(id)
        case "join":
            let room = room ?? io.makeTopic()
            self.room = room
            io.subscribe(id, to: room)
        default: io.send(message, to: id)
        }
    }

    mutating func onDrain(_ id: ConnectionID, _ io: inout ServerContext) {
        events.append("drain \(id)")
    }

    mutating func onError(
        _ id: ConnectionID, _ error: ConnectionError, _ io: inout ServerContext
    ) {
        events.append("error \(id)")
    }

    mutating func onClose(_ id: ConnectionID, _ cause: CloseCause, _ io: inout ServerContext) {
        events.append("close \(id)")
        causes[id.resourceID] = cause
        // All calls on a connection that is gone do nothing.
        io.send("too late", to: id)
        io.close(id)
    }
}

@Suite(.overTLSToo) struct LifecycleTests {
    @Test(arguments: UInt64(1)...40)
    func `Echoes are right however the bytes are cut`(seed: UInt64) throws {
        var simulation = try Simulation(Recorder(), seed: seed)
        simulation.network.receiveSizes = 1...Int(seed % 7 + 1)
        simulation.network.sendSizes = 1...Int(seed % 5 + 1)
        let client = simulation.open()
        let texts = [
            "", "a", String(repeating: "x", count: 125), String(repeating: "é", count: 80),
            String(repeating: "y", count: 700),
        ]
        for text in texts { client.send(text) }
        client.send(9, Array("ping".utf8))
        client.send(8, [0x03, 0xE8])
        simulation.settle()
        client.read()
        #expect(client.head?.hasPrefix("HTTP/1.1 101") == true)
        #expect(client.frames.map(\.opcode) == [1, 1, 1, 1, 1, 10, 8])
        #expect(client.takeTexts() == texts)
        #expect(simulation.handler.causes == [1: .peerClosed(.normal)])
        #expect(simulation.network.sockets[client.socket]!.isClosed)
        #expect(simulation.network.openDescriptors.isEmpty)
    }

    /// Control frames between the fragments, and every length at which the header changes.
    private static var conversation: (frames: [[UInt8]], answers: [(UInt8, [UInt8])]) {
        let (binary, text) = ([UInt8](repeating: 2, count: 126), Array("grüße".utf8))
        var frames: [[UInt8]] = []
        var answers: [(UInt8, [UInt8])] = []
        for count in [0, 1, 125, 126] {
            frames.append(SimulatedClient.frame(2, Array(binary.prefix(count))))
            answers.append((2, Array(binary.prefix(count))))
        }
        // In the middle of a character.
        frames.append(SimulatedClient.frame(1, Array(text.prefix(3)), isFinal: false))
        frames.append(SimulatedClient.frame(9, Array("ping".utf8)))
        answers.append((10, Array("ping".utf8)))
        frames.append(SimulatedClient.frame(0, [], isFinal: false))
        frames.append(SimulatedClient.frame(10, Array("unasked".utf8)))
        frames.append(SimulatedClient.frame(0, Array(text.dropFirst(3))))
        answers.append((1, text))
        frames.append(SimulatedClient.frame(8, [0x03, 0xE8]))
        answers.append((8, [0x03, 0xE8]))
        return (frames, answers)
    }

    @Test func `Wherever the bytes are cut, the handler gets the same`() throws {
        let (frames, answers) = Self.conversation
        let bytes = Array(SimulatedClient.handshake.utf8) + frames.joined()
        for cut in 0...bytes.count {
            var simulation = try Simulation(Recorder())
            let client = SimulatedClient(
                network: simulation.network, socket: simulation.network.connect())
            simulation.network.send(Array(bytes[..<cut]), on: client.socket)
            simulation.settle()
            simulation.network.send(Array(bytes[cut...]), on: client.socket)
            simulation.settle()
            client.read()
            #expect(client.frames.count == answers.count, "cut at \(cut)")
            #expect(
                zip(client.frames, answers).allSatisfy {
                    $0.0.opcode == $0.1.0 && $0.0.payload == $0.1.1
                },
                "cut at \(cut)")
            #expect(simulation.network.sockets[client.socket]!.isClosed, "cut at \(cut)")
        }
    }

    @Test(arguments: [1...Int.max, 131_072...131_072, 1...50_000, 65_536...65_537])
    func `Messages larger than a receive come back whole`(receiveSizes: ClosedRange<Int>) throws {
        var limits = Limits()
        limits.messageByteCount = 1 << 20
        var simulation = try Simulation(Recorder(), limits: limits)
        let client = simulation.open()
        simulation.network.receiveSizes = receiveSizes
        let sizes = [65_535, 65_536, 131_072 - 14, 131_072, 131_073, 400_000, 10]
        for size in sizes {
            client.send(2, [UInt8](repeating: UInt8(truncatingIfNeeded: size), count: size))
            client.send(9, [1])
        }
        simulation.settle()
        client.read()
        let messages = client.frames.filter { $0.opcode == 2 }.map(\.payload)
        #expect(messages.map(\.count) == sizes)
        #expect(
            messages.allSatisfy { message in
                message.allSatisfy { $0 == UInt8(truncatingIfNeeded: message.count) }
            })
        #expect(client.frames.count == 2 * sizes.count)
    }

    /// What a client does, the close code it gets, and the cause in `onClose`.
    enum Ending: CaseIterable {
        case peerCloses, peerClosesWithoutCode, streamEnds, reset, handlerCloses, handlerThrows
        case unmasked, badUTF8, tooBig, silence, closeUnanswered, stop
    }

    @Test(arguments: Ending.allCases)
    func `Every ending has its cause, its code and one onClose`(ending: Ending) throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.open()
        var code: UInt16?
        var cause = CloseCause.endOfStream
        switch ending {
        case .peerCloses:
            client.send(8, [0x0F, 0xA0])
            (code, cause) = (4000, .peerClosed(CloseCode(rawValue: 4000)))
        case .peerClosesWithoutCode:
            client.send(8, [])
            (code, cause) = (1005, .peerClosed(.noStatus))
        case .streamEnds:
            simulation.network.sockets[client.socket]!.clientHasEnded = true
        case .reset:
            simulation.network.sockets[client.socket]!.isReset = true
            cause = .connectionLost(104)
        case .handlerCloses:
            client.send("close me")
            simulation.settle()
            client.send(8, [0x03, 0xE8])
            (code, cause) = (1000, .serverClosed(.normal))
        case .handlerThrows:
            client.send("throw")
            simulation.settle()
            client.send(8, [0x03, 0xF0])
            (code, cause) = (1008, .serverClosed(.policyViolation))
        case .unmasked:
            simulation.network.send([0x81, 0x01, 0x61], on: client.socket)
            (code, cause) = (1002, .violation(.maskMissing))
        case .badUTF8:
            client.send(1, [0xFF])
            (code, cause) = (1007, .violation(.invalidUTF8))
        case .tooBig:
            client.send(2, [UInt8](repeating: 0, count: 70_000))
            (code, cause) = (1009, .violation(.messageTooBig))
        case .silence:
            simulation.run(for: .seconds(60))
            cause = .pingTimeout
        case .closeUnanswered:
            client.send("close me")
            simulation.run(for: .seconds(10))
            (code, cause) = (1000, .serverClosed(.normal))
        case .stop:
            client.send("stop")
            simulation.settle()
            client.send(8, [0x03, 0xE9])
            (code, cause) = (1001, .stopping)
        }
        simulation.settle()
        #expect(client.closeCode == code)
        #expect(simulation.handler.causes == [1: cause])
        #expect(simulation.handler.events.filter { $0 == "close #1" }.count == 1)
        #expect(simulation.handler.events.last == "close #1")
        let isTrouble = ConnectionError(cause) != nil
        #expect(simulation.handler.events.contains("error #1") == isTrouble)
        #expect(simulation.core.io.statistics.closes(cause) == 1)
        // The peer ends its side too, or the deadline passes: nothing is left behind.
        simulation.network.sockets[client.socket]!.clientHasEnded = true
        simulation.settle()
        #expect(simulation.network.openDescriptors.isEmpty)
    }

    @Test func `Output queued before a violation goes out before the Close`() throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.open()
        let bad: [UInt8] = [0xC1, 0x80, 0, 0, 0, 0]
        simulation.network.send(
            SimulatedClient.frame(1, Array("one".utf8)) + SimulatedClient.frame(9, [1])
                + bad, on: client.socket)
        simulation.settle()
        client.read()
        #expect(client.frames.map(\.opcode) == [1, 10, 8])
        #expect(client.closeCode == 1002)
    }

    @Test func `A paused connection is not read, and loses nothing`() throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.open()
        client.send("pause")
        client.send("one")
        client.send("two")
        simulation.settle()
        #expect(client.takeTexts() == [])
        client.send("three")
        simulation.settle()
        #expect(client.takeTexts() == [])
        simulation.core.io.resumeReading(ConnectionID(resourceID: 1, slot: 0))
        simulation.settle()
        #expect(client.takeTexts() == ["one", "two", "three"])
    }

    @Test func `A peer that does not read its own echoes is not read either`() throws {
        var limits = Limits()
        limits.ownOutputByteCount = 10_000
        var simulation = try Simulation(Recorder(), limits: limits)
        let client = simulation.open()
        client.read()
        simulation.network.sockets[client.socket]!.window = 0
        let message = String(repeating: "m", count: 1000)
        for _ in 0..<100 { client.send(message) }
        simulation.settle()
        let answered = simulation.handler.events.filter { $0.hasPrefix("message") }.count
        #expect(answered < 20)
        simulation.network.sockets[client.socket]!.window = .max
        simulation.settle()
        #expect(client.takeTexts() == Array(repeating: message, count: 100))
        #expect(simulation.handler.causes.isEmpty)
        #expect(simulation.handler.events.contains("drain #1"))
    }

    @Test func `A silent peer that answers pings stays connected`() throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.open()
        for _ in 0..<20 {
            simulation.run(for: .seconds(10))
            client.read()
            if client.frames.contains(where: { $0.opcode == 9 }) {
                client.send(10, [])
                _ = client.takeTexts()
            }
        }
        simulation.settle()
        #expect(simulation.handler.causes.isEmpty)
    }
}
