// Limits on inflated messages: exact limits, bombs, and contexts of bounded size.

import CZlib
import Testing
import WireKit

@testable import WebSocketCore

@Suite struct InflateLimitsTests {
    /// A GiB of zeros in a MB: 1,024 times a MiB, each ended by a flush.
    static let bomb: [UInt8] = {
        let deflater = ReferenceDeflater(level: 9)
        let mebibyte = [UInt8](repeating: 0, count: 1 << 20)
        let piece = deflater.compress(mebibyte, Z_SYNC_FLUSH)
        return Array([[UInt8]](repeating: piece, count: 1024).joined()) + [0]
    }()

    @Test func bombsCostNoMoreThanTheLimit() {
        #expect(Self.bomb.count > 1_000_000 && Self.bomb.count < 1_200_000)
        for limit in [0, 1, 1000, 65_536, 1 << 20] {
            var run = InflateRun()
            run.limits.messageByteLimit = limit
            let clock = ContinuousClock()
            let time = clock.measure {
                for opcode in [Opcode.text, .binary] {
                    let outcome = run.inflate(Self.bomb, as: opcode)
                    #expect(outcome == .failure(ProtocolViolation(.messageTooBig)))
                }
            }
            #expect(run.output.capacity <= max(2 * limit, 1024) + 100)
            #expect(time < .seconds(2), "the other 1,023 MiB were never made")
        }
        #expect(ProtocolViolation(.messageTooBig).code == .messageTooBig)
    }

    @Test func ratioBoundsTheWork() throws {
        var random = SeededRandom(1)
        let zeros = ReferenceDeflater(level: 9).message([UInt8](repeating: 0, count: 1 << 20))
        var run = InflateRun()
        run.limits.messageByteLimit = 1 << 30
        #expect(run.inflate(zeros) == .failure(ProtocolViolation(.ratioTooHigh)))
        #expect(ProtocolViolation(.ratioTooHigh).code == .messageTooBig)
        #expect(run.output.capacity <= 2 * 256 * zeros.count + 100)
        #expect(run.output.capacity < 1 << 20)
        run.limits.ratioLimit = 2000
        #expect(try run.inflate(zeros).get().count == 1 << 20)
        run.limits.ratioLimit = Int.max
        #expect(try run.inflate(zeros).get().count == 1 << 20)
        // Below the exempt size the ratio does not matter.
        run.limits = InflateLimits(messageByteLimit: Int.max, ratioLimit: 1)
        let free = ReferenceDeflater().message([UInt8](repeating: 0, count: 65_536))
        #expect(try run.inflate(free).get().count == 65_536)
        let more = ReferenceDeflater().message([UInt8](repeating: 0, count: 65_537))
        #expect(run.inflate(more) == .failure(ProtocolViolation(.ratioTooHigh)))
        let chat = Sample.chat.bytes(300_000, &random)
        run.limits = InflateLimits(messageByteLimit: 300_000)
        #expect(try run.inflate(ReferenceDeflater(level: 9).message(chat)).get() == chat)
    }

    /// At the limit a message passes, one byte above it does not, wherever the steps end.
    @Test func limitsAreExact() throws {
        var random = SeededRandom(2)
        let counts = [1, 2, 257, 258, 259, 1023, 1024, 1025, 4096, 8191, 8192, 65_536, 131_072]
        for sample in Sample.allCases {
            for count in counts {
                let message = sample.bytes(count, &random)
                let payload = ReferenceDeflater().message(message)
                var run = InflateRun()
                run.limits = InflateLimits(messageByteLimit: count, ratioLimit: 2000)
                #expect(try run.inflate(payload).get() == message)
                run.limits.messageByteLimit = count - 1
                #expect(run.inflate(payload) == .failure(ProtocolViolation(.messageTooBig)))
            }
        }
    }

    /// Several peers with context share one inflater for many messages; now and then a context is
    /// saved and restored.
    @Test(arguments: 8...15)
    func keptContexts(windowBits: Int) throws {
        var random = SeededRandom(UInt64(windowBits))
        var run = InflateRun()
        let deflaters = (0..<3).map { _ in ReferenceDeflater(windowBits: max(9, windowBits)) }
        var contexts = InlineArray<3, InflateContext> { _ in
            InflateContext(windowBits: max(9, windowBits))
        }
        for _ in 0..<150 {
            let peer = Int.random(in: 0..<3, using: &random)
            let sample = Sample.allCases.randomElement(using: &random)!
            let most = [0, 40, 400, 1 << windowBits, 3 << windowBits].randomElement(
                using: &random)!
            let message = sample.bytes(Int.random(in: 0...most, using: &random), &random)
            let payload = deflaters[peer].message(message)
            #expect(try run.inflate(payload, context: &contexts[peer]) == message)
            let context = contexts[peer].bytes.span.array
            #expect(contexts[peer].bytes.capacity <= 1 << max(9, windowBits))
            if Int.random(in: 0..<5, using: &random) == 0 {
                contexts[peer] = InflateContext(
                    windowBits: max(9, windowBits), bytes: context.span)
            }
        }
    }

    /// The kept context is the end of all messages so far, in a block that never grows beyond it.
    @Test(arguments: 1...10 as ClosedRange<UInt64>)
    func slidingWindow(seed: UInt64) {
        var random = SeededRandom(seed)
        var buffer = ByteBuffer()
        var all: [UInt8] = []
        let limit = 1 << Int.random(in: 6...9, using: &random)
        for _ in 0..<200 {
            let piece = random.bytes(Int.random(in: 0...limit * 5 / 4, using: &random))
            all = Array((all + piece).suffix(limit))
            buffer.append(piece.span, keepingLast: limit)
            #expect(buffer.span.array == all)
            #expect(buffer.capacity <= limit)
        }
    }
}
