// Compressed messages through the whole server: both ways, in topics, damaged, too large, handed
// over.
import LinuxReactor
import Testing
import WebSocketCore
import WireKit

@testable import SimulationKit
@testable import WebSocketServer

@Suite struct CompressionTests {
    private static let sentence = "the quick brown fox jumps over the lazy dog and back again; "
    private static let text = String(repeating: sentence, count: 10)

    private static func limits(_ change: (inout Limits) -> Void) -> Limits {
        var limits = Limits()
        change(&limits)
        return limits
    }

    @Test(arguments: [1, 2, 7, 100, Int.max])
    func `Messages are decompressed and answered compressed, however they are cut`(
        pieceByteCount: Int
    ) throws {
        var simulation = try Simulation(Recorder(), seed: UInt64(pieceByteCount & 0xFF))
        let client = simulation.openCompressed()
        simulation.network.receiveSizes = 1...9
        for text in [Self.text, "", "short"] {
            client.sendCompressed(text, pieceByteCount: pieceByteCount)
        }
        client.send(Self.text)
        simulation.settle()
        let frames = client.takeFrames()
        #expect(frames.map(\.isCompressed) == [true, false, false, true])
        #expect(
            frames.map { String(decoding: $0.payload, as: UTF8.self) }
                == [Self.text, "", "short", Self.text])
        #expect(simulation.core.io.bufferedByteCount(of: ConnectionID(resourceID: 1, slot: 0)) == 0)
    }

    @Test func `Short messages, messages that don't shrink, and control frames go plain`() throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.openCompressed()
        var random = SeededGenerator(seed: 1)
        let noise = (0..<500).map { _ in UInt8.random(in: 0...255, using: &random) }
        client.send(String(repeating: "a", count: 63))
        client.send(2, noise)
        client.send(9, [UInt8](repeating: 0x61, count: 125))
        client.send(String(repeating: "a", count: 64))
        client.send(8, [0x03, 0xE8] + [UInt8](repeating: 0x61, count: 100))
        simulation.settle()
        let frames = client.takeFrames()
        #expect(frames.map(\.opcode) == [1, 2, 10, 1, 8])
        #expect(frames.map(\.isCompressed) == [false, false, false, true, false])
    }

    @Test(arguments: 8...15)
    func `Answers keep within the window that the client allows`(windowBits: Int) throws {
        var simulation = try Simulation(Recorder())
        let client = simulation.openCompressed(
            "server_max_window_bits=\(windowBits)", windowBits: windowBits)
        for count in [1, 4, 5, 9, 40, 600] {
            client.send(String(repeating: Self.sentence, count: count))
        }
        simulation.settle()
        let frames = client.takeFrames()
        #expect(frames.map(\.payload.count) == [1, 4, 5, 9, 40, 600].map { $0 * 60 })
        // zlib has no window of 256 bytes.
        #expect(frames.map(\.isCompressed).last == (windowBits > 8))
    }

    // MARK: Violations

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

    // MARK: Topics

    @Test func `A topic compresses once for all, and not for connections without compression`()
        throws
    {
        var simulation = try Simulation(Scripted())
        simulation.handler.padding = Self.text
        let speaker = simulation.open()
        let plain = [
            simulation.open(),
            simulation.openCompressed("server_max_window_bits=14", windowBits: 14),
        ]
        let compressed = (0..<3).map { _ in simulation.openCompressed() }
        let members = plain + compressed
        for (count, member) in members.enumerated() {
            member.send("sub 0")
            simulation.settle()
            // The second log exists as soon as a subscriber needs it.
            #expect(simulation.core.io.topics.variants.count == (count < 2 ? 1 : 2))
        }
        speaker.send("pub 0")
        simulation.settle()
        let frames = members.map { $0.takeFrames() }
        let expected = simulation.handler.owed[2]!
        #expect(
            frames.allSatisfy { $0.map { String(decoding: $0.payload, as: UTF8.self) } == expected }
        )
        #expect(frames.map { $0[0].isCompressed } == [false, false, true, true, true])
        for member in compressed { member.send("unsub 0") }
        simulation.settle()
        #expect(simulation.core.io.topics.variants.count == 1)
        let topic = simulation.handler.topics[0]
        #expect(simulation.core.io.subscriberCount(of: topic) == 2)
    }

    @Test func `A connection excluded from a compressed broadcast does not get it`() throws {
        var simulation = try Simulation(Scripted())
        simulation.handler.padding = Self.text
        let (one, other) = (simulation.openCompressed(), simulation.openCompressed())
        for client in [one, other] { client.send("sub 0") }
        simulation.settle()
        one.send("notme 0")
        simulation.settle()
        #expect(one.takeTexts() == [])
        #expect(other.takeTexts().count == 1)
    }

    // MARK: Hand-over

    @Test(arguments: [nil, 9, 15])
    func `A compressed message is handed over in the middle, with what it may refer to`(
        kept: Int?
    ) throws {
        var simulation = try Simulation(Recorder()) {
            $0.compression = DeflatePolicy(keptClientWindowBits: kept)
        }
        let client = simulation.openCompressed(keptWindowBits: kept)
        for number in 0..<8 {
            // With kept context, the second and later messages are little more than a reference.
            let text = "\(number) \(Self.text)"
            let payload = client.deflate(Array(text.utf8))
            if kept == 15, number > 0 { #expect(payload.count < 20) }
            let frames = SimulatedClient.fragments(1, payload, pieceByteCount: 5)
            for byte in frames {
                simulation.network.send([byte], on: client.socket)
                simulation.turn()
                try simulation.handOver()
            }
            simulation.settle()
            #expect(client.takeTexts() == [text])
        }
        #expect(simulation.handler.causes.isEmpty)
        let id = ConnectionID(resourceID: 1, slot: 0)
        #expect(simulation.core.io.compression(of: id)?.clientNoContextTakeover == (kept == nil))
    }

    @Test func `A process without compression continues what the process before agreed to`() throws
    {
        var simulation = try Simulation(Recorder())
        let client = simulation.openCompressed()
        simulation.configuration.compression = nil
        try simulation.handOver()
        client.sendCompressed(Self.text)
        simulation.settle()
        #expect(client.takeFrames().map(\.isCompressed) == [true])
        let next = simulation.openCompressed()
        let isCompressed = simulation.isCompressed(next)
        #expect(!isCompressed)
    }

    // MARK: Memory

    @Test func `An idle compressed connection costs 32 bytes more than a plain one`() throws {
        #expect(MemoryLayout<Compression>.stride == 32)
        var simulation = try Simulation(Recorder())
        let client = simulation.openCompressed()
        client.sendCompressed(Self.text, pieceByteCount: 9)
        simulation.settle()
        #expect(simulation.core.io.connections.slots[0].assembly.capacity == 0)
        #expect(simulation.core.io.connections.slots[0].delivery.outbox.bytes.capacity == 0)
        let compression = simulation.core.io.connections.slots[0].compression
        #expect(simulation.core.io.deflate.states[compression].windowCapacity == 0)
    }

    @Test(arguments: 8...15)
    func `A kept window costs as much as documented`(bits: Int) throws {
        var simulation = try Simulation(Recorder()) {
            $0.compression = DeflatePolicy(keptClientWindowBits: bits)
        }
        let client = simulation.openCompressed(keptWindowBits: max(9, bits))
        for _ in 0..<100 { client.send(Self.text) }
        // A message within the window of eight bits, which the reference zlib does not support.
        if bits == 8 {
            client.sendCompressed("short")
        } else {
            for _ in 0..<100 { client.sendCompressed(Self.text) }
        }
        simulation.settle()
        #expect(simulation.handler.causes.isEmpty)
        let compression = simulation.core.io.connections.slots[0].compression
        let capacity = simulation.core.io.deflate.states[compression].windowCapacity
        #expect(capacity <= 1 << bits + 64)
    }
}

extension Compression {
    /// The memory of the kept window, if there is one.
    fileprivate var windowCapacity: Int {
        switch context {
        case .some(let context): context.bytes.capacity
        case .none: 0
        }
    }
}
