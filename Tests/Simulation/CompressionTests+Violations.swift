// Compressed messages that are damaged, too large, or sent without an agreement; limits and memory.
import LinuxReactor
import Testing
import WebSocketCore
import WireKit

@testable import SimulationKit
@testable import WebSocketServer

extension CompressionTests {
    /// What is sent on a connection with or without compression, and the violation it is.
    enum Violation: CaseIterable {
        case notNegotiated, control, continuation, secondBit, corrupt, truncated, badUTF8, bomb,
            ratio

        var cause: ProtocolViolation.Kind {
            switch self {
            case .notNegotiated, .control, .continuation, .secondBit: .reservedBits
            case .corrupt, .truncated: .invalidDeflate
            case .badUTF8: .invalidUTF8
            case .bomb: .messageTooBig
            case .ratio: .ratioTooHigh
            }
        }

        var code: UInt16 {
            switch self {
            case .notNegotiated, .control, .continuation, .secondBit: 1002
            case .corrupt, .truncated, .badUTF8: 1007
            case .bomb, .ratio: 1009
            }
        }

        func frames(_ client: SimulatedClient) -> [UInt8] {
            let compressed = client.deflate(Array(text.utf8))
            let piece = Array(compressed.prefix(20))
            switch self {
            case .notNegotiated: return SimulatedClient.frame(0x41, compressed)
            case .control: return SimulatedClient.frame(0x49, [])
            case .continuation:
                return SimulatedClient.frame(0x41, piece, isFinal: false)
                    + SimulatedClient.frame(0x40, piece)
            case .secondBit: return SimulatedClient.frame(0x61, compressed)
            case .corrupt: return SimulatedClient.frame(0x41, [0xFF, 0xFF, 0xFF])
            case .truncated: return SimulatedClient.frame(0x41, piece)
            case .badUTF8:
                return SimulatedClient.frame(0x41, client.deflate([0x61, 0xFF, 0x61]))
            case .bomb:
                // Twenty megabytes.
                return SimulatedClient.frame(
                    0x41, client.deflate([UInt8](repeating: 0, count: 20 << 20)))
            case .ratio:
                return SimulatedClient.frame(
                    0x41, client.deflate([UInt8](repeating: 0, count: 3 << 20)))
            }
        }
    }

    @Test(arguments: Violation.allCases, [1, 5000])
    func `Each violation has its code and its cause, and is counted once`(
        violation: Violation, cut: Int
    ) throws {
        let limits = Self.limits { if violation == .ratio { $0.messageByteCount = 8 << 20 } }
        var simulation = try Simulation(Recorder(), limits: limits)
        let client =
            violation == .notNegotiated ? simulation.open() : simulation.openCompressed()
        client.send("before")
        let frames = violation.frames(client)
        simulation.network.receiveSizes = 1...(frames.count > 1000 ? 5000 : cut)
        simulation.network.send(frames, on: client.socket)
        client.send("after")
        simulation.settle()
        #expect(client.closeCode == violation.code)
        #expect(client.takeTexts() == ["before"])
        #expect(simulation.handler.causes == [1: .violation(violation.cause)])
        #expect(simulation.core.io.statistics.closes(.violation(.reservedBits)) == 1)
        #expect(simulation.core.io.statistics.violations(violation.cause) == 1)
        // A bomb leaves no memory behind, and never had more than twice the limit.
        #expect(simulation.core.io.inbound.assembled.capacity <= 512 * 1024)
        #expect(simulation.core.io.connections.slots[0].assembly.capacity == 0)
    }

    @Test func `The memory of a large message is freed`() throws {
        var simulation = try Simulation(
            Recorder(), limits: Self.limits { $0.messageByteCount = 8 << 20 })
        let client = simulation.openCompressed()
        let text = (0..<300_000).map { "\($0) " }.joined()
        client.sendCompressed(text)
        simulation.settle()
        #expect(client.takeTexts() == [text])
        #expect(simulation.core.io.inbound.assembled.capacity == 0)
        client.sendCompressed(Self.text)
        simulation.settle()
        #expect(simulation.core.io.inbound.assembled.capacity > 0)
        #expect(simulation.core.io.inbound.assembled.capacity <= 512 * 1024)
    }

    /// A message may be as long as the limit, whatever its sender's compressor makes of it.
    @Test func `Incompressible data passes up to the limit`() throws {
        var simulation = try Simulation(
            Recorder(), limits: Self.limits { $0.messageByteCount = 20_000 })
        let client = simulation.openCompressed()
        let noise = (0..<20_001).map { UInt8(truncatingIfNeeded: $0 &* $0 &>> 3 ^ $0) }
        let stored = { (bytes: [UInt8]) in ReferenceDeflater(level: 0).message(bytes) }
        #expect(stored(Array(noise.dropLast())).count > 20_000)
        for pieceByteCount in [Int.max, 3000] {
            simulation.network.send(
                SimulatedClient.fragments(
                    2, stored(Array(noise.dropLast())), pieceByteCount: pieceByteCount),
                on: client.socket)
        }
        simulation.settle()
        #expect(
            client.takeFrames().map(\.payload) == [
                Array(noise.dropLast()), Array(noise.dropLast()),
            ])
        simulation.network.send(SimulatedClient.frame(0x42, stored(noise)), on: client.socket)
        simulation.settle()
        #expect(simulation.handler.causes == [1: .violation(.messageTooBig)])
    }

    @Test func `A compressed message with too large a declared length is refused before it comes`()
        throws
    {
        var simulation = try Simulation(
            Recorder(), limits: Self.limits { $0.messageByteCount = 20_000 })
        let client = simulation.openCompressed()
        simulation.network.send([0xC2, 0xFE, 0x60, 0x00, 1, 2, 3, 4], on: client.socket)
        simulation.settle()
        #expect(client.closeCode == 1009)
    }

    @Test func `After our Close nothing is decompressed`() throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.openCompressed()
        client.send("close me")
        client.sendCompressed(Self.text)
        simulation.network.send(SimulatedClient.frame(0x41, [0xFF, 0xFF]), on: client.socket)
        client.send(8, [0x03, 0xE8])
        simulation.settle()
        #expect(client.takeFrames().map(\.opcode) == [8])
        #expect(simulation.handler.causes == [1: .serverClosed(.normal)])
        #expect(simulation.network.sockets[client.socket]!.isClosed)
    }

    @Test func `Unread answers count with their compressed size`() throws {
        var simulation = try Simulation(
            Recorder(), limits: Self.limits { $0.ownOutputByteCount = 3000 })
        let client = simulation.openCompressed()
        client.read()
        simulation.network.sockets[client.socket]!.window = 0
        for _ in 0..<300 { client.sendCompressed(Self.text) }
        simulation.settle()
        let heard = simulation.handler.events.count
        #expect(heard > 10 && heard < 100)
        simulation.network.sockets[client.socket]!.window = .max
        simulation.settle()
        #expect(client.takeTexts() == [String](repeating: Self.text, count: 300))
    }
}
