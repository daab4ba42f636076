// Compressed messages through the whole server: both ways, in topics, handed over, and in memory.
import LinuxReactor
import Testing
import WebSocketCore
import WireKit

@testable import SimulationKit
@testable import WebSocketServer

@Suite(.overTLSToo) struct CompressionTests {
    static let sentence = "the quick brown fox jumps over the lazy dog and back again; "
    static let text = String(repeating: sentence, count: 10)

    static func limits(_ change: (inout Limits) -> Void) -> Limits {
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
        let expected = simulation.handler.expected[2]!
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
